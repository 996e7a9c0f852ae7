/** Verifies what the comparison queued, store by store, within the budget of the check. */
import type { Key } from '../../lib/key.js'
import { formatSize } from '../../lib/units.js'
import type { Report } from '../reporting.js'
import { type BudgetLimits, createBudget, shareOf } from './budget.js'
import { createFairCount } from './fair-count.js'
import type { Mark } from './residue.js'
import type { StoreRun } from './store-run.js'
import type { VerifiedLog } from './verified-log.js'
import { verifyContents } from './verify.js'
import type { VerifyQueue } from './verify-queue.js'

export interface QueuedOptions {
  readonly limits: BudgetLimits
  readonly now: () => Date
  readonly signal: AbortSignal
  readonly report: Report
}

/** Progress is told after every so many keys. */
const TOLD = 100

/** Called once for each store, in turn. */
export function createVerifier(runs: readonly StoreRun[], { limits, now, signal, report }: QueuedOptions) {
  let left = limits
  let keys = runs.reduce((sum, { tally }) => sum + tally.toVerify, 0)

  return async (run: StoreRun, queue: VerifyQueue, log: VerifiedLog | undefined): Promise<void> => {
    const { tally, residues, store } = run
    const began = now().getTime()
    // What was read before the run was interrupted is off the budget.
    const spent = log?.spent ?? 0
    const budget = createBudget(limits, signal, { share: shareOf(left, tally.toVerify, keys), spent })
    const fair = createFairCount()
    const stage = `verifying ${run.name}${tally.bytesToVerify === 0 ? '' : `, ${formatSize(tally.bytesToVerify)}`}`
    const total = tally.toVerify
    let done = 0
    const take = (key: Key, mark: Mark | undefined): Promise<void> | undefined => {
      if (++done % TOLD === 0) report({ stage, done, total, unit: 'keys' })
      if (mark === undefined) {
        tally.verified++
        return undefined
      }
      // Listed a while ago, gone now.
      if (mark.finding === 'missing') tally.matched--
      return residues.add(key, mark)
    }
    const items = log === undefined ? queue.read() : log.remaining(queue.read(), ({ key }, { mark }) => take(key, mark))
    await verifyContents(items, { store, budget, signal }, (item, verdict) => {
      fair.take(verdict)
      if (!verdict.reached) tally.unreached++
      const recorded = log?.record(item, verdict)
      const taken = take(item.key, verdict.mark)
      return recorded === undefined ? taken : recorded.then(() => taken)
    })
    // What was verified before an interruption may lie behind what was not reached now, so nothing is claimed of it.
    if (log === undefined || log.taken() === 0) tally.fair = fair.verified()
    keys -= total
    left = {
      bytes: left.bytes === undefined ? undefined : left.bytes - budget.taken(),
      ms: left.ms === undefined ? undefined : left.ms - (now().getTime() - began),
    }
  }
}
