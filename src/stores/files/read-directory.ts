/** Reads one directory with Node's synchronous calls: for a worker thread, where nothing else waits for them. */
import { lstatSync, opendirSync, readdirSync, statSync } from 'node:fs'
import { type Key, keyFromLatin1, keyToBytes } from '../../lib/key.js'
import { errorCode, isAbsent } from './errors.js'
import { pathOf, type Root } from './look.js'
import { createNameRuns, type NameRuns, type Names, type NamesWhere } from './name-runs.js'
import { marked, untold } from './names.js'

export interface ReadOptions extends NamesWhere {
  /** A directory that takes more than this for its names is left to others. */
  readonly mostBytes: number
}

/**
 * `directory`: with its slash; empty for the root. Undefined for one that is left to others. Errors are those of the file
 * system, and a ScratchError.
 */
export type ReadDirectory = (directory: Key, options: ReadOptions) => Names | undefined

/** Whether a directory holds more than a thousand or so names: its own size tells, and one `opendir` costs as much as 20 names. */
const LARGE = 65_536
const BATCH = 4096

// The types of Node know no `latin1` here; Node does.
const encoding = 'latin1' as BufferEncoding

export function createReadDirectorySync(root: Root): ReadDirectory {
  return (directory, options) => {
    const path = directoryPath(root, directory)
    const { barred, size } = searched(path)
    if (size > options.mostBytes) return undefined
    const runs = () => createNameRuns(directory, options)
    try {
      return size > LARGE ? readLarge(path, barred, runs()) : readSmall(path, barred, runs())
    } catch (cause) {
      if (errorCode(cause) !== 'ERR_INVALID_ARG_TYPE') throw cause
      return readUntyped(path, runs())
    }
  }
}

/** Without a slash at the end. */
export function directoryPath(root: Root, directory: Key): Key {
  return pathOf(root, keyFromLatin1(directory.slice(0, -1)))
}

/** The `.` in a directory is reached only by who may enter it. */
function searched(path: Key): { readonly barred: boolean; readonly size: number } {
  try {
    return { barred: false, size: statSync(keyToBytes(keyFromLatin1(`${path}/.`))).size }
  } catch (cause) {
    if (errorCode(cause) !== 'EACCES') throw cause
    return { barred: true, size: 0 }
  }
}

/** As bytes: asked for by a string, a name that is not ASCII would be looked for under another. */
function readSmall(path: Key, barred: boolean, runs: NameRuns): Names {
  const entries = readdirSync(keyToBytes(path) as unknown as string, { encoding, withFileTypes: true })
  for (const entry of entries) runs.add(marked(entry, barred))
  return runs.finish()
}

function readLarge(path: Key, barred: boolean, runs: NameRuns): Names {
  const opened = opendirSync(keyToBytes(path) as unknown as string, { encoding, bufferSize: BATCH })
  try {
    for (let entry = opened.readSync(); entry !== null; entry = opened.readSync()) runs.add(marked(entry, barred))
  } finally {
    opened.closeSync()
  }
  return runs.finish()
}

/** File systems that do not say types while listing (ext4 without `filetype`) need a look at each. */
function readUntyped(path: Key, runs: NameRuns): Names {
  for (const name of readdirSync(keyToBytes(path), { encoding })) runs.add(lookedAt(path, name))
  return runs.finish()
}

/** The name with its mark, by a look at what is there. */
export function lookedAt(path: Key, name: string): string {
  try {
    const stats = lstatSync(keyToBytes(keyFromLatin1(`${path}/${name}`)), { throwIfNoEntry: false })
    return stats?.isDirectory() ? `${name}/` : untold(name)
  } catch (cause) {
    if (!isAbsent(cause) && errorCode(cause) !== 'EACCES') throw cause
    return untold(name)
  }
}
