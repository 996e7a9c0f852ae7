/** The innermost loop of comparing rows with a listing: see `compare/side-by-side.ts`. */
import { compareBytes, sameBytes } from './bytes'

// Why the walk stands still, as `STOPS` of side-by-side.ts names it.
const ROW: u32 = 0
const ENTRY: u32 = 1
const PAIR: u32 = 2
const ROWS_END: u32 = 3
const ENTRIES_END: u32 = 4

// What of a pair is passed by, as `AGREES` there names it.
const NEVER: u32 = 0
const THERE: u32 = 1

// Rows: where their bytes lie, where each begins and its key ends from there on, and behind which there are no more.
let rows: usize = 0
let starts: usize = 0
let middles: usize = 0
let rowsTo: u32 = 0

// Entries: their keys, where each ends, two numbers of each, the first of which is its size (or 0: none are told), how many.
let keys: usize = 0
let ends: usize = 0
let numbers: usize = 0
let entriesTo: u32 = 0

/** The next row, the next entry, and where its key begins. */
let n: u32 = 0
let at: u32 = 0
let start: u32 = 0

export function setRows(bytes: usize, startsAt: usize, middlesAt: usize, to: u32): void {
  rows = bytes
  starts = startsAt
  middles = middlesAt
  rowsTo = to
}

export function setEntries(keysAt: usize, endsAt: usize, numbersAt: usize, count: u32): void {
  keys = keysAt
  ends = endsAt
  numbers = numbersAt
  entriesTo = count
}

export function nextRow(): u32 {
  return n
}

export function nextEntry(): u32 {
  return at
}

export function nextStart(): u32 {
  return start
}

/** Passes by all pairs that agree, up to what does not. The entry `odd` is never passed by. */
export function passBy(fromRow: u32, fromEntry: u32, fromStart: u32, odd: u32, agrees: u32): u32 {
  n = fromRow
  at = fromEntry
  start = fromStart
  while (true) {
    if (n === rowsTo) return ROWS_END
    if (at === entriesTo) return ENTRIES_END
    const key = rows + startOf(n)
    const keyEnd = rows + middleOf(n)
    const end = load<u32>(ends + ((<usize>at) << 2))
    const difference = compareBytes(key, keyEnd, keys + start, keys + end)
    if (difference < 0) return ROW
    if (difference > 0) return ENTRY
    if (at === odd || agrees === NEVER || !agreesWith(keyEnd, rows + startOf(n + 1), agrees)) return PAIR
    if (n + 1 < rowsTo && sameBytes(rows + startOf(n + 1), rows + middleOf(n + 1), key, keyEnd)) return PAIR
    n++
    at++
    start = end
  }
}

const ROW_LETTER: u8 = 114
const YOUNG_LETTER: u8 = 121
const TAB: u8 = 9
const ZERO: u8 = 48
/** Of more digits than these a number may be rounded. */
const MOST_DIGITS: usize = 15

/** Whether the rest of a row that promises its file says no more than its size, and that, where it is compared, is the entry's. */
function agreesWith(rest: usize, end: usize, agrees: u32): bool {
  const size = numbers === 0 ? NaN : load<f64>(numbers + ((<usize>at) << 4))
  // An empty file is told of even where its size is not compared.
  if (size === 0) return false
  const letter = load<u8>(rest)
  if (rest === end || (letter !== ROW_LETTER && letter !== YOUNG_LETTER)) return false
  let next = rest + 1
  if (agrees === THERE) {
    while (next < end) if (load<u8>(next++) === TAB) return false
    return true
  }
  if (next === end) return true
  if (end - next > MOST_DIGITS) return false
  let declared: i64 = 0
  for (; next < end; next++) {
    const digit = load<u8>(next) - ZERO
    if (digit > 9) return false
    declared = 10 * declared + digit
  }
  return <f64>declared === size
}

function startOf(row: u32): usize {
  return load<u32>(starts + ((<usize>row) << 2))
}

function middleOf(row: u32): usize {
  return load<u32>(middles + ((<usize>row) << 2))
}
