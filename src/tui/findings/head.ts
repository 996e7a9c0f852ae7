/**
 * Reads of a line with a finding, as postflight writes it, the id of the check and the class, without parsing it. A line
 * with another order of fields, or with escapes in these two, is left to JSON.parse.
 */
import { isUtf8 } from 'node:buffer'

const HEAD = Buffer.from('{"v":1,"type":"check:finding","id":"')
const MIDDLE = Buffer.from('","finding":{"finding":"')
const PROGRESS = Buffer.from('{"v":1,"type":"check:progress",')
const KEY = Buffer.from('","key":"')
const KEY_B64 = Buffer.from('","key_b64":"')
const QUOTE = 0x22
const BACKSLASH = 0x5c
const CLOSE = 0x7d

/** Offsets into the bytes that were looked at. Filled in anew for each line: a million lines make no million objects. */
export interface Head {
  idFrom: number
  idTo: number
  classFrom: number
  classTo: number
  keyFrom: number
  keyTo: number
}

export function emptyHead(): Head {
  return { idFrom: 0, idTo: 0, classFrom: 0, classTo: 0, keyFrom: 0, keyTo: 0 }
}

/** Whether the line in `bytes[from, to)` is a whole finding in the form postflight writes; fills in `head` then. */
export function readHead(bytes: Uint8Array, from: number, to: number, head: Head): boolean {
  if (!isWhole(bytes, from, to) || !startsWith(bytes, from, to, HEAD)) return false
  head.idFrom = from + HEAD.length
  head.idTo = quoteFrom(bytes, head.idFrom, to)
  if (head.idTo < 0 || !startsWith(bytes, head.idTo, to, MIDDLE)) return false
  head.classFrom = head.idTo + MIDDLE.length
  head.classTo = quoteFrom(bytes, head.classFrom, to)
  return head.classTo >= 0
}

/**
 * Whether the key, byte for byte, stands in the line as it is, behind the class: then `head` says where. Otherwise it has to
 * be parsed: it has escapes, is no UTF-8 and therefore stands elsewhere, or is not there.
 */
export function readKey(bytes: Buffer, from: number, to: number, head: Head): boolean {
  if (!readHead(bytes, from, to, head) || !startsWith(bytes, head.classTo, to, KEY)) return false
  head.keyFrom = head.classTo + KEY.length
  let isAscii = true
  for (let at = head.keyFrom; at < to; at++) {
    const byte = bytes[at] as number
    if (byte === QUOTE) {
      head.keyTo = at
      if (startsWith(bytes, at, to, KEY_B64)) return false
      return isAscii || isUtf8(bytes.subarray(head.keyFrom, at))
    }
    // With it begins U+FFFD, which stands for bytes that are no UTF-8.
    if (byte === BACKSLASH || byte === 0xef) return false
    if (byte >= 0x80) isAscii = false
  }
  return false
}

/** Whether it ends as the line of a finding does: what ends otherwise was torn, or is none of ours. */
export function isWhole(bytes: Uint8Array, from: number, to: number): boolean {
  return to - from > 1 && bytes[to - 1] === CLOSE && bytes[to - 2] === CLOSE
}

/** Whether the line is written by postflight, or as postflight does. */
export function isOurs(bytes: Uint8Array, from: number, to: number): boolean {
  return startsWith(bytes, from, to, HEAD)
}

/** Whether it is a whole line of progress in the form postflight writes. */
export function isProgress(bytes: Uint8Array, from: number, to: number): boolean {
  return bytes[to - 1] === CLOSE && startsWith(bytes, from, to, PROGRESS)
}

export function startsWith(bytes: Uint8Array, from: number, to: number, text: Uint8Array): boolean {
  if (to - from < text.length) return false
  for (let at = 0; at < text.length; at++) if (bytes[from + at] !== text[at]) return false
  return true
}

/** Where the string that begins at `from` ends; -1 where it has an escape, or no end. */
export function quoteFrom(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) return at
    if (byte === BACKSLASH) return -1
  }
  return -1
}
