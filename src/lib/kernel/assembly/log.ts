/**
 * Records in the order of adding, one behind the other. Behind them, when they are read, lie the places of all in order, and
 * what sorting needs. Whoever adds sees to it that there is memory enough.
 */
import { compareBytes, copyBytes } from './bytes'
import { endOfRecord, keyOf, restOf, setHeader } from './record'
import { sortRecords } from './sort'

/** What lies below is not ours: an address of 0 says "none". */
const FIRST: usize = 64

let end: usize = FIRST
let count: u32 = 0
let ascends: bool = true
/** The last record. */
let last: usize = FIRST

let order: usize = 0

/** Where the next record will lie. */
export function logEnd(): usize {
  return end
}

export function recordCount(): u32 {
  return count
}

export function clearLog(): void {
  end = FIRST
  last = FIRST
  count = 0
  ascends = true
}

/** Adds one whose key and rest lie where they will: eight bytes behind the end of the log. */
export function addRecord(keyBytes: u32, restBytes: u32): void {
  setHeader(end, keyBytes, restBytes)
  ascends = ascends && (count === 0 || compareBytes(keyOf(last), restOf(last), keyOf(end), restOf(end)) <= 0)
  last = end
  end = endOfRecord(end)
  count++
}

const TAB: u8 = 9
const NEWLINE: u8 = 10
const SPACE: u8 = 32
const DOT: u8 = 46
const SLASH: u8 = 47
const ZERO: u8 = 48
const NINE: u8 = 57
const BACKSLASH: u8 = 92
const DELETE: u8 = 127
const LONGEST_KEY: usize = 255
const MOST_DIGITS: usize = 15

/**
 * Adds lines of COPY that are a key and, where `sized`, a size in plain digits, both as they stand; the rest of a record is
 * `head` and the size. Line `n` is `lines[spans[2n], spans[2n + 1])`. Returns the first that is anything else, or `to`.
 */
export function addLines(lines: usize, spans: usize, from: u32, to: u32, sized: bool, head: u8): u32 {
  for (let n = from; n < to; n++) {
    const start = lines + load<u32>(spans + ((<usize>n) << 3))
    const newline = lines + load<u32>(spans + ((<usize>n) << 3), 4) - 1
    const keyEnd = endOfKey(start, newline)
    if (keyEnd === 0 || load<u8>(keyEnd) !== (sized ? TAB : NEWLINE)) return n
    const size = sized ? keyEnd + 1 : newline
    if (sized && !isSize(size, newline)) return n
    let at = copyBytes(keyOf(end), start, keyEnd)
    store<u8>(at++, head)
    at = copyBytes(at, size, newline)
    addRecord(<u32>(keyEnd - start), <u32>(newline - size) + 1)
  }
  return to
}

/** Where a key that no store refuses (see `Store.refuse`) ends; 0 for any other. */
function endOfKey(start: usize, end: usize): usize {
  let at = start
  let startsSegment = true
  for (; at < end; at++) {
    const byte = load<u8>(at)
    if (byte === TAB) break
    if (byte < SPACE || byte === BACKSLASH || byte >= DELETE) return 0
    if (startsSegment && (byte === SLASH || byte === DOT)) return 0
    startsSegment = byte === SLASH
  }
  return startsSegment || at - start > LONGEST_KEY ? 0 : at
}

/** The very text of a whole number of bytes. */
function isSize(from: usize, to: usize): bool {
  if (to <= from || to - from > MOST_DIGITS || (load<u8>(from) === ZERO && to - from > 1)) return false
  for (let at = from; at < to; at++) if (load<u8>(at) < ZERO || load<u8>(at) > NINE) return false
  return true
}

/** Bytes that the places take, and what sorting needs. */
export function tableBytes(): usize {
  return 8 + <usize>count * 12
}

/** Puts the records in order; equal keys come in the order of adding. */
export function sortLog(): void {
  order = (end + 7) & ~7
  let record = FIRST
  for (let n: usize = 0; n < count; n++) {
    store<u32>(order + (n << 2), <u32>record)
    record = endOfRecord(record)
  }
  if (!ascends) sortRecords(count, order, logScratch())
}

/** Behind the places. */
export function logScratch(): usize {
  return (order + ((<usize>count) << 2) + 7) & ~7
}

let chunk: usize = 0

/** The first behind `from` before which there are so many bytes of records, or the end. */
export function chunkEnd(from: u32, most: usize): u32 {
  chunk = 0
  let n = from
  for (; n < count && chunk < most; n++) {
    const record = recordAt(n)
    chunk += endOfRecord(record) - keyOf(record)
  }
  return n
}

/** Bytes of the records before the end that was asked for last. */
export function chunkBytes(): usize {
  return chunk
}

/** Writes records in order beside each other: where each begins, and the end; where its key ends; and what they are. */
export function gather(from: u32, to: u32, bytesTo: usize, startsTo: usize, middlesTo: usize): void {
  let at = bytesTo
  for (let n = from; n < to; n++) {
    const record = recordAt(n)
    store<u32>(startsTo, <u32>(at - bytesTo))
    store<u32>(middlesTo, <u32>(at - bytesTo + load<u32>(record)))
    at = copyBytes(at, keyOf(record), endOfRecord(record))
    startsTo += 4
    middlesTo += 4
  }
  store<u32>(startsTo, <u32>(at - bytesTo))
}

/** Where the `n`-th record in order lies. */
export function recordAt(n: u32): usize {
  return load<u32>(order + ((<usize>n) << 2))
}
