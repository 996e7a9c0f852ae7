/** What both ways of finding the entries of claims share. */
import type { Entry } from '../../stores/store.js'
import type { Report } from '../reporting.js'
import type { Claim } from './claim.js'
import { examine, wantsChecksum } from './examine.js'
import type { MatchLog } from './match-log.js'
import type { Mark } from './residue.js'
import type { Rules } from './rules.js'
import type { StoreRun } from './store-run.js'
import { toVerify } from './verify-plan.js'
import type { VerifyQueue } from './verify-queue.js'

export interface MatchOptions {
  readonly run: StoreRun
  readonly rules: Rules
  /** Takes the claims whose content is still to be verified. */
  readonly queue: VerifyQueue
  /** Whether an entry modified then, milliseconds since 1970, is too young to be an orphan. */
  readonly isYoung: (modified: number) => boolean
  readonly signal: AbortSignal
  readonly report: Report
  /** Told how far it got, and when that is no longer so. */
  readonly log?: Pick<MatchLog, 'settled' | 'stop'> | undefined
}

/** Counts a claim and holds it against its entry, or against there being none. A promise only where something waits. */
export function takeClaim(claim: Claim, entry: Entry | undefined, options: MatchOptions): Promise<void> | undefined {
  const { run, rules, queue } = options
  run.tally.examined++
  if (entry !== undefined && entry.unreadable === undefined) run.tally.matched++
  const marks = examine(claim, entry, rules)
  if (marks.length > 0) return takeMarked(claim, entry, marks, options)
  if (entry === undefined || !wantsChecksum(claim, entry, marks, rules)) return undefined
  run.tally.toVerify++
  run.tally.bytesToVerify += entry.size ?? 0
  return queue.add(toVerify(claim, entry.size))
}

async function takeMarked(
  claim: Claim,
  entry: Entry | undefined,
  marks: readonly Mark[],
  { run, rules, queue }: MatchOptions,
): Promise<void> {
  for (const mark of marks) await run.residues.add(claim.key, mark)
  if (entry === undefined || !wantsChecksum(claim, entry, marks, rules)) return
  run.tally.toVerify++
  run.tally.bytesToVerify += entry.size ?? 0
  await queue.add(toVerify(claim, entry.size))
}

/** Keys that several rows refer to are right more often than not, so they are listed only where the check asks. */
export function noteDuplicate(claim: Claim, { run, rules }: MatchOptions): Promise<void> | undefined {
  if (claim.refs < 2) return undefined
  run.tally.duplicates++
  if (!rules.asserts('duplicate_refs')) return undefined
  return run.residues.add(claim.key, { finding: 'duplicate_refs', refs: claim.refs })
}
