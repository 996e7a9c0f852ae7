/**
 * Reads directories as the kernel gives them, many names with one call, and leaves each where it was put until all are
 * sorted. Behind every name the kernel leaves a NUL, where its mark finds room.
 */
import type { Key } from '../../lib/key.js'
import { sortedBytes } from '../../lib/sort-bytes.js'
import { type Libc, type Memory, systemError } from './libc.js'
import type { Root } from './look.js'
import { type Bounds, createBounds } from './name-arena.js'
import { createNameRuns, type NameRuns, RUN } from './name-runs.js'
import { isDirectoryName, SLASH, UNTOLD } from './names.js'
import type { OpenDirectories } from './open-directories.js'
import { directoryPath, lookedAt, type ReadDirectory } from './read-directory.js'

const FIRST_BYTES = 256 * 1024
/** Room for what a call brings: with less, a large directory takes more calls. */
const CALL_BYTES = 64 * 1024
/** All that is held of a directory whose names go to disk. */
const MOST_BYTES = 4 * 1024 * 1024

/** A record: where in it lie its length, the type of what it names, and the name, ended by a NUL. Each is a multiple of 8. */
const [LENGTH, TYPE, NAME] = [16, 18, 19]
const [DT_UNKNOWN, DT_DIR, DT_REG] = [0, 4, 8]
const DOT = 0x2e

/** `directories`: of that root. */
export function createGetdents(libc: Libc, root: Root, directories: OpenDirectories): ReadDirectory {
  const bounds = createBounds()
  let memory = libc.memory(FIRST_BYTES)

  return (directory, options) => {
    const { scratch, run = RUN, mostBytes } = options
    const { fd, barred } = directories.open(directory)
    let runs: NameRuns | undefined
    let used = 0
    let all = 0
    bounds.clear()
    for (;;) {
      if (scratch !== undefined && (used > MOST_BYTES - CALL_BYTES || bounds.count() >= run)) {
        runs ??= createNameRuns(directory, options)
        runs.write(bounds.of(memory.bytes))
        bounds.clear()
        used = 0
      }
      if (memory.bytes.length - used < CALL_BYTES) memory = enlarged(libc, memory, used)
      const got = libc.getdents(fd, memory, used)
      // Half of a directory would be taken for all of it.
      if (got < 0) throw systemError(got, 'getdents64')
      if (got === 0) {
        const last = bounds.of(memory.bytes)
        return runs === undefined ? { names: sortedBytes(last, options.pool) } : runs.finish(last)
      }
      all += got
      if (all > mostBytes) return undefined
      findNames(memory.bytes, used, used + got, { root, directory, barred, bounds })
      used += got
    }
  }
}

function enlarged(libc: Libc, { bytes }: Memory, used: number): Memory {
  const larger = libc.memory(2 * bytes.length)
  bytes.copy(larger.bytes, 0, 0, used)
  return larger
}

interface Finding {
  readonly root: Root
  readonly directory: Key
  readonly barred: boolean
  readonly bounds: Bounds
}

function findNames(bytes: Buffer, from: number, to: number, { root, directory, barred, bounds }: Finding): void {
  for (let at = from; at < to; ) {
    const length = (bytes[at + LENGTH] as number) | ((bytes[at + LENGTH + 1] as number) << 8)
    const start = at + NAME
    const next = at + length
    // The name fills all but the last few bytes; what lies behind its NUL is not told.
    let end = Math.max(start, next - 8)
    while (end < next && bytes[end] !== 0) end++
    if (end >= next || next > to) throw new Error('the kernel gave a record of a directory that cannot be one')
    const type = bytes[at + TYPE]
    at = next
    if (bytes[start] === DOT && (end === start + 1 || (end === start + 2 && bytes[start + 1] === DOT))) continue
    if (type === DT_REG && !barred) bounds.add(start, end)
    else {
      bytes[end] =
        type === DT_DIR || (type === DT_UNKNOWN && isDirectory(directoryPath(root, directory), bytes, start, end))
          ? SLASH
          : UNTOLD
      bounds.add(start, end + 1)
    }
  }
}

/** File systems that do not say types while listing (ext4 without `filetype`) need a look at each. */
function isDirectory(path: Key, bytes: Buffer, start: number, end: number): boolean {
  const name = Buffer.from(lookedAt(path, bytes.toString('latin1', start, end)), 'latin1')
  return isDirectoryName(name, 0, name.length)
}
