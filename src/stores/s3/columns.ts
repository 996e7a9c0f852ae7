/**
 * The objects of a page as columns of numbers and bytes outside the heap. Pages are held ahead by the hundred: as objects
 * they would cost more in collecting garbage than everything else about them.
 */
import { type Key, keyFromLatin1, keyToBytes } from '../../lib/key.js'
import type { Entry } from '../store.js'

export interface Columns {
  readonly count: number
  /** The first key that does not sort behind the one before it; undefined where all ascend. */
  readonly disorder: number | undefined
  readonly keyAt: (index: number) => Key
  /** From index `from` up to, not including, `to`. */
  readonly entries: (from: number, to: number) => readonly Entry[]
}

/** Filled object by object; then it begins anew. */
export interface ColumnsWriter {
  /**
   * An object whose key stands in `source`, `plain` where that holds no `%` and no `+`. Passed over where the key does not
   * begin with the prefix, or is the prefix itself: that is the place of the store, not something in it. `size` and
   * `modified` are NaN where they are not told.
   */
  readonly add: (
    source: Uint8Array,
    from: number,
    to: number,
    plain: boolean,
    size: number,
    modified: number,
    archived: string | undefined,
  ) => void
  /** Whether a key so far looked as if it were encoded. */
  readonly escapes: () => boolean
  readonly finish: () => Columns
}

type Oddity = Pick<Entry, 'archived' | 'placeholder'>

const FIRST_KEYS = 1024
const FIRST_BYTES = 128 * 1024
const PERCENT = 0x25
const PLUS = 0x2b
const SPACE = 0x20
const SLASH = 0x2f

/**
 * `encoded`: keys are as with `encoding-type=url`, decoded once. AWS writes a space as `+` and a plus as `%2B`; bytes that
 * are not UTF-8 come as they are.
 */
export function createColumnsWriter(prefix: Key, encoded: boolean): ColumnsWriter {
  const beginning = keyToBytes(prefix)
  let bytes = Buffer.allocUnsafeSlow(FIRST_BYTES)
  let ends = new Uint32Array(FIRST_KEYS)
  let numbers = new Float64Array(2 * FIRST_KEYS)
  let oddities = new Map<number, Oddity>()
  let count = 0
  /** Where the key before begins, and where it ends. */
  let last = 0
  let end = 0
  let escapes = false
  let disorder: number | undefined
  return {
    add: (source, from, to, plain, size, modified, archived) => {
      if (bytes.length - end < to - from) bytes = Buffer.concat([bytes], bytes.length * 2 + to - from)
      // Decoded where it will stay, then moved down over the prefix.
      let next = end
      if (plain || !encoded) for (let at = from; at < to; at++) bytes[next++] = source[at] ?? 0
      else next = decode(source, from, to, bytes, next)
      if (!plain) escapes = true
      if (beginning.length > 0) {
        if (next - end < beginning.length) return
        for (let index = 0; index < beginning.length; index++) if (bytes[end + index] !== beginning[index]) return
        bytes.copyWithin(end, end + beginning.length, next)
        next -= beginning.length
      }
      if (next === end) return
      if (count === ends.length) {
        ends = grown(ends, new Uint32Array(2 * count))
        numbers = grown(numbers, new Float64Array(4 * count))
      }
      if (disorder === undefined && count > 0 && !ascends(bytes, last, end, next)) disorder = count
      if (archived !== undefined || (size === 0 && bytes[next - 1] === SLASH)) {
        const placeholder = size === 0 && bytes[next - 1] === SLASH
        oddities.set(count, {
          ...(archived === undefined ? {} : { archived }),
          ...(placeholder ? { placeholder } : {}),
        })
      }
      numbers[2 * count] = size
      numbers[2 * count + 1] = modified
      ends[count++] = next
      last = end
      end = next
    },
    escapes: () => escapes,
    finish: () => {
      const kept = Buffer.from(bytes.subarray(0, end))
      const columns = columnsOf(kept, ends.slice(0, count), numbers.slice(0, 2 * count), oddities, disorder)
      oddities = new Map()
      count = 0
      last = 0
      end = 0
      escapes = false
      disorder = undefined
      return columns
    },
  }
}

/** Returns where what was decoded ends in `target`. */
function decode(source: Uint8Array, from: number, to: number, target: Uint8Array, start: number): number {
  let next = start
  for (let at = from; at < to; at++) {
    const byte = source[at] ?? 0
    const high = byte === PERCENT && at + 2 < to ? digit(source[at + 1]) : -1
    const low = high < 0 ? -1 : digit(source[at + 2])
    if (low >= 0) {
      target[next++] = high * 16 + low
      at += 2
    } else target[next++] = byte === PLUS ? SPACE : byte
  }
  return next
}

function digit(byte: number | undefined): number {
  if (byte === undefined) return -1
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

function columnsOf(
  bytes: Buffer,
  ends: Uint32Array,
  numbers: Float64Array,
  oddities: ReadonlyMap<number, Oddity>,
  disorder: number | undefined,
): Columns {
  // Each a copy of its own: a part of a longer string would hold the whole in memory.
  const keyAt = (index: number): Key =>
    keyFromLatin1(bytes.toString('latin1', index === 0 ? 0 : ends[index - 1], ends[index]))
  return {
    count: ends.length,
    disorder,
    keyAt,
    entries: (from, to) => {
      const entries: Entry[] = []
      for (let index = from; index < to; index++) {
        const size = numbers[2 * index] ?? Number.NaN
        const modified = numbers[2 * index + 1] ?? Number.NaN
        const entry: Entry = {
          key: keyAt(index),
          size: Number.isNaN(size) ? undefined : size,
          modified: Number.isNaN(modified) ? undefined : modified,
        }
        const oddity = oddities.size === 0 ? undefined : oddities.get(index)
        entries.push(oddity === undefined ? entry : { ...entry, ...oddity })
      }
      return entries
    },
  }
}

/** Whether the key from `middle` to `end` sorts behind the one from `start` to `middle`. */
function ascends(bytes: Buffer, start: number, middle: number, end: number): boolean {
  let a = start
  let b = middle
  while (a < middle && b < end && bytes[a] === bytes[b]) {
    a++
    b++
  }
  if (b === end) return false
  return a === middle || (bytes[a] ?? 0) < (bytes[b] ?? 0)
}

function grown<T extends Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from)
  return to
}
