/**
 * Sorts keys that lie in memory, without moving them. Eight bytes of each are taken as a number, behind what all of them begin
 * with; what is equal so far is sorted again by the next bytes.
 */
import { compareBytes, copyBytes, prefixOf } from './bytes'
import { keyOf, restOf } from './record'

/** Below this, inserting one by one costs less than numbers. */
const FEW: u32 = 12
const FEW_NUMBERS: u32 = 16

// What is being sorted: records of the log, whose places are their addresses, or keys that lie anywhere, whose places are
// their numbers: where they lie, and where each begins and ends from there on (u32).
let inLog: bool = false
let bytes: usize = 0
let starts: usize = 0
let ends: usize = 0
// What it is sorted by: the places in order (u32), and beside each its number (u64).
let order: usize = 0
let numbers: usize = 0

/** The places of the keys in ascending order; equal keys keep theirs. `numbers` is room for eight bytes a key. */
export function sortKeys(keys: usize, from: usize, to: usize, count: u32, into: usize, room: usize): void {
  inLog = false
  bytes = keys
  starts = from
  ends = to
  order = into
  numbers = room
  for (let n: u32 = 0; n < count; n++) setPlace(n, n)
  sortFrom(0, count, 0)
}

/** The same of records of the log, the addresses of which lie at `places`. */
export function sortRecords(count: u32, places: usize, room: usize): void {
  inLog = true
  order = places
  numbers = room
  sortFrom(0, count, 0)
}

/** Writes the keys that were sorted last beside each other in order, and where each begins, and the end. */
export function gatherKeys(count: u32, bytesTo: usize, startsTo: usize): void {
  let at = bytesTo
  for (let n: u32 = 0; n < count; n++) {
    store<u32>(startsTo + ((<usize>n) << 2), <u32>(at - bytesTo))
    const place = placeAt(n)
    at = copyBytes(at, startOf(place), endOf(place))
  }
  store<u32>(startsTo + ((<usize>count) << 2), <u32>(at - bytesTo))
}

function startOf(place: u32): usize {
  return inLog ? keyOf(place) : bytes + load<u32>(starts + ((<usize>place) << 2))
}

function endOf(place: u32): usize {
  return inLog ? restOf(place) : bytes + load<u32>(ends + ((<usize>place) << 2))
}

function placeAt(n: u32): u32 {
  return load<u32>(order + ((<usize>n) << 2))
}

function setPlace(n: u32, place: u32): void {
  store<u32>(order + ((<usize>n) << 2), place)
}

function numberAt(n: u32): u64 {
  return load<u64>(numbers + ((<usize>n) << 3))
}

function setNumber(n: u32, number: u64): void {
  store<u64>(numbers + ((<usize>n) << 3), number)
}

/** Sorts `order[from, to)`, whose keys are equal up to `depth`, counting what lies behind an end as zero. */
function sortFrom(from: u32, to: u32, depth: usize): void {
  if (to - from <= FEW) {
    insertKeys(from, to, depth)
    return
  }
  const first = placeAt(from)
  const start = startOf(first)
  let same: usize = endOf(first) - start
  let longest = same
  for (let n = from + 1; n < to; n++) {
    const place = placeAt(n)
    const at = startOf(place)
    const length = endOf(place) - at
    if (length > longest) longest = length
    if (length < same) same = length
    let agreed = depth
    while (agreed + 8 <= same && load<u64>(start + agreed) === load<u64>(at + agreed)) agreed += 8
    while (agreed < same && load<u8>(start + agreed) === load<u8>(at + agreed)) agreed++
    if (agreed < same) same = agreed
  }
  if (same < depth) same = depth
  // Nothing is left but how many zeros there are at the end.
  if (same >= longest) {
    for (let n = from; n < to; n++) {
      const place = placeAt(n)
      setNumber(n, ((<u64>(endOf(place) - startOf(place))) << 32) | place)
    }
    sortNumbers(from, to)
    return
  }
  for (let n = from; n < to; n++) {
    const place = placeAt(n)
    setNumber(n, prefixOf(startOf(place) + same, endOf(place)))
  }
  sortNumbers(from, to)
  for (let group = from, n = from + 1; n <= to; n++) {
    if (n < to && numberAt(n) === numberAt(group)) continue
    if (n - group > 1) sortFrom(group, n, same + 8)
    group = n
  }
}

/** Sorts places by their numbers; equal ones come in any order. */
function sortNumbers(from: u32, to: u32): void {
  while (to - from > FEW_NUMBERS) {
    const pivot = middleOf(numberAt(from), numberAt((from + to) >> 1), numberAt(to - 1))
    let low = from
    let high = to - 1
    while (true) {
      while (numberAt(low) < pivot) low++
      while (numberAt(high) > pivot) high--
      if (low >= high) break
      const number = numberAt(low)
      const place = placeAt(low)
      setNumber(low, numberAt(high))
      setPlace(low++, placeAt(high))
      setNumber(high, number)
      setPlace(high--, place)
    }
    const cut = high + 1
    // The larger part is gone on with, so that few calls lie inside each other.
    if (cut - from < to - cut) {
      sortNumbers(from, cut)
      from = cut
    } else {
      sortNumbers(cut, to)
      to = cut
    }
  }
  for (let n = from + 1; n < to; n++) {
    const number = numberAt(n)
    const place = placeAt(n)
    let at = n
    for (; at > from && numberAt(at - 1) > number; at--) {
      setNumber(at, numberAt(at - 1))
      setPlace(at, placeAt(at - 1))
    }
    setNumber(at, number)
    setPlace(at, place)
  }
}

function middleOf(a: u64, b: u64, c: u64): u64 {
  return max(min(a, b), min(max(a, b), c))
}

function insertKeys(from: u32, to: u32, depth: usize): void {
  for (let n = from + 1; n < to; n++) {
    const place = placeAt(n)
    let at = n
    for (; at > from && isBehind(placeAt(at - 1), place, depth); at--) setPlace(at, placeAt(at - 1))
    setPlace(at, place)
  }
}

/** A key that ended before `depth` was counted as zeros up to there. */
function isBehind(one: u32, other: u32, depth: usize): bool {
  const a = startOf(one)
  const b = startOf(other)
  const aEnd = endOf(one)
  const bEnd = endOf(other)
  const aLength = aEnd - a
  const bLength = bEnd - b
  const known = min(depth, min(aLength, bLength))
  const difference = compareBytes(a + known, aEnd, b + known, bEnd)
  return difference === 0 ? one > other : difference > 0
}
