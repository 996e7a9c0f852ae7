/**
 * The ranges a listing is made of, in the order of their keys: which page to fetch next, and what of it may be handed out.
 * Nothing here waits or asks.
 */
import { type Key, keyFromLatin1, keyFromText } from '../../lib/key.js'
import { type PackedPage, packedOf, pageOf } from '../packed.js'
import { inRange, isEmptyRange, type KeyRange, keyRange } from '../range.js'
import { type ListOptions, StoreError } from '../store.js'
import { assertAscending, honoursStart, within } from './check-page.js'
import type { Columns } from './columns.js'
import { sendableStart } from './keys.js'
import type { Bucket } from './list.js'
import type { PageStart } from './list-request.js'
import type { FoundPage } from './page-source.js'
import type { Listing } from './scan-listing.js'
import { createSplits, type Split } from './splits.js'

export interface Fetch {
  readonly start: PageStart
  /** The same page, by key. */
  readonly again: PageStart
  readonly found: (page: FoundPage) => void
  readonly failed: (cause: unknown) => void
}

export interface Ranges {
  /** `room`: how many pages more may be held; what the reader waits for may come all the same. */
  readonly next: (room: number) => Fetch | undefined
  /** The next entries in order; undefined where they have not come yet. Throws what the listing broke off with. */
  readonly take: () => PackedPage | 'end' | undefined
  /** The page taken last, where nothing of it is needed here any more. Told once. */
  readonly spent: () => PackedPage | undefined
  /** Pages that came and were not taken. */
  readonly held: () => number
}

/** Of a page, what belongs to a range. */
interface Part {
  readonly objects: Columns
  readonly from: number
  readonly to: number
}

interface Range {
  readonly from: Key
  to: Key | undefined
  /** What it was cut by, and what was cut off behind it, as long as nothing else is known of its length. */
  split: Split | undefined
  behind: Split | undefined
  token: string | undefined
  /** The last key that belongs to it. */
  last: Key | undefined
  /** The last key that came. */
  seen: Key | undefined
  readonly pages: Part[]
  asked: boolean
  keys: number
  /** The first key that came, `none` where there was no more; undefined as long as nothing has come. */
  head: Key | 'none' | undefined
  /** Of one that is done: its last page, and the first key of that which lies behind it. */
  tail: (Pick<Listing, 'objects' | 'more'> & { readonly next: Key | undefined }) | undefined
  busy: boolean
  done: boolean
  failure: { readonly cause: unknown } | undefined
}

/** Parts for each request at once, from which on a listing is cut before anything is known of it. */
const MANY = 4

