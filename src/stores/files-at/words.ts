/** Bytes of a path as a word for `printf %b`: a command line carries only text, and not every name is one. */
import type { Key } from '../../lib/key.js'
import { UNNAMED } from '../files/errors.js'

export function escapedPath(path: Key): string {
  return path.replace(/[^A-Za-z0-9/._-]/g, (byte) => `\\0${byte.charCodeAt(0).toString(8).padStart(3, '0')}`)
}

/** What tools say under LC_ALL=C, as the code of the file system. */
const CODES: Readonly<Record<string, string>> = {
  'No such file or directory': 'ENOENT',
  'Not a directory': 'ENOTDIR',
  'File name too long': 'ENAMETOOLONG',
  'Permission denied': 'EACCES',
  'Operation not permitted': 'EPERM',
  'Input/output error': 'EIO',
  'I/O error': 'EIO',
  'Stale file handle': 'ESTALE',
  'Too many levels of symbolic links': 'ELOOP',
  'Symbolic link loop': 'ELOOP',
  'Transport endpoint is not connected': 'ENOTCONN',
  'Socket not connected': 'ENOTCONN',
  'Connection timed out': 'ETIMEDOUT',
  'Operation timed out': 'ETIMEDOUT',
  'Host is down': 'EHOSTDOWN',
}

/** An error as the file system would have given it, for `fileError` and `explain`. */
export function systemError(said: string): NodeJS.ErrnoException {
  const code = CODES[said.trim()]
  return Object.assign(new Error(said.trim()), { code: code ?? UNNAMED })
}
