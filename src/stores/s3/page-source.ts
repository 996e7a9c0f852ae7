/** Pages of a listing, each tried again for as long as that can help: a page is whole, or it is an error. */
import { setTimeout } from 'node:timers/promises'
import { type PackedPage, takeMemory } from '../packed.js'
import { type ListOptions, StoreError } from '../store.js'
import type { S3 } from './client.js'
import { EXPIRED, inVain, parts } from './errors.js'
import type { Bucket } from './list.js'
import { askSdk, listInput, type PageStart, type SentRequest } from './list-request.js'
import type { Pace } from './pace.js'
import type { Patience } from './patience.js'
import { createScanner, type Listing } from './scan-listing.js'
import { type SignedGet, signedGet } from './signed-get.js'

export interface PageSource {
  /**
   * `start` first; where that does not work `again`, which begins behind the last key there is: a token may have expired.
   * Rejects with what the SDK or the reading of the answer says in the end.
   */
  readonly page: (start: PageStart, again: PageStart) => Promise<FoundPage>
  /** Takes a page that nobody reads any more, for the memory of another. */
  readonly reuse: (page: PackedPage) => void
  readonly close: () => void
}

export interface FoundPage {
  readonly listing: Listing
  /** How it was asked for in the end. */
  readonly start: PageStart
}

export interface PageSourceOptions {
  readonly signal: AbortSignal
  readonly pace: Pace
  readonly patience: Patience
  /** From 0 to 1. */
  readonly random: () => number
}

/** Tries of a page that comes broken; those of the SDK, which it makes for each of ours, not counted. */
const MOST_BROKEN = 4
/** Tries of a page where the store asks to be asked less: some half a minute. */
const MOST_REFUSED = 9
/** Of one that the SDK has tried in vain. */
const MOST_FAILED = 2
/** So long at least new credentials must be good. */
const RENEWED_MS = 60_000
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 10_000
/** Pages in a row that come only through the SDK before nothing else is tried any more. */
const MOST_STRIKES = 3
const BROKEN_OFF = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT'])
const REFUSALS = new Set([429, 500, 503])

export function createPageSource(
  s3: S3,
  bucket: Bucket,
  options: Pick<ListOptions, 'prefix'>,
  { signal, pace, patience, random }: PageSourceOptions,
): PageSource {
  const input = listInput(bucket, options)
  const { scan, supply } = createScanner(bucket)
  let direct: Promise<SignedGet | undefined> | undefined
  let renewing: Promise<unknown> | undefined
  let renewed = Number.NEGATIVE_INFINITY
  let strikes = 0
  const bySdk = (start: PageStart): Promise<Listing> => {
    const ask = (sent?: (request: SentRequest) => void) => askSdk(s3, bucket, input, start, scan, signal, sent)
    // Buckets of another sort have sessions and signatures of another sort.
    return direct !== undefined || bucket.directory ? ask() : firstBySdk(ask)
  }
  /** The others are asked for like it as soon as it is sent, whatever the answer will be. */
  const firstBySdk = async (ask: (sent: (request: SentRequest) => void) => Promise<Listing>): Promise<Listing> => {
    let isSent = false
    let begin: (get: Promise<SignedGet | undefined> | undefined) => void = () => undefined
    direct = new Promise((resolve) => {
      begin = resolve
    })
    try {
      return await ask((request) => {
        if (!isSent) begin(signedGet(s3, scan, request).catch(() => undefined))
        isSent = true
      })
    } finally {
      if (!isSent) {
        direct = undefined
        begin(undefined)
      }
    }
  }
  const wait = (tried: number): Promise<void> => {
    const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tried)
    return setTimeout((most / 2) * (1 + random()), undefined, { signal })
  }
  /** Given by somebody, credentials may be given anew; where they are fixed, the next answer is the same. */
  const renew = async (sent: number, cause: unknown): Promise<void> => {
    // Sent with the ones before.
    if (sent <= renewed) return
    if (sent < renewed + RENEWED_MS) throw cause
    renewing ??= s3.client.config.credentials({ forceRefresh: true }).finally(() => {
      renewed = Date.now()
      renewing = undefined
    })
    await renewing
  }
  /** A page without the SDK; undefined where it did not come. */
  const directly = async (get: SignedGet, start: PageStart): Promise<Listing | undefined> => {
    const sent = Date.now()
    try {
      const found = await get.page(start)
      if (typeof found !== 'number') return found
      if (REFUSALS.has(found)) {
        pace.tooMuch(sent)
        await wait(1)
      }
    } catch {
      signal.throwIfAborted()
      strikes++
      await wait(0)
    }
    return undefined
  }
  return {
    page: async (first, again) => {
      let start = first
      let tried = 0
      const get = direct !== undefined && strikes < MOST_STRIKES ? await direct : undefined
      if (get !== undefined) {
        const listing = await directly(get, start)
        if (listing !== undefined) {
          strikes = 0
          pace.wentWell()
          patience.answered()
          return { listing, start }
        }
        start = again
      }
      for (;;) {
        signal.throwIfAborted()
        patience.check()
        const sent = Date.now()
        try {
          const listing = await bySdk(start)
          pace.wentWell()
          patience.answered()
          return { listing, start }
        } catch (cause) {
          signal.throwIfAborted()
          tried++
          const why = inVain(cause)
          if (why === undefined) patience.answered()
          else patience.inVain(sent, why)
          if (EXPIRED.has(parts(cause).name)) await renew(sent, cause)
          // Tokens expire; by key it can always go on.
          else if (tried >= triesOf(cause) && (start.token === undefined || again.token !== undefined)) throw cause
          else {
            if (isRefusal(cause)) pace.tooMuch(sent)
            await wait(tried)
          }
          start = again
        }
      }
    },
    reuse: (page) => supply(takeMemory(page)),
    close: () => {
      void direct?.then((get) => get?.close())
    },
  }
}

function isRefusal(cause: unknown): boolean {
  const { status } = parts(cause)
  return status === 429 || status === 503
}

function triesOf(cause: unknown): number {
  const { status, code } = parts(cause)
  if (isRefusal(cause)) return MOST_REFUSED
  if (cause instanceof StoreError || status === 200) return MOST_BROKEN
  // Node could not read it as HTTP.
  if (code?.startsWith('HPE_') === true) return MOST_BROKEN
  return (status ?? 0) >= 500 || BROKEN_OFF.has(code ?? '') ? MOST_FAILED : 0
}
