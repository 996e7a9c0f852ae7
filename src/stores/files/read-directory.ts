/** Reads one directory with synchronous calls: for a worker thread, where nothing else waits for them. */
import { lstatSync, opendirSync, readdirSync, statSync } from 'node:fs'
import { type Key, keyFromLatin1, keyToBytes } from '../../lib/key.js'
import { errorCode, isAbsent } from './errors.js'
import { createNameRuns, type Names, type NamesWhere } from './name-runs.js'
import { marked, told, untold } from './names.js'

/** Whether a directory holds more than a thousand or so names: its own size tells, and one `opendir` costs as much as 20 names. */
const LARGE = 65_536
const BATCH = 4096

// The types of Node know no `latin1` here; Node does.
const encoding = 'latin1' as BufferEncoding

/** Undefined for one whose own size is above `mostBytes`. Errors are those of the file system, and a ScratchError. */
export function readDirectorySync(path: Key, options: NamesWhere & { readonly mostBytes: number }): Names | undefined {
  const { barred, size } = searched(path)
  try {
    if (size > options.mostBytes) return undefined
    if (size > LARGE) return readLarge(path, barred, options)
    return { names: readSmall(path, barred).sort() }
  } catch (cause) {
    if (errorCode(cause) !== 'ERR_INVALID_ARG_TYPE') throw cause
    return { names: readUntyped(path).sort() }
  }
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
function readSmall(path: Key, barred: boolean): string[] {
  const entries = readdirSync(keyToBytes(path) as unknown as string, { encoding, withFileTypes: true })
  return entries.map((entry) => told(marked(entry), barred))
}

function readLarge(path: Key, barred: boolean, options: NamesWhere): Names {
  const runs = createNameRuns(options)
  const opened = opendirSync(keyToBytes(path) as unknown as string, { encoding, bufferSize: BATCH })
  try {
    for (let entry = opened.readSync(); entry !== null; entry = opened.readSync()) runs.add(told(marked(entry), barred))
  } finally {
    opened.closeSync()
  }
  return runs.finish()
}

/** File systems that do not say types while listing (ext4 without `filetype`) need a look at each. */
function readUntyped(path: Key): string[] {
  return readdirSync(keyToBytes(path), { encoding }).map((name) => {
    try {
      const stats = lstatSync(keyToBytes(keyFromLatin1(`${path}/${name}`)), { throwIfNoEntry: false })
      return stats?.isDirectory() ? `${name}/` : untold(name)
    } catch (cause) {
      if (!isAbsent(cause) && errorCode(cause) !== 'EACCES') throw cause
      return untold(name)
    }
  })
}
