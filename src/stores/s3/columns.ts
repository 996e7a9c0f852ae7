/**
 * The objects of a page as bytes and columns of numbers, as they are compared (`stores/packed.ts`). Pages are held ahead by
 * the hundred: as objects they would cost more in collecting garbage than everything else about them.
 */
import { type Key, keyFromBytes, keyToBytes } from '../../lib/key.js'
import { type PackedPage, packedKeyAt, packedPart } from '../packed.js'
import type { Entry } from '../store.js'

export interface Columns {
  readonly count: number
  /** The first key that does not sort behind the one before it; undefined where all ascend. */
  readonly disorder: number | undefined
  readonly keyAt: (index: number) => Key
  /** From index `from` up to, not including, `to`. */
  readonly packed: (from: number, to: number) => PackedPage
}

/** Filled object by object; then it begins anew. */
export interface ColumnsWriter {
  /**
   * Takes the key that stands in `source` from `from` up to the next `<`, for the object that is added next. Returns its
   * end; -1 where it does not end, is too long or holds a `&`: then it is no key as it stands. `view` is of `source`.
   */
  readonly key: (source: Uint8Array, view: DataView, from: number) => number
  /** The same with a key that stands there alone, whatever it holds. */
  readonly wholeKey: (source: Uint8Array) => void
  /**
   * An object of the key that was taken. Passed over where that does not begin with the prefix, or is the prefix itself:
   * that is the place of the store, not something in it. `size` and `modified` are NaN where they are not told.
   */
  readonly add: (size: number, modified: number, archived: string | undefined) => void
  /** Whether a key so far looked as if it were encoded. */
  readonly escapes: () => boolean
  readonly finish: () => Columns
}

const FIRST_KEYS = 1024
const FIRST_BYTES = 128 * 1024
/** Three times the longest key S3 has, and then some: any longer one is read another way. */
const LONGEST = 4096
const SLASH = 0x2f
const PERCENT = 0x25
const PLUS = 0x2b
const SPACE = 0x20

/** What a byte is in a key of a listing. */
const PLAIN = 0
const ESCAPE = 1
const ENDS = 2
const ENTITY = 3
const MEANING = new Uint8Array(256)
MEANING[PERCENT] = MEANING[PLUS] = ESCAPE
MEANING[0x3c] = ENDS
MEANING[0x26] = ENTITY

/**
 * `encoded`: keys are as with `encoding-type=url`, decoded once. AWS writes a space as `+` and a plus as `%2B`; bytes that
 * are not UTF-8 come as they are.
 */