export function createRanges(bucket: Bucket, options: ListOptions): Ranges {
  const whole = keyRange(options)
  const splits = createSplits(options.splits ?? [], bucket.limit)
  let ranges: Range[] = isEmptyRange(whole) ? [] : [rangeOf(whole, undefined)]
  /** Whether a page can begin behind any key. */
  let seekable = bucket.ordered
  let divisible = seekable && bucket.limit > 1
  /**
   * A page came, and there is more: what ends with its first page is not cut. Where a request for each one at once is few
   * beside what the caller knows to be there, nothing is waited for.
   */
  let begun = (options.splits?.length ?? 0) >= MANY * bucket.limit

  let taken: PackedPage | undefined

  const byKey = ({ last, from }: Range): PageStart => {
    // What does not begin behind a key begins with the prefix, which is asked for anyway.
    const behind = last ?? (from.endsWith('\0') ? keyFromLatin1(from.slice(0, -1)) : undefined)
    if (!bucket.ordered || behind === undefined) return {}
    const after = sendableStart(keyFromLatin1(bucket.prefix + behind))
    return after === '' ? {} : { after }
  }

  const fetchOf = (range: Range): Fetch => {
    range.busy = true
    range.asked = true
    const start = range.token === undefined ? byKey(range) : { token: range.token }
    const settle = (work: () => void) => {
      range.busy = false
      if (!ranges.includes(range)) return
      try {
        work()
      } catch (cause) {
        breakOff(range, cause)
      }
    }
    return {
      start,
      again: seekable ? byKey(range) : start,
      found: (page) => settle(() => accept(range, page)),
      failed: (cause) => settle(() => breakOff(range, cause)),
    }
  }

  /** What lies behind it is not told any more. */
  const breakOff = (range: Range, cause: unknown): void => {
    range.failure = { cause }
    divisible = false
    ranges = ranges.slice(0, ranges.indexOf(range) + 1)
  }

  const accept = (range: Range, { listing, start }: FoundPage): void => {
    const { objects, token } = listing
    if (token !== undefined && token === start.token) {
      const what = 'the listing is incomplete: the same page comes again and again'
      throw new StoreError('unavailable', `${bucket.label}: ${what}`)
    }
    if (bucket.ordered) {
      assertAscending(bucket.label, start.token === undefined ? undefined : range.seen, objects)
      if (!honoursStart(bucket, start, objects)) {
        seekable = false
        joinAll()
        if (range !== ranges[0]) return
      }
    }
    const first = range.head === undefined
    if (first) range.head = objects.count > 0 ? objects.keyAt(0) : 'none'
    range.token = token
    keep(range, listing)
    begun = true
    if (first && range.split !== undefined) splits.tried(range.split, range.keys)
    joinApart(range)
  }

  /** What of a page belongs to the range. */
  const keep = (range: Range, { objects, more }: Pick<Listing, 'objects' | 'more'>): void => {
    // Without order anything may be anywhere, and is told apart when it is handed out.
    const [from, end] = bucket.ordered ? within(objects, range, range.last) : [0, objects.count]
    range.keys += end - from
    if (objects.count > 0) range.seen = objects.keyAt(objects.count - 1)
    if (end > from) {
      range.last = objects.keyAt(end - 1)
      range.pages.push({ objects, from, to: end })
      splits.saw(objects, from, end)
    }
    const { to } = range
    const past = to !== undefined && range.seen !== undefined && range.seen >= to
    range.done = !more || (past && bucket.ordered)
    if (!range.done) return
    splits.closed(range.keys, range.split, range.behind)
    range.split = undefined
    range.behind = undefined
    range.tail = { objects, more, next: end < objects.count ? objects.keyAt(end) : undefined }
    if (to !== undefined) passOver(range, more ? objects.keyAt(end) : undefined)
  }

  /**
   * Where a range ends the next one must go on with the very key that was seen there. A key put or deleted meanwhile may
   * be why not, but so may a store that goes by another order from border to border: then the range that was read up to
   * there is read on, and the other one is not used. `came`: that of which a page came, which meets two others.
   */
  const joinApart = (came: Range): void => {
    const index = ranges.indexOf(came)
    joinAt(index)
    joinAt(index + 1)
  }

  const joinAt = (index: number): void => {
    for (;;) {
      const [range, behind] = [ranges[index - 1], ranges[index]]
      const next = range?.tail?.next
      if (range === undefined || next === undefined || behind?.head === undefined || behind.head === next) return
      ranges.splice(index, 1)
      range.to = behind.to
      range.behind = undefined
      range.done = false
      keep(range, range.tail as NonNullable<Range['tail']>)
    }
  }

  /** Whether it is known that the next range goes on where this one ends. */
  const isJoined = (range: Range): boolean => {
    const behind = ranges[ranges.indexOf(range) + 1]
    return behind === undefined || range.tail?.next === undefined || behind.head !== undefined || !behind.busy
  }

  /** Nothing lies between the end of the range and `next`, or nothing at all: who has not asked there need not. */
  const passOver = (range: Range, next: Key | undefined): void => {
    if (next === undefined) divisible = false
    for (const behind of ranges.slice(ranges.indexOf(range) + 1)) {
      const empty = next === undefined || (behind.to !== undefined && behind.to <= next)
      if (empty && !behind.asked) behind.done = true
    }
  }

  /** One range for all that is left, read from its beginning: pages cannot begin anywhere else. */
  const joinAll = (): void => {
    divisible = false
    const [first] = ranges
    if (first === undefined || ranges.length === 1) return
    ranges = [first]
    first.to = whole.to
    if (!first.done) return
    first.done = false
    first.token = undefined
  }

  const cut = (): Range | undefined => {
    const open = ranges.at(-1)
    if (!divisible || !begun || open === undefined || open.done) return undefined
    const position = open.last ?? open.from
    const split = splits.next(position)
    if (split === undefined) return undefined
    const sent = keyFromText(sendableStart(keyFromLatin1(bucket.prefix + split.at)))
    const border = keyFromLatin1(`${sent.slice(bucket.prefix.length)}\0`)
    if (border <= position || (open.to !== undefined && border >= open.to)) return undefined
    const range = rangeOf({ from: border, to: open.to }, split)
    open.to = border
    open.behind = split
    ranges.push(range)
    return range
  }

  return {
    next: (room) => {
      for (let index = 0; index < ranges.length; index++) {
        const range = ranges[index] as Range
        if (range.failure !== undefined || (room <= 0 && (index > 0 || range.pages.length > 0))) return undefined
        if (!range.busy && !range.done) return fetchOf(range)
      }
      const range = room > 0 ? cut() : undefined
      return range === undefined ? undefined : fetchOf(range)
    },
    take: () => {
      for (;;) {
        const [first] = ranges
        if (first === undefined) return 'end'
        const page = first.pages.shift()
        if (page !== undefined) {
          const packed = page.objects.packed(page.from, page.to)
          // Of what belongs to a range in part, the rest may be asked for later.
          taken = bucket.ordered && page.to - page.from === page.objects.count ? packed : undefined
          if (bucket.ordered) return packed
          return packedOf({ entries: pageOf(packed).entries.filter(({ key }) => inRange(key, whole)) })
        }
        if (first.failure !== undefined) throw first.failure.cause
        if (!first.done || first.busy || !isJoined(first)) return undefined
        ranges = ranges.slice(1)
      }
    },
    spent: () => {
      const page = taken
      taken = undefined
      return page
    },
    held: () => ranges.reduce((sum, { pages }) => sum + pages.length, 0),
  }
}

function rangeOf({ from, to }: KeyRange, split: Split | undefined): Range {
  return {
    from,
    to,
    split,
    behind: undefined,
    token: undefined,
    last: undefined,
    seen: undefined,
    pages: [],
    asked: false,
    keys: 0,
    head: undefined,
    tail: undefined,
    busy: false,
    done: false,
    failure: undefined,
  }
}
