/**
 * Objects of a listing of S3, in the shape that S3 and most of what speaks its protocol write them: no attributes, no space
 * between elements, no comments. See `stores/s3/scan-listing.ts`, which gives the memory: the bytes of the answer, and behind
 * them room for what is read of it.
 */
import { compareBytes, sameBytes } from './bytes'
import { AMPERSAND, codeAt, isEscape, isPlain, oddBytes, PLUS, SPACE, unescaped } from './listing-key'
import { TIME_LENGTH, timeAt } from './listing-time'
import * as word from './listing-words'

/** More digits than a number holds exactly. */
const MOST_DIGITS: usize = 15
/** `&quot;`, 32 digits, `&quot;`: what most ETags are as long as. */
const ETAG_LENGTH: usize = 44
/** Three times the longest key S3 has, and then some: any longer one is read another way. */
const LONGEST_KEY: usize = 4096
const LESS: u8 = 0x3c
const SLASH: u8 = 0x2f

// What more is to be said of an object, as `ODD` of columns.ts names it.
const GLACIER: u32 = 1
const DEEP_ARCHIVE: u32 = 2
const PLACEHOLDER: u32 = 4

let prefix: usize = 0
let prefixEnd: usize = 0
let plainPrefix: bool = true
let encoded: bool = true

// Where what was read is written: keys one behind the other, where each ends, size and time of each, and the odd ones.
let keys: usize = 0
let ends: usize = 0
let numbers: usize = 0
let odds: usize = 0

let count: u32 = 0
let oddCount: u32 = 0
/** Objects, whatever their keys begin with. */
let seen: u32 = 0
/** The last key, and its end. */
let last: usize = 0
let end: usize = 0
/** Where the key ends that is being added: `end` where it is none to be told. */
let taken: usize = 0
let escapes: bool = false
/** The first key that does not sort behind the one before it; 0 where all ascend. */
let disorder: u32 = 0

/** `keysEncoded`: they are as with `encoding-type=url`, decoded once. The others are addresses. */
export function beginListing(
  prefixAt: usize,
  prefixTo: usize,
  keysEncoded: bool,
  keysAt: usize,
  endsAt: usize,
  numbersAt: usize,
  oddsAt: usize,
): void {
  prefix = prefixAt
  prefixEnd = prefixTo
  plainPrefix = isPlain(prefixAt, prefixTo)
  encoded = keysEncoded
  keys = keysAt
  ends = endsAt
  numbers = numbersAt
  odds = oddsAt
  count = 0
  oddCount = 0
  seen = 0
  last = keysAt
  end = keysAt
  escapes = false
  disorder = 0
}

/** Adds objects from `from` on. Returns where something else stands, or what does not lie whole before `to`. */
export function addObjects(from: usize, to: usize): usize {
  while (true) {
    const next = addObject(from, to)
    if (next === 0) return from
    from = next
  }
}

/** An object read another way, whose key stands alone. `size` and `modified` are NaN where they are not told. */
export function addRead(from: usize, to: usize, size: f64, modified: f64, archived: u32): void {
  for (let at = from; at < to; at++) escapes = escapes || isEscape(load<u8>(at))
  takeWritten(unescaped(from, to, end, encoded))
  close(size, modified, archived)
}

export function objectsSeen(): u32 {
  return seen
}

export function objectCount(): u32 {
  return count
}

export function keysEnd(): usize {
  return end
}

export function oddObjects(): u32 {
  return oddCount
}

/** Whether a key looked as if it were encoded. */
export function anyEscaped(): bool {
  return escapes
}

export function firstUnordered(): u32 {
  return disorder
}

