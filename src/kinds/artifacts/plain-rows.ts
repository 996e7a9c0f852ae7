/**
 * Rows of which nothing need be made: a key that no store minds and, where there is one, a size in plain digits. In a sound
 * system nearly all are such, and go from the socket to the spool as the bytes they are. What is in any way out of the
 * ordinary is left to `read-rows.ts`, which knows what to make of it.
 */
import type { RowLines } from '../../postgres/source.js'
import type { Rules } from './rules.js'
import type { RowsSpec } from './schema.js'

/** Where the parts of a plain row lie; used again for the next. */
export interface PlainRow {
  keyFrom: number
  keyTo: number
  /** Empty where the query declares none. */
  sizeFrom: number
  sizeTo: number
}

/** Whether piece `n` is one plain row; where it is, `row` says where its parts are. */
export type PlainRows = (lines: RowLines, n: number, row: PlainRow) => boolean

type Query = Pick<RowsSpec, 'key' | 'store'> & Partial<Pick<RowsSpec, 'size' | 'checksum' | 'time'>>

/** Undefined where the query or the check wants more of each row. */
export function plainRows({ key, store, size, checksum, time }: Query, rules: Rules): PlainRows | undefined {
  if (rules.rewrite !== undefined || store !== undefined || rules.storeOf(null) === undefined) return undefined
  if (checksum !== undefined || time !== undefined) return undefined
  if (size === undefined) return (lines, n, row) => isPlainRow(lines, n, row, false)
  const { column, unit = 'B', tolerance = 0 } = typeof size === 'object' ? size : { column: size }
  if (unit !== 'B' || tolerance !== 0 || column === key) return undefined
  return (lines, n, row) => isPlainRow(lines, n, row, true)
}

function isPlainRow({ bytes, spans }: RowLines, n: number, row: PlainRow, sized: boolean): boolean {
  const from = spans[2 * n] as number
  const end = (spans[2 * n + 1] as number) - 1
  const keyTo = endOfKey(bytes, from, end)
  row.keyFrom = from
  row.keyTo = keyTo
  row.sizeFrom = sized ? keyTo + 1 : end
  row.sizeTo = end
  return bytes[keyTo] === (sized ? TAB : NEWLINE) && (!sized || isSize(bytes, keyTo + 1, end))
}

const [TAB, NEWLINE, SPACE, SLASH, DOT, BACKSLASH, DELETE, ZERO] = [9, 10, 32, 47, 46, 92, 127, 48] as const
const LONGEST_KEY = 255
const MOST_DIGITS = 15

/** Where a key that no store refuses ends (see `Store.refuse`); `from - 1`, which is neither a tab nor a newline, for any other. */
function endOfKey(bytes: Buffer, from: number, end: number): number {
  let at = from
  let startsSegment = true
  for (; at < end; at++) {
    const byte = bytes[at] as number
    if (byte === TAB) break
    if (byte < SPACE || byte === BACKSLASH || byte >= DELETE) return NONE
    if (startsSegment && (byte === SLASH || byte === DOT)) return NONE
    startsSegment = byte === SLASH
  }
  return startsSegment || at - from > LONGEST_KEY ? NONE : at
}

/** There is no such byte. */
const NONE = -1

/** The very text of a whole number of bytes. */
function isSize(bytes: Buffer, from: number, to: number): boolean {
  if (to <= from || to - from > MOST_DIGITS || (bytes[from] === ZERO && to - from > 1)) return false
  for (let at = from; at < to; at++) {
    const digit = (bytes[at] as number) - ZERO
    if (digit < 0 || digit > 9) return false
  }
  return true
}
