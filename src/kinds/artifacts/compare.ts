/** The stages of an artifacts check in their order, each over before the next begins. */

import type { Key } from '../../lib/key.js'
import { SPLIT_ENTRIES } from '../../stores/store.js'
import type { Check, Context, Diagnosis } from '../kind.js'
import type { Report } from '../reporting.js'
import { createBudget } from './budget.js'
import { causesAcross, causesIn, toldCauses } from './causes.js'
import { openCheckpoints } from './checkpoints.js'
import { type Collected, collect } from './collect.js'
import type { Cause } from './diagnose.js'
import { createListing, type StoreListing } from './early-listing.js'
import { budgetOf, checksumSelection, FEW_ROWS, isLimited } from './fields.js'
import { listRange } from './listing.js'
import { recordedManifest, unlistedThen } from './manifest.js'
import { matchByListing } from './match-by-listing.js'
import { matchByStat } from './match-by-stat.js'
import { type Own, ownPart } from './own-part.js'
import { requireRows, requireSomething } from './plausible.js'
import { resolveDerived } from './resolve-derived.js'
import type { Rules } from './rules.js'
import type { ArtifactsSpec } from './schema.js'
import { settle } from './settle.js'
import type { StoreRun } from './store-run.js'
import { createVerifyQueue, type VerifyQueue } from './verify-queue.js'
import { createVerifier } from './verify-queued.js'

export interface Compared extends Collected {
  /** Where this is one part of a divided check. */
  readonly own?: Own | undefined
  readonly diagnoses: readonly Diagnosis[]
  readonly notes: readonly string[]
}

export interface CompareOptions {
  readonly check: Check<ArtifactsSpec>
  readonly rules: Rules
  readonly context: Context
  readonly signal: AbortSignal
  readonly report: Report
  /** Takes what must be closed when the check is over, and gives it back. */
  readonly keep: <T extends { readonly close: () => Promise<void> }>(opened: T) => T
}

export async function compare(options: CompareOptions): Promise<Compared> {
  const { check, rules, context, signal, report, keep } = options
  const { spec } = check
  // A store that is not there is told at once, not after millions of rows.
  for (const name of rules.stores) await context.connections.store(name).probe({ signal })
  const { part } = context
  const checkpoints = await openCheckpoints(context, rules.stores, keep)
  // A part lists its own keys, and which these are the rows tell.
  const begins = part === undefined && checkpoints?.resumed !== true
  const early = begins ? keepEarly(options) : new Map<string, StoreListing>()
  const onRows = (rows: number) => {
    if (rules.needsListing || rows > FEW_ROWS) for (const listing of early.values()) listing.begin()
  }
  const all = await collect({ spec, rules, context, signal, report, onRows }, keep)
  const { counts } = all
  await requireRows(counts.rows, { spec, runs: all.runs, signal })
  const collected: Collected & { readonly own?: Own } =
    part === undefined ? all : await ownPart(all, part, { dir: context.scratch, signal, keep })
  const { runs } = collected
  const unlisted = spec.manifest === undefined ? [] : unlistedThen(recordedManifest(spec, context.record).manifest)
  for (const run of runs) run.gaps.push(...unlisted.map(({ words }) => words))

  const listing = rules.needsListing || counts.rows > FEW_ROWS
  // While listing waits for a disk or a server.
  if (listing && checksumSelection(spec) !== 'none') for (const { store } of runs) store.digester?.prepare?.()
  const queues = new Map<StoreRun, VerifyQueue>()
  for (const run of runs) {
    const queue = keep(createVerifyQueue(context.scratch, { fair: isLimited(budgetOf(spec)) }))
    queues.set(run, queue)
    const way = listing && run.store.features.list ? 'list' : 'stat'
    const now = early.get(run.name)?.since() ?? context.now().getTime()
    const cuts = collected.own?.cuts.get(run.name) ?? []
    const log = await checkpoints?.match({ run, queue, way, cuts, since: now })
    run.since = log?.since ?? now
    // One from as far ahead would be spared for ever.
    const isYoung = (modified: number) => Math.abs(run.since - modified) < rules.graceMs
    const unrecorded = (key: Key) => unlisted.some(({ holds }) => holds(key))
    const seen = { ...run, unrecorded, ...(log === undefined ? {} : { claims: log.claims, residues: log.residues }) }
    const matching = { run: seen, rules, queue: log?.queue ?? queue, isYoung, signal, report, log }
    if (way === 'stat') await matchByStat(matching)
    else {
      const splits =
        run.store.features.splits === true ? run.claims.splits(Math.ceil(run.claims.count / SPLIT_ENTRIES)) : undefined
      const range = {
        ...listRange(rules.scopePrefix, run.bounds, log?.after),
        want: rules.want,
        signal,
        splits: behind(splits, log?.after),
      }
      await matchByListing(early.get(run.name) ?? createListing(run.store, range, context.now), matching)
      run.listing = true
    }
    await log?.finish()
  }
  // Of a part nothing may be there; what holds of all parts is asked when they are put together.
  if (part === undefined) requireSomething(counts.rows, spec, runs)

  const limits = budgetOf(spec)
  const verify = createVerifier(runs, { limits, now: context.now, signal, report })
  const causes: Cause[] = []
  for (const [run, queue] of queues) {
    await verify(run, queue, await checkpoints?.verified(run.name, queue.place))
    await run.residues.finish()
    const left = run.residues.count('missing') + run.residues.count('orphaned')
    report({ stage: `comparing names left over in ${run.name}`, done: 0, total: left, unit: 'keys' })
    await resolveDerived(run, rules, context.scratch, signal)
    // One cause, or another spelling, is seen where all that is left over is: when the parts are put together.
    if (part !== undefined) continue
    causes.push(...(await causesIn({ run, spec, rules, dir: context.scratch, signal })))
  }
  if (part === undefined) causes.push(...(await causesAcross(runs, spec)))
  const notes = await settle(runs, { spec, rules, context, budget: createBudget(limits, signal), signal, report })
  const diagnoses = toldCauses(causes, runs.length > 1)
  for (const run of runs) await run.changed.finish()
  return { ...collected, diagnoses, notes: [...(checkpoints?.notes() ?? []), ...notes] }
}

/** Listings that may begin before the rows are all read: those of whole stores that need not know where to be split. */
function keepEarly({ rules, context, signal, keep }: CompareOptions): ReadonlyMap<string, StoreListing> {
  const early = new Map<string, StoreListing>()
  if (rules.scopePrefix !== '') return early
  for (const name of rules.stores) {
    const store = context.connections.store(name)
    if (!store.features.list || store.features.splits === true) continue
    early.set(name, keep(createListing(store, { want: rules.want, signal }, context.now)))
  }
  return early
}

function behind(keys: readonly Key[] | undefined, after: Key | undefined): readonly Key[] | undefined {
  return after === undefined ? keys : keys?.filter((key) => key > after)
}