/** Where the next one begins; 0 where it is in another shape, and nothing was added. */
function addObject(from: usize, to: usize): usize {
  if (!word.isObject(from)) return 0
  let at = takeKey(from + word.OBJECT_LENGTH, to)
  if (at === 0 || !word.isKeyEnd(at)) return 0
  at += word.KEY_END_LENGTH
  let size: i64 = -1
  let modified: f64 = -1
  let hasClass = false
  let archived: u32 = 0
  // Each element at most once, in whatever order.
  while (at < to && load<u8>(at) === LESS) {
    const letter = load<u8>(at, 1)
    if (letter === 0x4c) {
      if (modified >= 0 || !word.isModified(at)) return 0
      at += word.MODIFIED_LENGTH
      modified = timeAt(at)
      at += TIME_LENGTH
      if (modified < 0 || !word.isModifiedEnd(at)) return 0
      at += word.MODIFIED_END_LENGTH
    } else if (letter === 0x45) {
      if (!word.isEtag(at)) return 0
      at += word.ETAG_LENGTH
      // No other end tag of the sort can stand between this one and an earlier one: it would be in the next object.
      at = word.isEtagEnd(at + ETAG_LENGTH) ? at + ETAG_LENGTH : textEnd(at, to)
      if (!word.isEtagEnd(at)) return 0
      at += word.ETAG_END_LENGTH
    } else if (letter === 0x53 && load<u8>(at, 2) === 0x69) {
      if (size >= 0 || !word.isSize(at)) return 0
      at += word.SIZE_LENGTH
      const start = at
      size = 0
      for (let digit = digitAt(at); digit <= 9 && at - start <= MOST_DIGITS; digit = digitAt(++at))
        size = size * 10 + <i64>digit
      if (at === start || at - start > MOST_DIGITS || !word.isSizeEnd(at)) return 0
      at += word.SIZE_END_LENGTH
    } else if (letter === 0x53) {
      if (hasClass || !word.isClass(at)) return 0
      at += word.CLASS_LENGTH
      const start = at
      at = word.isStandard(at) ? at + word.STANDARD_LENGTH : textEnd(at, to)
      if (!word.isClassEnd(at)) return 0
      archived = word.isGlacier(start, at) ? GLACIER : word.isDeepArchive(start, at) ? DEEP_ARCHIVE : 0
      at += word.CLASS_END_LENGTH
      hasClass = true
    } else if (letter === 0x43) {
      at = behindChecksum(at, to)
      if (at === 0) return 0
    } else {
      if (!word.isObjectEnd(at)) return 0
      at += word.OBJECT_END_LENGTH
      if (at > to || size < 0 || modified < 0) return 0
      close(<f64>size, modified, archived)
      return at
    }
  }
  return 0
}

/** Behind the element that says how a checksum was made; 0 where there is another. */
function behindChecksum(at: usize, to: usize): usize {
  if (!word.isChecksum(at)) return 0
  at += word.CHECKSUM_LENGTH
  const length = word.checksumName(at)
  if (length === 0) return 0
  at = textEnd(at + length, to)
  if (!word.isChecksumEnd(at)) return 0
  at += word.CHECKSUM_END_LENGTH
  return word.checksumName(at) === length ? at + length : 0
}

/** Where the text at `at` ends, or `to`. */
function textEnd(at: usize, to: usize): usize {
  while (at < to && load<u8>(at) !== LESS) at++
  return at
}

/** More than 9 where there is none. */
function digitAt(at: usize): u8 {
  return load<u8>(at) - 0x30
}

/** Takes the key that stands at `from`. Returns its end; 0 where it does not end, is too long or holds an entity. */
function takeKey(from: usize, to: usize): usize {
  const stop = min(to, from + LONGEST_KEY)
  const below =
    plainPrefix && from + prefixLength() <= stop && sameBytes(from, from + prefixLength(), prefix, prefixEnd)
  let at = below ? from + prefixLength() : from
  let next = end
  while (at < stop) {
    const bytes = load<u64>(at)
    store<u64>(next, bytes)
    const odd = oddBytes(bytes)
    if (odd === 0) {
      at += 8
      next += 8
      continue
    }
    const plain = <usize>(ctz(odd) >> 3)
    at += plain
    next += plain
    const byte = load<u8>(at)
    if (byte === LESS || byte === AMPERSAND) break
    escapes = escapes || isEscape(byte)
    const code = encoded ? codeAt(at, stop) : -1
    store<u8>(next++, code >= 0 ? <u8>code : encoded && byte === PLUS ? SPACE : byte)
    at += code >= 0 ? 3 : 1
  }
  if (at >= stop || load<u8>(at) !== LESS) return 0
  if (below) taken = next
  else takeWritten(next)
  return at
}

/** Takes what was written behind the last key and ends at `to`: moved down over the prefix, or dropped. */
function takeWritten(to: usize): void {
  taken = end
  if (to - end < prefixLength() || !sameBytes(end, end + prefixLength(), prefix, prefixEnd)) return
  taken = to - prefixLength()
  if (prefixLength() > 0) memory.copy(end, end + prefixLength(), taken - end)
}

function prefixLength(): usize {
  return prefixEnd - prefix
}

/** Adds the key that was taken, unless that is none to be told. */
function close(size: f64, modified: f64, archived: u32): void {
  seen++
  if (taken === end) return
  if (disorder === 0 && count > 0 && compareBytes(last, end, end, taken) >= 0) disorder = count
  const odd = archived | (size === 0 && load<u8>(taken - 1) === SLASH ? PLACEHOLDER : 0)
  if (odd !== 0) {
    store<u32>(odds + ((<usize>oddCount) << 3), count)
    store<u32>(odds + ((<usize>oddCount) << 3), odd, 4)
    oddCount++
  }
  store<f64>(numbers + ((<usize>count) << 4), size)
  store<f64>(numbers + ((<usize>count) << 4), modified, 8)
  store<u32>(ends + ((<usize>count) << 2), <u32>(taken - keys))
  count++
  last = end
  end = taken
}
