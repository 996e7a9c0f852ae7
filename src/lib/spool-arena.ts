/** Records held in memory as bytes: no string outlives its adding, so what a key was cut from can be let go. */
import { copyBytes, viewOf } from './byte-views.js'
import type { Key } from './key.js'
import { type Rec, type Records, type Room, takenRoom } from './records.js'

export interface Arena {
  /** Both strings hold one byte in each character. */
  readonly add: (key: Key, rest: string) => void
  /** A whole record that lies in `source`. */
  readonly addRecord: (source: DataView, start: number, middle: number, end: number) => void
  readonly count: () => number
  /** Bytes of keys and rests. */
  readonly size: () => number
  /** As they were added. */
  readonly freeze: () => Records
  /** Drops them. Their memory is used again: what was frozen is read no more. */
  readonly clear: () => void
}

const FIRST_BYTES = 16 * 1024
const FIRST_RECORDS = 256

/** `expected`: bytes there is room for from the beginning. */
export function createArena(expected = FIRST_BYTES): Arena {
  let { bytes, starts, middles }: Room = {
    bytes: Buffer.allocUnsafeSlow(expected),
    starts: new Uint32Array(FIRST_RECORDS + 1),
    middles: new Uint32Array(FIRST_RECORDS),
  }
  let view = viewOf(bytes)
  let at = 0
  let count = 0
  const reserve = (end: number): void => {
    if (end > bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(2 * bytes.length, end))
      bytes.copy(larger, 0, 0, at)
      bytes = larger
      view = viewOf(bytes)
    }
    if (count === middles.length) {
      const records = 2 * count
      starts = moved(starts, new Uint32Array(records + 1))
      middles = moved(middles, new Uint32Array(records))
    }
  }
  const close = (middle: number, end: number): void => {
    middles[count] = middle
    starts[++count] = end
    at = end
  }
  return {
    add: (key, rest) => {
      reserve(at + key.length + rest.length)
      const middle = at + bytes.write(key, at, 'latin1')
      close(middle, rest === '' ? middle : middle + bytes.write(rest, middle, 'latin1'))
    },
    addRecord: (source, start, middle, end) => {
      const to = at + end - start
      reserve(to)
      copyBytes(view, at, source, start, end)
      close(at + middle - start, to)
    },
    count: () => count,
    size: () => at,
    freeze: () => ({ bytes, starts, middles, from: 0, to: count }),
    clear: () => {
      ;({ bytes, starts, middles } = takenRoom({ bytes, starts, middles }))
      view = viewOf(bytes)
      at = 0
      count = 0
    },
  }
}

/** The same in memory of their own. */
export function copyOf({ bytes, starts, middles, from, to }: Records): Records {
  const arena = createArena((starts[to] as number) - (starts[from] as number))
  const view = viewOf(bytes)
  for (let n = from; n < to; n++)
    arena.addRecord(view, starts[n] as number, middles[n] as number, starts[n + 1] as number)
  return arena.freeze()
}

/** Some records, as they come. */
export function recordsOf(page: readonly Rec[]): Records {
  const arena = createArena()
  for (const { key, rest } of page) arena.add(key, rest)
  return arena.freeze()
}

function moved(from: Uint32Array, to: Uint32Array): Uint32Array<ArrayBuffer> {
  to.set(from)
  return to as Uint32Array<ArrayBuffer>
}
