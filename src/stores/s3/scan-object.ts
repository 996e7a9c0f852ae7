/**
 * One `<Contents>` of a listing, in the shape that S3 and most of what speaks its protocol write it: no attributes, no
 * space between elements, no comments. This runs once for every key of a bucket.
 */
import type { ColumnsWriter } from './columns.js'
import { archiveOfClass } from './entries.js'

/** Bytes to be found, four at a time: comparing them one by one takes most of the time there is. */
interface Word {
  readonly length: number
  readonly fours: Int32Array
  /** The last four, wherever they begin. */
  readonly last: number
}

function word(text: string): Word {
  const bytes = Buffer.from(text, 'latin1')
  const fours = Int32Array.from({ length: bytes.length >> 2 }, (_, index) => bytes.readInt32LE(4 * index))
  return { length: bytes.length, fours, last: bytes.readInt32LE(bytes.length - 4) }
}

const KEY = word('<Contents><Key>')
const KEY_END = word('</Key>')
const MODIFIED = word('<LastModified>')
const MODIFIED_END = word('</LastModified>')
const ETAG = word('<ETag>')
const ETAG_END = word('</ETag>')
const SIZE = word('<Size>')
const SIZE_END = word('</Size>')
const CLASS = word('<StorageClass>')
const CLASS_END = word('</StorageClass>')
const ALGORITHM = word('<ChecksumAlgorithm>')
const ALGORITHM_END = word('</ChecksumAlgorithm>')
const TYPE = word('<ChecksumType>')
const TYPE_END = word('</ChecksumType>')
const END = word('</Contents>')

const LESS = 0x3c
/** `2024-02-29T23:59:59.000Z` */
const TIME_LENGTH = 24
/** More digits than a number holds exactly. */
const MOST_DIGITS = 15

/** `&quot;`, 32 digits, `&quot;`: what most ETags are as long as. */
const ETAG_LENGTH = 44

/** Adds the object and returns the position behind it; -1 where it is in another shape, and nothing was added. */
export function scanObject(bytes: Buffer, view: DataView, from: number, writer: ColumnsWriter): number {
  const length = bytes.length
  if (!has(view, from, KEY)) return -1
  const keyStart = from + KEY.length
  let at = keyStart
  let plain = true
  for (; at < length; at++) {
    const byte = bytes[at]
    if (byte === LESS) break
    if (byte === 0x25 || byte === 0x2b) plain = false
    else if (byte === 0x26) return -1
  }
  const keyEnd = at
  if (!has(view, at, KEY_END)) return -1
  at += KEY_END.length
  let size = -1
  let modified = -1
  let storage: string | undefined
  // Each element at most once, in whatever order.
  while (at + 2 < length && bytes[at] === LESS) {
    switch (bytes[at + 1]) {
      case 0x4c: {
        if (modified >= 0 || !has(view, at, MODIFIED)) return -1
        at += MODIFIED.length
        modified = timeAt(bytes, at)
        at += TIME_LENGTH
        if (!(modified >= 0) || !has(view, at, MODIFIED_END)) return -1
        at += MODIFIED_END.length
        break
      }
      case 0x45: {
        if (!has(view, at, ETAG)) return -1
        at += ETAG.length
        // No other end tag of the sort can stand between this one and an earlier one: it would be in the next object.
        at = has(view, at + ETAG_LENGTH, ETAG_END)
          ? at + ETAG_LENGTH + ETAG_END.length
          : behindText(bytes, view, at, ETAG_END)
        if (at < 0) return -1
        break
      }
      case 0x53: {
        if (bytes[at + 2] === 0x69) {
          if (size >= 0 || !has(view, at, SIZE)) return -1
          at += SIZE.length
          const start = at
          size = 0
          for (let byte = bytes[at] ?? 0; byte >= 0x30 && byte <= 0x39; byte = bytes[++at] ?? 0) {
            size = size * 10 + byte - 0x30
          }
          if (at === start || at - start > MOST_DIGITS || !has(view, at, SIZE_END)) return -1
          at += SIZE_END.length
        } else {
          if (storage !== undefined || !has(view, at, CLASS)) return -1
          const start = at + CLASS.length
          at = behindText(bytes, view, start, CLASS_END)
          if (at < 0) return -1
          storage = bytes[start] === 0x53 ? '' : bytes.toString('latin1', start, at - CLASS_END.length)
        }
        break
      }
      case 0x43: {
        if (has(view, at, ALGORITHM)) at = behindText(bytes, view, at + ALGORITHM.length, ALGORITHM_END)
        else if (has(view, at, TYPE)) at = behindText(bytes, view, at + TYPE.length, TYPE_END)
        else return -1
        if (at < 0) return -1
        break
      }
      default: {
        if (!has(view, at, END) || size < 0 || modified < 0) return -1
        writer.add(bytes, keyStart, keyEnd, plain, size, modified, archiveOfClass(storage))
        return at + END.length
      }
    }
  }
  return -1
}

function has(view: DataView, at: number, { length, fours, last }: Word): boolean {
  if (at + length > view.byteLength) return false
  for (let index = 0; index < fours.length; index++) {
    if (view.getInt32(at + 4 * index, true) !== fours[index]) return false
  }
  return view.getInt32(at + length - 4, true) === last
}

/** Position behind the end tag of the text at `at`; -1 where there is something else in it. */
function behindText(bytes: Buffer, view: DataView, at: number, end: Word): number {
  let next = at
  while (next < bytes.length && bytes[next] !== LESS) next++
  return has(view, next, end) ? next + end.length : -1
}

/** Milliseconds since 1970; NaN where it is written in another way. */
function timeAt(bytes: Buffer, at: number): number {
  if (bytes[at + 4] !== 0x2d || bytes[at + 10] !== 0x54 || bytes[at + 19] !== 0x2e || bytes[at + 23] !== 0x5a) {
    return Number.NaN
  }
  const year = two(bytes, at) * 100 + two(bytes, at + 2)
  const month = two(bytes, at + 5)
  const day = two(bytes, at + 8)
  const seconds = two(bytes, at + 11) * 3600 + two(bytes, at + 14) * 60 + two(bytes, at + 17)
  const milliseconds = two(bytes, at + 20) * 10 + (two(bytes, at + 21) % 10)
  return (daysSince1970(year, month, day) * 86_400 + seconds) * 1000 + milliseconds
}

function two(bytes: Buffer, at: number): number {
  const high = (bytes[at] ?? 0) - 0x30
  const low = (bytes[at + 1] ?? 0) - 0x30
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : Number.NaN
}

/** Howard Hinnant's days_from_civil: years begin in March, so that the day that leap years add is the last one. */
function daysSince1970(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const inMarchYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const leaps = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400)
  return shifted * 365 + leaps + inMarchYear - 719_468
}
