/**
 * Holds content against declared checksums: by a digest the store vouches for, else by reading it, as far as the budget
 * goes. No page or batch waits for another: while contents are read, the next are looked at.
 */
import { type Store, StoreError } from '../../stores/store.js'
import { widened } from '../reporting.js'
import type { Budget } from './budget.js'
import { mapAhead } from './lanes.js'
import { type Look, look, obstacle } from './look.js'
import { createReader, type Read } from './reader.js'
import type { Mark } from './residue.js'
import { compareDigests, type Plan, planFor, type ToVerify, unverifiable } from './verify-plan.js'

/** Looks under way at once, where the store may know digests; the connection has a limit of its own below this. */
const LOOKS = 32

export interface VerifyOptions {
  readonly store: Store
  readonly budget: Budget
  readonly signal: AbortSignal
}

export interface Verdict {
  /** Place of the item among all. */
  readonly index: number
  /** Undefined: verified. */
  readonly mark: Mark | undefined
  /** False where the budget came to its end before it. */
  readonly reached: boolean
  /** What reading it took off the budget. */
  readonly bytes: number
}

/**
 * `take` gets the verdict on each item, in no order; a promise it gives is waited for. The budget is spent in the order
 * of the items.
 */
export async function verifyContents(
  pages: AsyncIterable<readonly ToVerify[]>,
  options: VerifyOptions,
  take: (item: ToVerify, verdict: Verdict) => Promise<void> | undefined,
): Promise<void> {
  const { store, budget } = options
  const life = new AbortController()
  const signal = widened([options.signal, life.signal])
  const reader = createReader<Reading>({
    store,
    signal,
    stop: widened([budget.signal, life.signal]),
    take: ({ item, index, declared, size }, read) => {
      if (read === undefined) return take(item, { index, reached: false, bytes: 0, mark: outOfTime(item, budget) })
      return take(item, { index, reached: true, bytes: size ?? 0, mark: markOf(item, declared, read, signal) })
    },
  })
  let next = 0
  const verify = (item: ToVerify, found: Look | undefined): Promise<void> | undefined => {
    const index = next++
    const plan = planFor(item, found, budget)
    if (plan.done) return take(item, { index, bytes: 0, ...plan })
    return reader.add({ item, index, key: item.key, ...plan })
  }
  try {
    if (store.features.digests === true) {
      for await (const [item, found] of lookedAt(pages, { ...options, signal })) await verify(item, found)
    } else {
      for await (const page of pages) {
        signal.throwIfAborted()
        for (const item of page) {
          const known = budget.over() === undefined ? { entry: { key: item.key, size: item.size } } : undefined
          const busy = verify(item, known)
          if (busy !== undefined) await busy
        }
      }
    }
    await reader.finish()
  } catch (error) {
    // What is still under way must not go on behind the error.
    life.abort(error)
    await reader.finish().catch(() => undefined)
    throw error
  }
}

type Reading = Extract<Plan, { readonly done: false }> & {
  readonly key: ToVerify['key']
  readonly item: ToVerify
  readonly index: number
}

/** Each item with what the store says of it now, which may save reading it. Undefined: the time is over. */
async function* lookedAt(
  pages: AsyncIterable<readonly ToVerify[]>,
  { store, budget, signal }: VerifyOptions,
): AsyncGenerator<readonly [ToVerify, Look | undefined], void, void> {
  const found = async ({ key }: ToVerify): Promise<Look | undefined> => {
    if (budget.over() !== undefined) return undefined
    try {
      return await look(store, key, { digests: true, signal: budget.signal })
    } catch (error) {
      if (budget.over() === undefined || signal.aborted) throw error
      return undefined
    }
  }
  yield* mapAhead(each(pages), LOOKS, async (item) => [item, await found(item)] as const)
}

async function* each<T>(pages: AsyncIterable<readonly T[]>): AsyncGenerator<T, void, void> {
  for await (const page of pages) yield* page
}

function markOf(
  item: ToVerify,
  declared: Reading['declared'],
  read: NonNullable<Read>,
  signal: AbortSignal,
): Mark | undefined {
  if (!(read instanceof StoreError)) return compareDigests(item, declared, read.digests)
  // It was there a moment ago. Whether the file or the whole store went away, looking again will tell.
  if (read.code === 'absent') return { finding: 'missing', refs: item.refs }
  return { ...obstacle(read, signal), refs: item.refs }
}

function outOfTime(item: ToVerify, budget: Budget): Mark {
  return unverifiable(item, budget.over() ?? 'not reached')
}
