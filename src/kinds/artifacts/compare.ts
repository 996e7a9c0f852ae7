/** The stages of an artifacts check in their order, each over before the next begins. */
import type { Check, Context, Diagnosis } from '../kind.js'
import { type Collected, collect } from './collect.js'
import { diagnose } from './diagnose.js'
import { FEW_ROWS } from './fields.js'
import { findRenamed } from './find-renamed.js'
import { matchByListing } from './match-by-listing.js'
import { matchByStat } from './match-by-stat.js'
import { requireRows, requireSomething } from './plausible.js'
import type { Report } from './progress.js'
import { resolveDerived } from './resolve-derived.js'
import type { Rules } from './rules.js'
import type { ArtifactsSpec } from './schema.js'
import { settle } from './settle.js'
import type { StoreRun } from './store-run.js'
import { createBudget, verifyClaims } from './verify.js'
import { createVerifyQueue, type VerifyQueue } from './verify-queue.js'

export interface Compared extends Collected {
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
  const collected = await collect({ spec, rules, context, signal, report }, keep)
  const { counts, runs } = collected
  await requireRows(counts.rows, { spec, runs, signal })

  const budget = createBudget(spec.verify?.budget)
  const listing = rules.needsListing || counts.rows > FEW_ROWS
  const queues = new Map<StoreRun, VerifyQueue>()
  const now = context.now().getTime()
  // One from as far ahead would be spared for ever.
  const isYoung = (modified: number) => Math.abs(now - modified) < rules.graceMs
  for (const run of runs) {
    const queue = keep(createVerifyQueue(context.scratch))
    queues.set(run, queue)
    run.since = context.now().getTime()
    const match = listing && run.store.features.list ? matchByListing : matchByStat
    await match({ run, rules, queue, isYoung, signal, report })
  }
  requireSomething(counts.rows, spec, runs)

  const diagnoses: Diagnosis[] = []
  for (const [run, queue] of queues) {
    await verifyQueued(run, queue, options, budget)
    await run.residues.finish()
    const left = run.residues.count('missing') + run.residues.count('orphaned')
    report({ stage: `comparing names left over in ${run.name}`, done: 0, total: left, unit: 'keys' })
    await resolveDerived(run, rules, context.scratch, signal)
    diagnoses.push(...(await diagnose({ run, spec, severalMonths: counts.months.several, signal })))
    await findRenamed(run, rules, context.scratch, signal)
  }
  const notes = await settle(runs, { spec, rules, context, budget, signal, report })
  for (const run of runs) await run.changed.finish()
  return { ...collected, diagnoses, notes }
}

async function verifyQueued(
  run: StoreRun,
  queue: VerifyQueue,
  { signal, report }: CompareOptions,
  budget: ReturnType<typeof createBudget>,
): Promise<void> {
  let done = 0
  for await (const claims of queue.read()) {
    signal.throwIfAborted()
    const marks = await verifyClaims(claims, { store: run.store, budget, signal })
    for (const [index, claim] of claims.entries()) {
      const mark = marks[index]
      if (mark === undefined) run.tally.verified++
      else await run.residues.add(claim.key, mark)
      // Listed a while ago, gone now.
      if (mark?.finding === 'missing') run.tally.matched--
    }
    done += claims.length
    report({ stage: `verifying ${run.name}`, done, total: run.tally.toVerify, unit: 'keys' })
  }
}
