/**
 * One `<Contents>` of a listing, in the shape that S3 and most of what speaks its protocol write it: no attributes, no
 * space between elements, no comments. This runs once for every key of a bucket.
 */
import type { ColumnsWriter } from './columns.js'
import { archiveOfClass } from './entries.js'
import { TIME_LENGTH, type TimeReader } from './scan-time.js'

/** Bytes to be found, four to twenty, four at a time: comparing them one by one takes most of the time there is. */
interface Word {
  readonly length: number
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
  /** The last four, wherever they begin. */
  readonly last: number
}

function word(text: string): Word {
  const bytes = Buffer.alloc(20)
  bytes.write(text, 'latin1')
  const [a, b, c, d] = [0, 4, 8, 12].map((at) => bytes.readInt32LE(at)) as [number, number, number, number]
  return { length: text.length, a, b, c, d, last: bytes.readInt32LE(text.length - 4) }
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
const STANDARD = word('STANDARD')
const END = word('</Contents>')

const LESS = 0x3c
/** More digits than a number holds exactly. */
const MOST_DIGITS = 15
/** `&quot;`, 32 digits, `&quot;`: what most ETags are as long as. */
const ETAG_LENGTH = 44

/** Adds the object at `from` and returns the position behind it; -1 where it is in another shape, and nothing was added. */
export function scanObject(
  bytes: Uint8Array,
  view: DataView,
  from: number,
  writer: ColumnsWriter,
  time: TimeReader,
): number {
  const length = bytes.length
  if (!hasLong(view, length, from, KEY)) return -1
  let at = writer.key(bytes, view, from + KEY.length)
  if (at < 0 || !hasShort(view, length, at, KEY_END)) return -1
  at += KEY_END.length
  let size = -1
  let modified = -1
  let storage: string | undefined
  // Each element at most once, in whatever order.
  while (at + 2 < length && bytes[at] === LESS) {
    switch (bytes[at + 1]) {
      case 0x4c: {
        if (modified >= 0 || !hasLong(view, length, at, MODIFIED)) return -1
        at += MODIFIED.length
        if (!hasLong(view, length, at + TIME_LENGTH, MODIFIED_END)) return -1
        modified = time(bytes, view, at)
        if (modified < 0) return -1
        at += TIME_LENGTH + MODIFIED_END.length
        break
      }
      case 0x45: {
        if (!hasShort(view, length, at, ETAG)) return -1
        at += ETAG.length
        // No other end tag of the sort can stand between this one and an earlier one: it would be in the next object.
        at = hasShort(view, length, at + ETAG_LENGTH, ETAG_END)
          ? at + ETAG_LENGTH + ETAG_END.length
          : behindText(bytes, view, at, ETAG_END)
        if (at < 0) return -1
        break
      }
      case 0x53: {
        if (bytes[at + 2] === 0x69) {
          if (size >= 0 || !hasShort(view, length, at, SIZE)) return -1
          at += SIZE.length
          const start = at
          size = 0
          for (let digit = digitAt(bytes, at); digit <= 9; digit = digitAt(bytes, ++at)) size = size * 10 + digit
          if (at === start || at - start > MOST_DIGITS || !hasShort(view, length, at, SIZE_END)) return -1
          at += SIZE_END.length
        } else {
          if (storage !== undefined || !hasLong(view, length, at, CLASS)) return -1
          const start = at + CLASS.length
          if (hasShort(view, length, start, STANDARD) && hasLong(view, length, start + STANDARD.length, CLASS_END)) {
            at = start + STANDARD.length + CLASS_END.length
            storage = ''
          } else {
            at = behindText(bytes, view, start, CLASS_END)
            if (at < 0) return -1
            storage = latin1(bytes, start, at - CLASS_END.length)
          }
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
        writer.add(size, modified, storage === undefined || storage === '' ? undefined : archiveOfClass(storage))
        return at + END.length
      }
    }
  }
  return -1
}

/** The word of four to eight bytes stands at `at`. */
function hasShort(view: DataView, end: number, at: number, word: Word): boolean {
  const last = at + word.length - 4
  return last + 4 <= end && view.getInt32(at, true) === word.a && view.getInt32(last, true) === word.last
}

/** The word of thirteen to sixteen bytes. */
function hasLong(view: DataView, end: number, at: number, word: Word): boolean {
  const last = at + word.length - 4
  return (
    last + 4 <= end &&
    view.getInt32(at, true) === word.a &&
    view.getInt32(at + 4, true) === word.b &&
    view.getInt32(at + 8, true) === word.c &&
    view.getInt32(last, true) === word.last
  )
}

/** A word of any length. */
function has(view: DataView, at: number, { length, a, b, c, d, last }: Word): boolean {
  return (
    at + length <= view.byteLength &&
    view.getInt32(at, true) === a &&
    view.getInt32(at + length - 4, true) === last &&
    (length <= 8 ||
      (view.getInt32(at + 4, true) === b &&
        (length <= 12 || (view.getInt32(at + 8, true) === c && (length <= 16 || view.getInt32(at + 12, true) === d)))))
  )
}

/** Position behind the end tag of the text at `at`; -1 where there is something else in it. */
function behindText(bytes: Uint8Array, view: DataView, at: number, end: Word): number {
  let next = at
  while (next < bytes.length && bytes[next] !== LESS) next++
  return has(view, next, end) ? next + end.length : -1
}

/** More than 9 where there is none. */
function digitAt(bytes: Uint8Array, at: number): number {
  return at < bytes.length ? ((bytes[at] as number) - 0x30) & 0xff : 0xff
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1')
}
