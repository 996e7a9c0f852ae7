/**
 * What a tool said, as the error the system gave it. Tools differ in all but the system's own words, which come last;
 * those of glibc and of musl are known here.
 */

const WORDS: readonly (readonly [string, RegExp])[] = [
  ['EROFS', /Read-only file system/],
  ['ENOSPC', /No space left on device/],
  ['EDQUOT', /(Disk q|Q)uota exceeded/],
  ['EACCES', /Permission denied/],
  ['EPERM', /Operation not permitted/],
  ['ENOTCONN', /Transport endpoint is not connected|Socket not connected/],
  ['ESTALE', /Stale (NFS )?file handle/],
  ['ENOTDIR', /Not a directory/],
  ['ENOENT', /No such file or directory|Directory nonexistent|nonexistent directory/],
  ['ELOOP', /Too many levels of symbolic links|Symbolic link loop/],
  ['EIO', /Input\/output error|I\/O error/],
  ['ENAMETOOLONG', /File ?name too long/],
  ['EINVAL', /Invalid argument/],
  ['EEXIST', /File exists|cannot overwrite existing file/],
]

export interface ToolError {
  /** Undefined where the words are none that are known. */
  readonly code: string | undefined
  /** The system's words. Without the path, which the check file names already. */
  readonly text: string
}

export function toolError(said: string): ToolError {
  const found = WORDS.flatMap(([code, words]) => {
    const match = words.exec(said)
    return match === null ? [] : [{ code, text: match[0], at: match.index }]
  }).sort((a, b) => b.at - a.at)[0]
  if (found !== undefined) return { code: found.code, text: found.text }
  const line = said.trim().split('\n').at(-1) ?? ''
  return { code: undefined, text: line.slice(line.lastIndexOf(': ') + 1).trim() || 'no reason given' }
}

/** Whether a path is certainly not there. */
export function isAbsence({ code }: ToolError): boolean {
  return code === 'ENOENT' || code === 'ENOTDIR'
}
