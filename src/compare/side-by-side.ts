/**
 * The innermost loop of comparing rows with a listing: both as bytes in ascending order, walked side by side. Nearly every
 * pair is in order, and for it nothing is made; only what is not is handed out, to be looked at by whoever knows what rows
 * say. Keys are compared as they are: normalising here would desynchronise the walk.
 */
import { compareBytes, sameBytes, viewOf } from '../lib/byte-views.js'
import { type Key, keyFromBytes } from '../lib/key.js'
import { keyAt, placeOf, type Records } from '../lib/records.js'
import { orderError } from './order.js'

/** Records of one key are never parted by the end of `records`. */
export interface Rows {
  readonly records: Records
  readonly view: DataView
  /** The next one. */
  n: number
}

/** Of a page of entries (`stores/packed.ts`) what matters here. */
export interface EntryPage {
  readonly keys: Uint8Array
  readonly ends: Uint32Array
  readonly numbers: Float64Array | undefined
  readonly odd: readonly (readonly [index: number, entry: unknown])[]
}

export interface Entries<Page extends EntryPage> {
  readonly page: Page
  readonly view: DataView
  /** The next one, where its key starts, and the first of the odd ones that is not before it. */
  at: number
  start: number
  odd: number
  /** Last key of the page before. */
  last: Buffer | undefined
}

/** Whether the only record of a key, whose rest is `bytes[from, to)`, agrees with an entry of so many bytes (NaN: not told). */
export type Agrees = (bytes: Uint8Array, from: number, to: number, size: number) => boolean

/**
 * Why the walk stands still. `row`, `entry`: the next one has no counterpart; `pair`: these two have each other, and are to
 * be looked at; `rows end`, `entries end`: the page is at its end.
 */
export type Stop = 'row' | 'entry' | 'pair' | 'rows end' | 'entries end'

export function createRows(records: Records): Rows {
  return { records, view: viewOf(records.bytes), n: records.from }
}

export function createEntries<Page extends EntryPage>(page: Page, before: Entries<Page> | undefined): Entries<Page> {
  return {
    page,
    view: viewOf(page.keys),
    at: 0,
    start: 0,
    odd: 0,
    last: before === undefined ? undefined : lastKey(before),
  }
}

function lastKey({ page: { keys, ends }, last }: Entries<EntryPage>): Buffer | undefined {
  if (ends.length === 0) return last
  return Buffer.from(keys.subarray(ends.length === 1 ? 0 : ends[ends.length - 2], ends[ends.length - 1]))
}

/** Passes by all pairs that agree, up to what does not. */
export function passBy(rows: Rows, entries: Entries<EntryPage>, agrees: Agrees): Stop {
  const { bytes, starts, middles, order, to } = rows.records
  const { ends, numbers, odd } = entries.page
  const count = ends.length
  let { n } = rows
  let { at, start } = entries
  // An odd one is never passed by here.
  const oddAt = odd[entries.odd]?.[0]
  let stop: Stop | undefined
  while (stop === undefined) {
    if (n === to) stop = 'rows end'
    else if (at === count) stop = 'entries end'
    else {
      const place = order === undefined ? n : (order[n] as number)
      const keyStart = starts[place] as number
      const keyEnd = middles[place] as number
      const end = ends[at] as number
      const difference = compareBytes(rows.view, keyStart, keyEnd, entries.view, start, end)
      if (difference < 0) stop = 'row'
      else if (difference > 0) stop = 'entry'
      else if (
        at !== oddAt &&
        agrees(
          bytes,
          keyEnd,
          starts[place + 1] as number,
          numbers === undefined ? Number.NaN : (numbers[2 * at] as number),
        ) &&
        (n + 1 === to || !sameKey(rows, n + 1, keyStart, keyEnd))
      ) {
        n++
        at++
        start = end
      } else stop = 'pair'
    }
  }
  rows.n = n
  entries.at = at
  entries.start = start
  return stop
}

function sameKey({ records, view }: Rows, n: number, from: number, to: number): boolean {
  const place = placeOf(records, n)
  return sameBytes(view, records.starts[place] as number, records.middles[place] as number, view, from, to)
}

/** Goes on behind the records of the next key; returns where they end. Without a counterpart, their order is asserted. */
export function passRow(rows: Rows, label: string | undefined): number {
  const { records, view, n } = rows
  const { starts, middles } = records
  const place = placeOf(records, n)
  const [from, to] = [starts[place] as number, middles[place] as number]
  if (label !== undefined && n > records.from) {
    const before = placeOf(records, n - 1)
    if (compareBytes(view, starts[before] as number, middles[before] as number, view, from, to) >= 0) {
      throw orderError(label, keyAt(records, n - 1), keyAt(records, n))
    }
  }
  rows.n++
  while (rows.n < records.to && sameKey(rows, rows.n, from, to)) rows.n++
  return rows.n
}

/**
 * Goes on behind the next entry. Without a counterpart, its order is asserted: one that has one is in order as the rows are.
 */
export function passEntry(entries: Entries<EntryPage>, label: string | undefined): void {
  const { page, at, start } = entries
  const end = page.ends[at] as number
  if (label !== undefined) assertAscends(entries, label, start, end)
  entries.at++
  entries.start = end
  while ((page.odd[entries.odd]?.[0] ?? Number.POSITIVE_INFINITY) < entries.at) entries.odd++
}

function assertAscends({ page, view, at, last }: Entries<EntryPage>, label: string, start: number, end: number): void {
  const { keys, ends } = page
  const inPage = at > 0
  const before = inPage ? keys : last
  if (before === undefined) return
  const from = at > 1 ? (ends[at - 2] as number) : 0
  const to = inPage ? start : before.length
  if (compareBytes(inPage ? view : viewOf(before), from, to, view, start, end) < 0) return
  const key = (bytes: Uint8Array, first: number, behind: number): Key => keyFromBytes(bytes.subarray(first, behind))
  throw orderError(label, key(before, from, to), key(keys, start, end))
}
