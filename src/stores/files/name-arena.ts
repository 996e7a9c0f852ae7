/** Names as they come, before they are put in order. */
import type { ByteStrings } from '../../lib/sort-bytes.js'

export interface NameArena {
  /** With its mark, one byte in each character. */
  readonly add: (name: string) => void
  readonly count: () => number
  /** All of them, until one more is added. */
  readonly found: () => ByteStrings
  readonly clear: () => void
}

const FIRST_NAMES = 256
const FIRST_BYTES = 16 * 1024

export function createNameArena(): NameArena {
  let bytes = Buffer.allocUnsafe(FIRST_BYTES)
  let bounds = createBounds()
  let at = 0
  return {
    add: (name) => {
      if (at + name.length > bytes.length) {
        const larger = Buffer.allocUnsafe(Math.max(2 * bytes.length, at + name.length))
        bytes.copy(larger, 0, 0, at)
        bytes = larger
      }
      bytes.write(name, at, 'latin1')
      bounds.add(at, at + name.length)
      at += name.length
    },
    count: () => bounds.count(),
    found: () => bounds.of(bytes),
    clear: () => {
      bounds = createBounds()
      at = 0
    },
  }
}

/** Where names begin and end in memory. */
export interface Bounds {
  readonly add: (start: number, end: number) => void
  readonly count: () => number
  readonly of: (bytes: Uint8Array) => ByteStrings
  /** Drops them and keeps the room. */
  readonly clear: () => void
}

export function createBounds(): Bounds {
  let starts = new Uint32Array(FIRST_NAMES)
  let ends = new Uint32Array(FIRST_NAMES)
  let count = 0
  return {
    add: (start, end) => {
      if (count === starts.length) {
        starts = doubled(starts)
        ends = doubled(ends)
      }
      starts[count] = start
      ends[count++] = end
    },
    count: () => count,
    of: (bytes) => ({ bytes, starts, ends, count }),
    clear: () => {
      count = 0
    },
  }
}

function doubled(from: Uint32Array): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(2 * from.length)
  to.set(from)
  return to
}
