/** Records as they lie in memory: bytes beside each other, with no string made of any of them until somebody wants one. */
import { compareBytes, viewOf } from './byte-views.js'
import { type Key, keyFromLatin1 } from './key.js'

/** A record as strings, both of one byte in each character. */
export interface Rec {
  readonly key: Key
  readonly rest: string
}

/** In the order they are meant: the `n`-th, of `from` to, not including, `to`, is that at place `order[n]`, or `n`. */
export interface Records {
  readonly bytes: Buffer
  /** Of the record at place `p`: its key is `bytes[starts[p], middles[p])`, its rest `bytes[middles[p], starts[p + 1])`. */
  readonly starts: Uint32Array
  readonly middles: Uint32Array
  readonly order: Uint32Array | undefined
  readonly from: number
  readonly to: number
}

/** Only keys after `after` and before `before`. */
export interface Range {
  readonly after?: Key | undefined
  readonly before?: Key | undefined
}

export interface Bounds {
  readonly first: Key
  readonly last: Key
}

export function placeOf({ order }: Records, n: number): number {
  return order === undefined ? n : (order[n] as number)
}

export function keyAt(records: Records, n: number): Key {
  const place = placeOf(records, n)
  return keyFromLatin1(records.bytes.toString('latin1', records.starts[place], records.middles[place]))
}

export function restAt(records: Records, n: number): string {
  const place = placeOf(records, n)
  return records.bytes.toString('latin1', records.middles[place], records.starts[place + 1])
}

export function boundsOf(records: Records): Bounds | undefined {
  const { from, to } = records
  return from === to ? undefined : { first: keyAt(records, from), last: keyAt(records, to - 1) }
}

/** The part of ascending records that lies in the range. */
export function within(records: Records, { after, before }: Range): Records {
  const from = after === undefined ? records.from : firstFrom(records, after, false)
  const to = before === undefined ? records.to : Math.max(from, firstFrom(records, before, true))
  return from === records.from && to === records.to ? records : { ...records, from, to }
}

/** The first of ascending records that lies behind the key, or at it where `inclusive`. */
export function firstFrom(records: Records, key: Key, inclusive: boolean): number {
  const { starts, middles } = records
  const view = viewOf(records.bytes)
  const wanted = viewOf(Buffer.from(key, 'latin1'))
  let low = records.from
  let high = records.to
  while (low < high) {
    const middle = (low + high) >> 1
    const place = placeOf(records, middle)
    const order = compareBytes(view, starts[place] as number, middles[place] as number, wanted, 0, wanted.byteLength)
    if (order > 0 || (inclusive && order === 0)) high = middle
    else low = middle + 1
  }
  return low
}

/**
 * Strings of some hundred records are made at once, which costs a fraction of as many single ones. A little less than a page
 * of S3 holds: parts of a bucket are cut where these pages begin, and a key more than a page is a request more.
 */
const PAGE_RECORDS = 975
const PAGE_BYTES = 64 * 1024

/**
 * The same as strings, page after page. They are cut from those of a whole page: whoever keeps one for long keeps the
 * page, unless it is `detached`.
 */
export function* pagesOf(records: Records): Generator<readonly Rec[], void, void> {
  for (let from = records.from; from < records.to; ) {
    const to = pageEnd(records, from)
    const page = { ...records, from, to }
    yield textsOf(page.order === undefined ? page : gathered(page))
    from = to
  }
}

/** Where a page of them that begins at `from` ends: behind as many as a page should have. */
export function pageEnd(records: Records, from: number): number {
  const { starts } = records
  const most = Math.min(records.to, from + PAGE_RECORDS)
  let bytes = 0
  let to = from
  while (to < most && bytes < PAGE_BYTES) {
    const place = placeOf(records, to++)
    bytes += (starts[place + 1] as number) - (starts[place] as number)
  }
  return to
}

function textsOf({ bytes, starts, middles, from, to }: Records): readonly Rec[] {
  const start = starts[from] as number
  const text = bytes.toString('latin1', start, starts[to])
  const page: Rec[] = new Array(to - from)
  for (let place = from; place < to; place++) {
    const middle = (middles[place] as number) - start
    page[place - from] = {
      key: keyFromLatin1(text.slice((starts[place] as number) - start, middle)),
      rest: text.slice(middle, (starts[place + 1] as number) - start),
    }
  }
  return page
}

/** In the order they are meant, beside each other. */
function gathered(records: Records): Records {
  const count = records.to - records.from
  const starts = new Uint32Array(count + 1)
  const middles = new Uint32Array(count)
  let at = 0
  for (let n = 0; n < count; n++) {
    const place = placeOf(records, records.from + n)
    starts[n] = at
    middles[n] = at + (records.middles[place] as number) - (records.starts[place] as number)
    at += (records.starts[place + 1] as number) - (records.starts[place] as number)
  }
  starts[count] = at
  const bytes = Buffer.allocUnsafe(at)
  copyRecords(bytes, 0, records)
  return { bytes, starts, middles, order: undefined, from: 0, to: count }
}

/** Below this many bytes a loop costs less than a call. */
const SHORT = 100

/** Puts the records beside each other at `offset`; returns the offset behind them. */
export function copyRecords(target: Buffer, offset: number, records: Records): number {
  const { bytes, starts, from, to } = records
  let at = offset
  for (let n = from; n < to; n++) {
    const place = placeOf(records, n)
    const start = starts[place] as number
    const end = starts[place + 1] as number
    if (end - start > SHORT) at += bytes.copy(target, at, start, end)
    else for (let byte = start; byte < end; byte++) target[at++] = bytes[byte] as number
  }
  return at
}
