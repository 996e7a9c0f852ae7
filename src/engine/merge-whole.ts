/** A check that was not divided: one part had it, or several, because others require it. */
import type { CheckEnd, Outcome, PlannedCheck } from './events.js'
import type { PartRun } from './part-run.js'

const WORST_FIRST: readonly Outcome[] = ['fail', 'error', 'blocked', 'warn', 'waived', 'skip', 'pass']

/** The part whose ending is the worst, the first of those; undefined where no part has ended it. */
export function worstPart(id: string, parts: readonly PartRun[]): PartRun | undefined {
  const rank = (part: PartRun): number => WORST_FIRST.indexOf(part.ends.get(id)?.outcome ?? 'pass')
  return parts.filter((part) => part.ends.has(id)).toSorted((a, b) => rank(a) - rank(b))[0]
}

/** Nobody has looked, or nobody may have. */
export function untoldEnd(
  { id, vantage }: PlannedCheck,
  { outcome, message, at }: { readonly outcome: 'error' | 'blocked'; readonly message: string; readonly at: string },
): CheckEnd {
  return {
    v: 1,
    type: 'check:end',
    id,
    at,
    outcome,
    subjects: {},
    unobserved: {},
    assertions: [],
    counts: {},
    known: 0,
    vantage,
    attempts: [],
    duration_ms: 0,
    message,
    gaps: [],
    diagnoses: [],
    notes: [],
  }
}