export function createColumnsWriter(prefix: Key, encoded: boolean): ColumnsWriter {
  const beginning = keyToBytes(prefix)
  let bytes = new Uint8Array(FIRST_BYTES)
  let words = new DataView(bytes.buffer)
  let ends = new Uint32Array(FIRST_KEYS)
  let numbers = new Float64Array(2 * FIRST_KEYS)
  let odd: [number, Entry][] = []
  let count = 0
  /** Where the key before begins, and where it ends. */
  let last = 0
  let end = 0
  /** Where the key that was taken ends; `end` where it is none to be told. */
  let taken = 0
  let escapes = false
  let disorder: number | undefined

  /** Takes what was written behind `end` and ends at `to`: moved down over the prefix, or dropped. */
  const takeWritten = (to: number): void => {
    taken = end
    if (to - end < beginning.length) return
    for (let index = 0; index < beginning.length; index++) if (bytes[end + index] !== beginning[index]) return
    bytes.copyWithin(end, end + beginning.length, to)
    taken = to - beginning.length
  }
  const makeRoom = (length: number): void => {
    if (bytes.length - end >= length) return
    bytes = grown(bytes, new Uint8Array(bytes.length * 2 + length))
    words = new DataView(bytes.buffer)
  }
  return {
    key: (source, view, from) => {
      makeRoom(LONGEST)
      const target = bytes
      const targetWords = words
      const stop = Math.min(source.length, from + LONGEST)
      const below = beginning.length > 0 && startsWith(source, from, beginning)
      let at = below ? from + beginning.length : from
      let next = end
      for (; at + 8 <= stop; at += 8, next += 8) {
        const first = view.getInt32(at)
        const second = view.getInt32(at + 4)
        if (!isPlainWord(first) || !isPlainWord(second)) break
        targetWords.setInt32(next, first)
        targetWords.setInt32(next + 4, second)
      }
      for (; at + 4 <= stop; at += 4, next += 4) {
        const word = view.getInt32(at)
        if (!isPlainWord(word)) break
        targetWords.setInt32(next, word)
      }
      let meaning = PLAIN
      for (; at < stop; at++) {
        const byte = source[at] as number
        meaning = MEANING[byte] as number
        if (meaning !== PLAIN) break
        target[next++] = byte
      }
      if (meaning === ESCAPE) {
        escapes = true
        while (meaning < ENDS && ++at < stop) meaning = MEANING[source[at] as number] as number
        if (meaning === ENDS)
          next = encoded ? decode(source, from, at, target, end) : copy(source, from, at, target, end)
        if (meaning === ENDS) takeWritten(next)
      } else if (below || beginning.length === 0) taken = next
      else takeWritten(next)
      return meaning === ENDS ? at : -1
    },
    wholeKey: (source) => {
      makeRoom(source.length)
      if (source.includes(PERCENT) || source.includes(PLUS)) escapes = true
      takeWritten((encoded ? decode : copy)(source, 0, source.length, bytes, end))
    },
    add: (size, modified, archived) => {
      const next = taken
      if (next === end) return
      if (count === ends.length) {
        ends = grown(ends, new Uint32Array(2 * count))
        numbers = grown(numbers, new Float64Array(4 * count))
      }
      if (disorder === undefined && count > 0 && !ascends(bytes, words, last, end, next)) disorder = count
      const placeholder = size === 0 && bytes[next - 1] === SLASH
      if (archived !== undefined || placeholder) {
        odd.push([count, oddEntry(keyFromBytes(bytes.subarray(end, next)), size, modified, archived, placeholder)])
      }
      numbers[2 * count] = size
      numbers[2 * count + 1] = modified
      ends[count++] = next
      last = end
      end = next
    },
    escapes: () => escapes,
    finish: () => {
      const page = {
        keys: bytes.slice(0, end),
        ends: ends.slice(0, count),
        numbers: numbers.slice(0, 2 * count),
        odd,
        gaps: [],
      }
      const columns = columnsOf(page, disorder)
      odd = []
      count = 0
      last = 0
      end = 0
      escapes = false
      disorder = undefined
      return columns
    },
  }
}

/**
 * Whether four bytes are all letters, digits or one of `-./_` and the like, which mean nothing but themselves: from 0x2d to
 * 0x39, or from 0x40 to 0x7f. Each addition sets the top bit of the bytes from one of these borders on.
 */
function isPlainWord(word: number): boolean {
  const between = (word + 0x53535353) & ~(word + 0x46464646)
  return ((word | ~(between | (word + 0x40404040))) & 0x80808080) === 0
}

function startsWith(source: Uint8Array, from: number, beginning: Uint8Array): boolean {
  for (let index = 0; index < beginning.length; index++) {
    const byte = beginning[index] as number
    if (source[from + index] !== byte || MEANING[byte] !== PLAIN) return false
  }
  return true
}

function oddEntry(key: Key, size: number, modified: number, archived: string | undefined, placeholder: boolean): Entry {
  return {
    key,
    ...(Number.isNaN(size) ? {} : { size }),
    ...(Number.isNaN(modified) ? {} : { modified }),
    ...(archived === undefined ? {} : { archived }),
    ...(placeholder ? { placeholder } : {}),
  }
}

function copy(source: Uint8Array, from: number, to: number, target: Uint8Array, start: number): number {
  target.set(source.subarray(from, to), start)
  return start + to - from
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

function columnsOf(page: PackedPage, disorder: number | undefined): Columns {
  return {
    count: page.ends.length,
    disorder,
    keyAt: (index) => packedKeyAt(page, index),
    packed: (from, to) => packedPart(page, from, to),
  }
}

/** Whether the key from `middle` to `end` sorts behind the one from `start` to `middle`; eight bytes at a time. */
function ascends(bytes: Uint8Array, words: DataView, start: number, middle: number, end: number): boolean {
  let a = start
  let b = middle
  // No two numbers are the same of which the bytes are not, but for zeros with and without a sign.
  while (a + 8 <= middle && b + 8 <= end && words.getFloat64(a) === words.getFloat64(b) && words.getFloat64(a) !== 0) {
    a += 8
    b += 8
  }
  while (a + 4 <= middle && b + 4 <= end && words.getInt32(a) === words.getInt32(b)) {
    a += 4
    b += 4
  }
  while (a < middle && b < end && bytes[a] === bytes[b]) {
    a++
    b++
  }
  if (b === end) return false
  return a === middle || (bytes[a] as number) < (bytes[b] as number)
}

function grown<T extends Uint8Array | Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from)
  return to
}
