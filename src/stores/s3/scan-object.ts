/**
 * One `<Contents>` of a listing, in the shape that S3 and most of what speaks its protocol write it: no attributes, no
 * space between elements, no comments. This runs once for every key of a bucket.
 */
import type { ColumnsWriter } from './columns.js'
import { archiveOfClass } from './entries.js'
import { TIME_LENGTH, type TimeReader } from './scan-time.js'

/** Bytes to be found, read as numbers: to compare them one by one takes most of the time there is. */
interface Word {
  readonly length: number
  /** The first of them, and the last, wherever those begin. */
  readonly first: number
  readonly last: number
  /** Where the last begin. */
  readonly rest: number
}

/** Four to eight bytes, by four. */
function short(text: string): Word {
  const bytes = Buffer.from(text, 'latin1')
  const rest = text.length - 4
  return { length: text.length, first: bytes.readInt32LE(0), last: bytes.readInt32LE(rest), rest }
}

/** Eight to sixteen, by eight. No number made of ASCII is NaN, or the same as another. */
function long(text: string): Word {
  const bytes = Buffer.from(text, 'latin1')
  const rest = text.length - 8
  return { length: text.length, first: bytes.readDoubleLE(0), last: bytes.readDoubleLE(rest), rest }
}

const KEY = long('<Contents><Key>')
const KEY_END = short('</Key>')
const MODIFIED = long('<LastModified>')
const MODIFIED_END = long('</LastModified>')
const ETAG = short('<ETag>')
const ETAG_END = short('</ETag>')
const SIZE = short('<Size>')
const SIZE_END = short('</Size>')
const CLASS = long('<StorageClass>')
const CLASS_END = long('</StorageClass>')
const STANDARD = long('STANDARD')
const CHECKSUM = long('<Checksum')
const CHECKSUM_END = long('</Checksum')
const ALGORITHM = long('Algorithm>')
const TYPE = short('Type>')
const END = long('</Contents>')

/** So far behind the end of an answer words are looked for, all the same. */
export const SLACK = 256

const LESS = 0x3c
/** More digits than a number holds exactly. */
const MOST_DIGITS = 15
/** `&quot;`, 32 digits, `&quot;`: what most ETags are as long as. */
const ETAG_LENGTH = 44

/**
 * Adds the object at `from` and returns the position behind it; -1 where it is in another shape, and nothing was added. What
 * is read is looked at only in the end, whether it lies in the answer: `view` goes on behind `bytes` for SLACK.
 */
export function scanObject(
  bytes: Uint8Array,
  view: DataView,
  from: number,
  writer: ColumnsWriter,
  time: TimeReader,
): number {
  const length = bytes.length
  if (!has8(view, from, KEY.first) || !has8(view, from + KEY.rest, KEY.last)) return -1
  let at = writer.key(bytes, view, from + KEY.length)
  if (at < 0 || !has4(view, at, KEY_END.first) || !has4(view, at + KEY_END.rest, KEY_END.last)) return -1
  at += KEY_END.length
  let size = -1
  let modified = -1
  let storage: string | undefined
  // Each element at most once, in whatever order.
  while (at + 2 < length && bytes[at] === LESS) {
    switch (bytes[at + 1]) {
      case 0x4c: {
        if (modified >= 0 || !has8(view, at, MODIFIED.first) || !has8(view, at + MODIFIED.rest, MODIFIED.last))
          return -1
        at += MODIFIED.length
        modified = time(bytes, view, at)
        at += TIME_LENGTH
        if (modified < 0 || !has8(view, at, MODIFIED_END.first)) return -1
        if (!has8(view, at + MODIFIED_END.rest, MODIFIED_END.last)) return -1
        at += MODIFIED_END.length
        break
      }
      case 0x45: {
        if (!has4(view, at, ETAG.first) || !has4(view, at + ETAG.rest, ETAG.last)) return -1
        const end = at + ETAG.length + ETAG_LENGTH
        // No other end tag of the sort can stand between this one and an earlier one: it would be in the next object.
        at =
          has4(view, end, ETAG_END.first) && has4(view, end + ETAG_END.rest, ETAG_END.last)
            ? end + ETAG_END.length
            : behindText(bytes, view, at + ETAG.length, ETAG_END, has4)
        if (at < 0) return -1
        break
      }
      case 0x53: {
        if (bytes[at + 2] === 0x69) {
          if (size >= 0 || !has4(view, at, SIZE.first) || !has4(view, at + SIZE.rest, SIZE.last)) return -1
          at += SIZE.length
          const start = at
          size = 0
          for (let digit = digitAt(view, at); digit <= 9 && at - start <= MOST_DIGITS; digit = digitAt(view, ++at))
            size = size * 10 + digit
          if (at === start || at - start > MOST_DIGITS) return -1
          if (!has4(view, at, SIZE_END.first) || !has4(view, at + SIZE_END.rest, SIZE_END.last)) return -1
          at += SIZE_END.length
        } else {
          if (storage !== undefined || !has8(view, at, CLASS.first) || !has8(view, at + CLASS.rest, CLASS.last))
            return -1
          at += CLASS.length
          const end = at + STANDARD.length
          const isUsual = has8(view, at, STANDARD.first) && has8(view, end, CLASS_END.first)
          if (isUsual && has8(view, end + CLASS_END.rest, CLASS_END.last)) {
            at = end + CLASS_END.length
            storage = ''
          } else {
            const start = at
            at = behindText(bytes, view, start, CLASS_END, has8)
            if (at < 0) return -1
            storage = latin1(bytes, start, at - CLASS_END.length)
          }
        }
        break
      }
      case 0x43: {
        at = behindChecksum(bytes, view, at)
        if (at < 0) return -1
        break
      }
      default: {
        if (!has8(view, at, END.first) || !has8(view, at + END.rest, END.last)) return -1
        at += END.length
        if (at > length || size < 0 || modified < 0) return -1
        writer.add(size, modified, storage === undefined || storage === '' ? undefined : archiveOfClass(storage))
        return at
      }
    }
  }
  return -1
}

// As short as they are, they cost no call.
function has4(view: DataView, at: number, bytes: number): boolean {
  return view.getInt32(at, true) === bytes
}

function has8(view: DataView, at: number, bytes: number): boolean {
  return view.getFloat64(at, true) === bytes
}

/** Position behind the element at `at` that says how a checksum was made; -1 where there is another. */
function behindChecksum(bytes: Uint8Array, view: DataView, at: number): number {
  if (!stands(view, at, CHECKSUM, has8)) return -1
  const isType = stands(view, at + CHECKSUM.length, TYPE, has4)
  const [name, has] = isType ? [TYPE, has4] : [ALGORITHM, has8]
  if (!stands(view, at + CHECKSUM.length, name, has)) return -1
  const end = behindText(bytes, view, at + CHECKSUM.length + name.length, CHECKSUM_END, has8)
  return end >= 0 && stands(view, end, name, has) ? end + name.length : -1
}

function stands(view: DataView, at: number, { first, last, rest }: Word, has: typeof has4): boolean {
  return has(view, at, first) && has(view, at + rest, last)
}

/** Position behind the end tag of the text at `at`; -1 where there is something else in it. */
function behindText(bytes: Uint8Array, view: DataView, at: number, end: Word, has: typeof has4): number {
  let next = at
  while (next < bytes.length && bytes[next] !== LESS) next++
  return stands(view, next, end, has) ? next + end.length : -1
}

/** More than 9 where there is none. */
function digitAt(view: DataView, at: number): number {
  return (view.getUint8(at) - 0x30) & 0xff
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1')
}
