/**
 * Sorts as records come: each goes to the bucket its key belongs to, and a bucket that grows too large is split where its
 * keys lie. None is ever larger than what a core's cache holds (but for the records of one key), so that sorting it goes
 * through no more memory than that, and what is sorted lies in order and need not be merged.
 */
import { sameBytes, viewOf } from './byte-views.js'
import type { Key } from './key.js'
import { keyAt, placeOf, type Records } from './records.js'
import { type Arena, ascending, createArena } from './spool-arena.js'
import { createBounds } from './spool-bounds.js'
import { RECORD_BYTES } from './spool-frame.js'

/** Records in memory. */
export interface Held {
  readonly add: (key: Key, rest: string) => void
  /** See `Arena`. */
  readonly addBytes: Arena['addBytes']
  /** Bytes of all of them. */
  readonly size: () => number
  /** In order, each sorted when it is asked for. What is given stands until the next record is added. */
  readonly chunks: () => readonly Chunk[]
  /** Drops them all, and their memory. */
  readonly clear: () => void
}

/** Some of the records; none are in none of them. */
export type Chunk = () => Records

/** A bucket too large becomes so many. */
const PARTS = 32

interface Bucket {
  arena: Arena
  /** Bytes from which on it is split. */
  most: number
}

/** `most`: bytes of a bucket. */
export function createBuckets(most: number): Held {
  const open = (): Bucket => ({ arena: createArena(), most })
  let buckets: Bucket[] = [open()]
  /** The least key of each bucket but the first. */
  let least: readonly Key[] = []
  let bounds = createBounds(least)
  let size = 0
  let scratch = Buffer.allocUnsafe(1024)
  let scratchView = viewOf(scratch)

  const grown = (index: number, bytes: number): void => {
    size += bytes + RECORD_BYTES
    const { arena, most } = buckets[index] as Bucket
    if (arena.size() + RECORD_BYTES * arena.count() >= most) split(index)
  }
  const split = (index: number): void => {
    const full = buckets[index] as Bucket
    const records = sorted(full)
    // Of what ascends so far, more is likely to follow behind its end.
    const cuts = full.arena.ascends() ? lastKeyOf(records) : cutsOf(records)
    if (cuts.length === 0) {
      full.most *= 2
      return
    }
    const parts = [records.from, ...cuts].map((from, part) => {
      const bucket = open()
      fill(bucket.arena, { ...records, from, to: cuts[part] ?? records.to })
      return bucket
    })
    buckets = buckets.toSpliced(index, 1, ...parts)
    least = least.toSpliced(index, 0, ...cuts.map((cut) => keyAt(records, cut)))
    bounds = createBounds(least)
  }
  return {
    add: (key, rest) => {
      const middle = key.length
      const end = middle + rest.length
      if (end > scratch.length) {
        scratch = Buffer.allocUnsafe(2 * end)
        scratchView = viewOf(scratch)
      }
      scratch.write(key, 'latin1')
      if (rest !== '') scratch.write(rest, middle, 'latin1')
      const index = bounds.notAbove(scratchView, 0, middle)
      buckets[index]?.arena.addRecord(scratchView, 0, middle, end)
      grown(index, end)
    },
    addBytes: (source, keyFrom, keyTo, head, restFrom, restTo) => {
      const index = bounds.notAbove(source, keyFrom, keyTo)
      buckets[index]?.arena.addBytes(source, keyFrom, keyTo, head, restFrom, restTo)
      grown(index, keyTo - keyFrom + 1 + restTo - restFrom)
    },
    size: () => size,
    chunks: () => buckets.filter(({ arena }) => arena.count() > 0).map(sortedOnce),
    clear: () => {
      // What was learned of where keys lie holds for the next ones, too.
      buckets = buckets.map(open)
      size = 0
    },
  }
}

/** In the order of adding. */
export function createHeap(): Held {
  let arena = createArena()
  return {
    add: (key, rest) => arena.add(key, rest),
    addBytes: (source, keyFrom, keyTo, head, restFrom, restTo) =>
      arena.addBytes(source, keyFrom, keyTo, head, restFrom, restTo),
    size: () => arena.size() + RECORD_BYTES * arena.count(),
    chunks: () => (arena.count() > 0 ? [arena.freeze] : []),
    clear: () => {
      arena = createArena()
    },
  }
}

/** When somebody comes to read it, and then never again: what has just been sorted is still in the cache. */
function sortedOnce(bucket: Bucket): Chunk {
  let records: Records | undefined
  return () => {
    records ??= sorted(bucket)
    return records
  }
}

function sorted({ arena }: Bucket): Records {
  const records = arena.freeze()
  return arena.ascends() ? records : ascending(records)
}

/** Where ascending records are cut into about equal parts, none of them through the records of one key. */
function cutsOf(records: Records): readonly number[] {
  const cuts: number[] = []
  for (let part = 1; part < PARTS; part++) {
    let at = records.from + Math.floor((part * (records.to - records.from)) / PARTS)
    if (at <= (cuts.at(-1) ?? records.from)) continue
    while (at < records.to && isSameKey(records, at - 1, at)) at++
    if (at < records.to) cuts.push(at)
  }
  return cuts
}

function lastKeyOf(records: Records): readonly number[] {
  let at = records.to - 1
  while (at > records.from && isSameKey(records, at - 1, at)) at--
  return at === records.from ? [] : [at]
}

function isSameKey({ bytes, starts, middles, order }: Records, one: number, other: number): boolean {
  const a = order === undefined ? one : (order[one] as number)
  const b = order === undefined ? other : (order[other] as number)
  const [aFrom, aTo] = [starts[a] as number, middles[a] as number]
  const view = viewOf(bytes)
  return sameBytes(view, aFrom, aTo, view, starts[b] as number, middles[b] as number)
}

function fill(arena: Arena, records: Records): void {
  const { starts, middles, from, to } = records
  const view = viewOf(records.bytes)
  for (let n = from; n < to; n++) {
    const place = placeOf(records, n)
    arena.addRecord(view, starts[place] as number, middles[place] as number, starts[place + 1] as number)
  }
}
