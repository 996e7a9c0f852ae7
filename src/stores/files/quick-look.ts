/** A look at what is most often there, a file, without an object made of it; all else is left to `look.ts`. */
import { constants } from 'node:fs'
import type { Key } from '../../lib/key.js'
import { AT_FDCWD, type Libc, type Memory } from './libc.js'
import { pathOf, type Root } from './look.js'
import type { OpenDirectories } from './open-directories.js'
import { createPathMemory } from './path-memory.js'

export interface QuickLook {
  /**
   * Whether a file is there; then `size` and `modified` are its own. The name is without a mark; `among`: how many names
   * the directory has.
   */
  readonly isFile: (directory: Key, bytes: Uint8Array, start: number, end: number, among: number) => boolean
  readonly size: () => number
  readonly modified: () => number
  /** To be called when no more looks follow soon: nothing of it stays open then. */
  readonly close: () => void
}

const O_PATH = 0o10000000
const STATX_BYTES = 256
/** Of one that is not open, from so many names on it pays to open it rather than to have the kernel go to it for each. */
const MANY = 8
/** What is wanted in units of four bytes: the mode (its lower half), the size, the seconds and nanoseconds of the last change. */
const [MODE, SIZE, SECONDS, NANOSECONDS] = [7, 10, 28, 30]
const WORD = 2 ** 32

export function createQuickLook(libc: Libc, root: Root, directories: OpenDirectories): QuickLook {
  const memory = createPathMemory(libc)
  const into = libc.memory(STATX_BYTES)
  const words = new Uint32Array(into.bytes.buffer)
  const signed = new Int32Array(into.bytes.buffer)
  let current: Key | undefined
  let own = -1
  const close = (): void => {
    if (own >= 0) libc.close(own)
    own = -1
    current = undefined
  }
  /** Why it cannot be reached is for a whole look to tell. */
  const tells = (at: number, name: Memory): boolean =>
    libc.statx(at, name, into) === 0 && ((words[MODE] as number) & constants.S_IFMT) === constants.S_IFREG
  return {
    isFile: (directory, bytes, start, end, among) => {
      const open = directories.opened(directory)
      if (open !== undefined) return tells(open, memory.putBytes('', bytes, start, end))
      if (among < MANY) return tells(AT_FDCWD, memory.putBytes(pathOf(root, directory), bytes, start, end))
      if (directory !== current) {
        close()
        current = directory
        own = libc.open(AT_FDCWD, memory.put(`${pathOf(root, directory)}.`), O_PATH | constants.O_DIRECTORY)
      }
      return own >= 0 && tells(own, memory.putBytes('', bytes, start, end))
    },
    size: () => (words[SIZE] as number) + (words[SIZE + 1] as number) * WORD,
    modified: () => {
      const seconds = (words[SECONDS] as number) + (signed[SECONDS + 1] as number) * WORD
      // Rounded as Node rounds it.
      return Math.floor(seconds * 1000 + (words[NANOSECONDS] as number) / 1e6)
    },
    close,
  }
}
