/**
 * Narrows what was collected to the keys of one part of a divided check. Every part has read all rows: the cuts come out the
 * same wherever the rows are, and what lies in another part is still known (the parent of a thumbnail).
 */
import { type CutRange, createSketch, isEmptyCut, rangeOf } from '../../compare/cuts.js'
import { type Key, keyFromJson, keyFromLatin1 } from '../../lib/key.js'
import { readingOf, type SortedSpool } from '../../lib/spool.js'
import type { ListOptions, Store } from '../../stores/store.js'
import type { Part } from '../kind.js'
import { EXPLAINED } from './claim.js'
import type { Collected } from './collect.js'
import { readLedger } from './ledger.js'
import { createResidues } from './residue.js'
import type { StoreRun } from './store-run.js'

export interface Own {
  /** By the name of the store. */
  readonly cuts: ReadonlyMap<string, readonly Key[]>
  /** Rows of this part. */
  readonly rows: number
}

type Keep = <T extends { readonly close: () => Promise<void> }>(opened: T) => T

export async function ownPart(
  all: Collected,
  part: Part,
  { dir, signal, keep }: { readonly dir: string; readonly signal: AbortSignal; readonly keep: Keep },
): Promise<Collected & { readonly own: Own }> {
  const cuts = new Map<string, readonly Key[]>()
  // Rows without a place among the keys are told of by one part, the first.
  const first = part.number === 1
  let rows = first ? all.unmapped.count('unverifiable') : 0
  if (first) for (const count of all.noKey.values()) rows += count
  const runs: StoreRun[] = []
  const like = part.like === undefined ? undefined : readLedger(part.like, part)
  for (const run of all.runs) {
    const pinned = like?.stores.find(({ name }) => name === run.name)?.cuts?.map(keyFromJson)
    const ofStore = pinned ?? (await cutsOf(run, part, signal))
    cuts.set(run.name, ofStore)
    const range = rangeOf(ofStore, part.number)
    const claims = claimsWithin(run.everyClaim, range)
    rows += await rowsOf(claims, signal)
    if (first) rows += run.residues.count('unsafe_key')
    runs.push({
      ...run,
      claims,
      store: storeWithin(run.store, range),
      residues: first ? run.residues : keep(createResidues(dir)),
    })
  }
  const none = keep(createResidues(dir))
  await none.finish()
  return {
    counts: all.counts,
    runs,
    unmapped: first ? all.unmapped : none,
    noKey: first ? all.noKey : new Map(),
    own: { cuts, rows },
  }
}

interface Bounded {
  readonly after?: Key | undefined
  readonly before?: Key | undefined
}

async function cutsOf({ everyClaim }: StoreRun, { of }: Part, signal: AbortSignal): Promise<readonly Key[]> {
  const sketch = createSketch(of)
  for await (const page of everyClaim.read()) {
    signal.throwIfAborted()
    for (const { key } of page) sketch.add(key)
  }
  return sketch.cuts(of)
}

/** What a listing or a spool is asked for; both take what lies between two keys and neither of these. */
function between({ after, upTo }: CutRange): Bounded {
  return {
    ...(after === undefined ? {} : { after }),
    ...(upTo === undefined ? {} : { before: keyFromLatin1(`${upTo}\0`) }),
  }
}

/** The narrower of two ranges. */
function within({ after, before }: Bounded, own: Bounded): Bounded {
  return {
    after: own.after !== undefined && (after === undefined || own.after > after) ? own.after : after,
    before: own.before !== undefined && (before === undefined || own.before < before) ? own.before : before,
  }
}

function claimsWithin(spool: SortedSpool, range: CutRange): SortedSpool {
  const own = between(range)
  const inside = (keys: readonly Key[]) =>
    keys.filter((key) => (own.after === undefined || key > own.after) && (own.before === undefined || key < own.before))
  return {
    ...spool,
    ...readingOf(async function* (asked = {}) {
      if (!isEmptyCut(range)) yield* spool.records(within(asked, own))
    }),
    splits: (parts) => inside(spool.splits(parts)),
    sample: (keys) => inside(spool.sample(keys)),
  }
}

async function rowsOf(claims: SortedSpool, signal: AbortSignal): Promise<number> {
  let rows = 0
  for await (const page of claims.read()) {
    signal.throwIfAborted()
    for (const { rest } of page) if (!rest.startsWith(EXPLAINED)) rows++
  }
  return rows
}

function storeWithin(store: Store, range: CutRange): Store {
  const own = between(range)
  return {
    ...store,
    list: async function* (options: ListOptions) {
      const { after, before } = within(options, own)
      if (isEmptyCut(range) || (after !== undefined && before !== undefined && after >= before)) return
      yield* store.list({ ...options, after, before })
    },
  }
}
