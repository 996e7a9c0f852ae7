/** Records held in memory as bytes: no string outlives its adding, so what a key was cut from can be let go. */
import { type Key, keyFromLatin1 } from './key.js'
import { sortedOrder } from './sort-bytes.js'
import type { Rec } from './spool-frame.js'

export interface Arena {
  /** Both strings hold one byte in each character. */
  readonly add: (key: Key, rest: string) => void
  readonly count: () => number
  /** Bytes of keys and rests. */
  readonly size: () => number
  /** Whether no key so far was smaller than the one before it. */
  readonly ascends: () => boolean
  readonly freeze: () => Frozen
  /** Drops all records; the memory is kept for the next ones. */
  readonly clear: () => void
  /** Lets the memory go; what was frozen keeps its own. */
  readonly release: () => void
}

/** Key of record `n` at `[starts[n], middles[n])`, its rest at `[middles[n], starts[n + 1])`. */
export interface Frozen {
  readonly bytes: Buffer
  readonly starts: Uint32Array
  readonly middles: Uint32Array
  readonly count: number
}

const FIRST_BYTES = 16 * 1024
const FIRST_RECORDS = 256

export function createArena(): Arena {
  let bytes = Buffer.allocUnsafeSlow(FIRST_BYTES)
  let starts = new Uint32Array(FIRST_RECORDS + 1)
  let middles = new Uint32Array(FIRST_RECORDS)
  let at = 0
  let count = 0
  let ascends = true
  let previous: Key | undefined
  const clear = (): void => {
    at = 0
    count = 0
    ascends = true
    previous = undefined
  }
  return {
    add: (key, rest) => {
      const end = at + key.length + rest.length
      if (end > bytes.length) bytes = grown(bytes, at, end)
      if (count === middles.length) {
        starts = moved(starts, new Uint32Array(2 * count + 1))
        middles = moved(middles, new Uint32Array(2 * count))
      }
      if (ascends) {
        if (previous !== undefined && key < previous) ascends = false
        previous = ascends ? key : undefined
      }
      const middle = at + bytes.write(key, at, 'latin1')
      middles[count] = middle
      at = rest === '' ? middle : middle + bytes.write(rest, middle, 'latin1')
      starts[++count] = at
    },
    count: () => count,
    size: () => at,
    ascends: () => ascends,
    freeze: () => ({ bytes, starts, middles, count }),
    clear,
    release: () => {
      clear()
      bytes = Buffer.allocUnsafeSlow(FIRST_BYTES)
      starts = new Uint32Array(FIRST_RECORDS + 1)
      middles = new Uint32Array(FIRST_RECORDS)
    },
  }
}

/** An arena of some records, as they come. */
export function arenaOf(records: readonly Rec[]): Frozen {
  const arena = createArena()
  for (const { key, rest } of records) arena.add(key, rest)
  return arena.freeze()
}

/** Places in ascending order of the keys; equal keys keep theirs. */
export function ascending({ bytes, starts, middles, count }: Frozen): Uint32Array {
  return sortedOrder({ bytes, starts, ends: middles, count })
}

export function keyAt({ bytes, starts, middles }: Frozen, record: number): Key {
  return keyFromLatin1(bytes.toString('latin1', starts[record], middles[record]))
}

function grown(bytes: Buffer, used: number, wanted: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafeSlow(Math.max(2 * bytes.length, wanted))
  bytes.copy(larger, 0, 0, used)
  return larger
}

function moved(from: Uint32Array, to: Uint32Array): Uint32Array<ArrayBuffer> {
  to.set(from)
  return to as Uint32Array<ArrayBuffer>
}
