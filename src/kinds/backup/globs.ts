/** The globs of `match`: what a key belongs to. Pure. */
import { compileGlobs } from '../../compare/globs.js'
import { type Key, keyFromLatin1, keyFromText } from '../../lib/key.js'

const TOC = '/toc.dat'

/** Whether each match is a directory, all of it one backup. */
export function isDirectoryGlob(glob: string): boolean {
  return glob.endsWith('/') || glob.endsWith(TOC)
}

/** The key of the backup that an entry belongs to: its own, or that of its directory with the slash; undefined for none. */
export function backupOf(match: readonly string[]): (key: Key) => Key | undefined {
  const isFile = compileGlobs(match.filter((glob) => !isDirectoryGlob(glob)))
  const directories = match.filter(isDirectoryGlob).map((glob) => glob.replace(/\/(?:toc\.dat)?$/, ''))
  const isDirectory = compileGlobs(directories)
  return (key) => {
    if (directories.length > 0) {
      for (let slash = key.indexOf('/'); slash > 0; slash = key.indexOf('/', slash + 1)) {
        if (isDirectory(keyFromLatin1(key.slice(0, slash)))) return keyFromLatin1(key.slice(0, slash + 1))
      }
    }
    return isFile(key) ? key : undefined
  }
}

/** What all keys that match begin with. */
export function commonPrefix(match: readonly string[]): Key {
  const [first = '', ...rest] = match.map((glob) => /^[^*?[\](){}!+@\\|]*/.exec(glob)?.[0] ?? '')
  let length = first.length
  for (const other of rest) {
    while (!other.startsWith(first.slice(0, length))) length--
  }
  // A whole directory at least: "a+(b)" also matches "a".
  return keyFromText(first.slice(0, first.lastIndexOf('/', length - 1) + 1))
}

/** Whether it stands for one key alone. */
export function isLiteral(glob: string): boolean {
  return /^[^*?[\](){}!+@\\|]*$/.test(glob) && !isDirectoryGlob(glob)
}
