/**
 * Lists a bucket: several ranges of keys at once, handed out in order. What is held ahead is bounded, so that memory does
 * not grow with the bucket, and a range costs a request more at most than its keys need. A page stands until the next is
 * asked for.
 */
import { setMaxListeners } from 'node:events'
import type { Key } from '../../lib/key.js'
import { type PackedPage, pageOf } from '../packed.js'
import { inRange, keyRange } from '../range.js'
import type { Extent, ExtentOptions, ListOptions } from '../store.js'
import type { S3 } from './client.js'
import { askSdk, listInput } from './list-request.js'
import { createPace } from './pace.js'
import { createPageSource } from './page-source.js'
import type { Patience } from './patience.js'
import { createRanges } from './ranges.js'
import { createScanner } from './scan-listing.js'

export interface Bucket {
  /** Safe to print. */
  readonly label: string
  readonly bucket: string
  /** What all keys of the store begin with in the bucket. */
  readonly prefix: Key
  /** Lists in byte order, and from any key on. */
  readonly ordered: boolean
  /** A directory bucket: sessions of its own, prefixes end in a slash, no ETag is an MD5. Never ordered. */
  readonly directory: boolean
  /** AWS itself, which knows more headers than other servers take. */
  readonly aws: boolean
  readonly requesterPays: boolean
  /** Requests under way at once. */
  readonly limit: number
}

/** More requests at once would need more memory for what comes early than they save time. */
const MOST_AT_ONCE = 128
/** Pages held or under way for each request at once, and in all. */
const AHEAD = 8
const MOST_AHEAD = 256

export async function* listBucket(
  s3: S3,
  bucket: Bucket,
  options: ListOptions,
  patience: Patience,
): AsyncGenerator<PackedPage, void, void> {
  const stop = new AbortController()
  const signal = AbortSignal.any([options.signal, stop.signal])
  // As many listeners as there are requests under way.
  setMaxListeners(0, signal)
  const atOnce = Math.min(bucket.limit, MOST_AT_ONCE)
  const pace = createPace(atOnce, Date.now)
  const source = createPageSource(s3, bucket, options, { signal, pace, patience, random: Math.random })
  const ranges = createRanges(bucket, options)
  const most = Math.max(atOnce, Math.min(atOnce * AHEAD, MOST_AHEAD))
  let underWay = 0
  let wake = (): void => undefined
  const fill = (): void => {
    while (!signal.aborted && underWay < pace.limit()) {
      const fetch = ranges.next(most - ranges.held() - underWay)
      if (fetch === undefined) return
      underWay++
      void source
        .page(fetch.start, fetch.again)
        .then(fetch.found, fetch.failed)
        .finally(() => {
          underWay--
          fill()
          wake()
        })
    }
  }
  const aborted = (): void => wake()
  signal.addEventListener('abort', aborted, { once: true })
  try {
    for (;;) {
      options.signal.throwIfAborted()
      fill()
      const page = ranges.take()
      if (page === 'end') return
      if (page === undefined) await new Promise<void>((resolve) => (wake = resolve))
      else if (page.ends.length > 0) {
        yield page
        const spent = ranges.spent()
        if (spent !== undefined) source.reuse(spent)
      }
    }
  } finally {
    signal.removeEventListener('abort', aborted)
    stop.abort()
    source.close()
  }
}

/** The first page alone: whether there are more is told with it. */
export async function firstOfBucket(s3: S3, bucket: Bucket, options: ExtentOptions): Promise<Extent> {
  const listing = await askSdk(s3, bucket, listInput(bucket, options), {}, createScanner(bucket).scan, options.signal)
  const range = keyRange(options)
  const { objects, more } = listing
  const entries = pageOf(objects.packed(0, objects.count)).entries.filter(({ key }) => inRange(key, range))
  const bytes = entries.reduce((sum, { size }) => sum + (size ?? 0), 0)
  return { entries: entries.length, bytes, more, gaps: [] }
}
