/**
 * The innermost loop of comparing rows with a listing: both as bytes in ascending order, walked side by side. Nearly every
 * pair is in order, and for it nothing is made; only what is not is handed out, to be looked at by whoever knows what rows
 * say. Keys are compared as they are: normalising here would desynchronise the walk.
 */
import { compareBytes, sameBytes, viewOf } from '../lib/byte-views.js'
import { aligned, createKernel, FIRST, reserve } from '../lib/kernel/kernel.js'
import { type Key, keyFromBytes } from '../lib/key.js'
import { keyAt, type Records } from '../lib/records.js'
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

/**
 * Which pairs are passed by: none; those whose only row promises a file that is there; or only where what it says of the size
 * is right, too. Of none of them may a row say more, nor a file be empty.
 */
export type Agrees = (typeof AGREES)[number]
const AGREES = ['never', 'there', 'size'] as const

/**
 * Why the walk stands still. `row`, `entry`: the next one has no counterpart; `pair`: these two have each other, and are to
 * be looked at; `rows end`, `entries end`: the page is at its end.
 */
export type Stop = (typeof STOPS)[number]
const STOPS = ['row', 'entry', 'pair', 'rows end', 'entries end'] as const

/** Walks through rows and entries, whose bytes lie in memory of its own. */
export interface SideBySide {
  readonly rows: (records: Records) => Rows
  /** `last`: `lastKey` of the page before, which may be gone. */
  readonly entries: <Page extends EntryPage>(page: Page, last: Buffer | undefined) => Entries<Page>
  /** Passes by all pairs that agree, up to what does not. Both must be those handed out last. */
  readonly passBy: (rows: Rows, entries: Entries<EntryPage>, agrees: Agrees) => Stop
}

/** There is no such entry. */
const NO_ENTRY = 0xffff_ffff

export function createSideBySide(): SideBySide {
  const kernel = createKernel()
  let entriesAt = FIRST
  let held: EntryPage = { keys: new Uint8Array(), ends: new Uint32Array(), numbers: undefined, odd: [] }

  const placeEntries = (): void => {
    const { keys, ends, numbers } = held
    const endsAt = aligned(entriesAt + keys.length)
    const numbersAt = aligned(endsAt + ends.byteLength)
    reserve(kernel, numbersAt + (numbers?.byteLength ?? 0))
    const { buffer } = kernel.memory
    new Uint8Array(buffer).set(keys, entriesAt)
    new Uint32Array(buffer).set(ends, endsAt / 4)
    if (numbers !== undefined) new Float64Array(buffer).set(numbers, numbersAt / 8)
    kernel.setEntries(entriesAt, endsAt, numbers === undefined ? 0 : numbersAt, ends.length)
  }
  const placeRows = ({ bytes, starts, middles, from, to }: Records): void => {
    const [start, end] = [starts[from] as number, starts[to] as number]
    const startsAt = aligned(FIRST + end - start)
    const middlesAt = aligned(startsAt + 4 * (to - from + 1))
    const behind = aligned(middlesAt + 4 * (to - from))
    reserve(kernel, behind)
    if (behind > entriesAt) {
      entriesAt = behind
      placeEntries()
    }
    const { buffer } = kernel.memory
    new Uint8Array(buffer).set(bytes.subarray(start, end), FIRST)
    const numbers = new Uint32Array(buffer)
    numbers.set(starts.subarray(from, to + 1), startsAt / 4)
    numbers.set(middles.subarray(from, to), middlesAt / 4)
    // Addresses are of record 0, wherever that would lie.
    kernel.setRows(FIRST - start, startsAt - 4 * from, middlesAt - 4 * from, to)
  }
  return {
    rows: (records) => {
      placeRows(records)
      return { records, view: viewOf(records.bytes), n: records.from }
    },
    entries: (page, last) => {
      held = page
      placeEntries()
      return { page, view: viewOf(page.keys), at: 0, start: 0, odd: 0, last }
    },
    passBy: (rows, entries, agrees) => {
      const odd = entries.page.odd[entries.odd]?.[0] ?? NO_ENTRY
      const stop = STOPS[kernel.passBy(rows.n, entries.at, entries.start, odd, AGREES.indexOf(agrees))]
      rows.n = kernel.nextRow()
      entries.at = kernel.nextEntry()
      entries.start = kernel.nextStart()
      return stop as Stop
    },
  }
}

/** To be asked before the next page is. */
export function lastKey({ page: { keys, ends }, last }: Entries<EntryPage>): Buffer | undefined {
  if (ends.length === 0) return last
  return Buffer.from(keys.subarray(ends.length === 1 ? 0 : ends[ends.length - 2], ends[ends.length - 1]))
}

function sameKey({ records: { starts, middles }, view }: Rows, n: number, from: number, to: number): boolean {
  return sameBytes(view, starts[n] as number, middles[n] as number, view, from, to)
}

/** Goes on behind the records of the next key; returns where they end. Without a counterpart, their order is asserted. */
export function passRow(rows: Rows, label: string | undefined): number {
  const { records, view, n } = rows
  const { starts, middles } = records
  const [from, to] = [starts[n] as number, middles[n] as number]
  if (label !== undefined && n > records.from) {
    if (compareBytes(view, starts[n - 1] as number, middles[n - 1] as number, view, from, to) >= 0) {
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
