/** Records as they lie in memory: bytes beside each other, with no string made of any of them until somebody wants one. */
import { compareBytes, viewOf } from './byte-views.js'
import { type Key, keyFromLatin1 } from './key.js'

/** A record as strings, both of one byte in each character. */
export interface Rec {
  readonly key: Key
  readonly rest: string
}

/** Where records lie. */
export interface Room {
  readonly bytes: Buffer
  /** Of record `n`: its key is `bytes[starts[n], middles[n])`, its rest `bytes[middles[n], starts[n + 1])`. */
  readonly starts: Uint32Array
  readonly middles: Uint32Array
}

/** Those of number `from` to, not including, `to`. */
export interface Records extends Room {
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

export function keyAt(records: Records, n: number): Key {
  assertThere(records)
  return keyFromLatin1(records.bytes.toString('latin1', records.starts[n], records.middles[n]))
}

export function restAt(records: Records, n: number): string {
  assertThere(records)
  return records.bytes.toString('latin1', records.middles[n], records.starts[n + 1])
}

/** The same memory, for others: who reads what lay in it after all finds nothing, rather than those. */
export function takenFrom(buffer: ArrayBufferLike): ArrayBuffer {
  return structuredClone(buffer as ArrayBuffer, { transfer: [buffer as ArrayBuffer] })
}

/** The memory of records, likewise. */
export function takenRoom({ bytes, starts, middles }: Room): Room {
  return {
    bytes: Buffer.from(takenFrom(bytes.buffer)),
    starts: new Uint32Array(takenFrom(starts.buffer)),
    middles: new Uint32Array(takenFrom(middles.buffer)),
  }
}

/** Even of no records there is a first start. */
function assertThere({ starts }: Room): void {
  if (starts.length === 0) throw new Error('records were read after the next page of them was asked for')
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
  assertThere(records)
  const view = viewOf(records.bytes)
  const wanted = viewOf(Buffer.from(key, 'latin1'))
  let low = records.from
  let high = records.to
  while (low < high) {
    const middle = (low + high) >> 1
    const order = compareBytes(view, starts[middle] as number, middles[middle] as number, wanted, 0, wanted.byteLength)
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
    yield textsOf({ ...records, from, to })
    from = to
  }
}

/** Where a page of them that begins at `from` ends: behind as many as a page should have. */
export function pageEnd(records: Records, from: number): number {
  const { starts } = records
  assertThere(records)
  const most = Math.min(records.to, from + PAGE_RECORDS)
  const end = (starts[from] as number) + PAGE_BYTES
  let to = from
  while (to < most && (starts[to] as number) < end) to++
  return to
}

function textsOf({ bytes, starts, middles, from, to }: Records): readonly Rec[] {
  const start = starts[from] as number
  const text = bytes.toString('latin1', start, starts[to])
  const page: Rec[] = new Array(to - from)
  for (let n = from; n < to; n++) {
    const middle = (middles[n] as number) - start
    page[n - from] = {
      key: keyFromLatin1(text.slice((starts[n] as number) - start, middle)),
      rest: text.slice(middle, (starts[n + 1] as number) - start),
    }
  }
  return page
}
