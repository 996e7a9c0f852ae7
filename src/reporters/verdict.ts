/** The verdict of a run in words, as its events say it. */
import { OUTCOMES, type Outcome, type RunEnd, type RunStart } from '../engine/events.js'
import { count, formatNumber } from '../lib/text.js'
import { formatDuration } from '../lib/units.js'

export const WORDS: Readonly<Record<Outcome, string>> = {
  pass: 'passed',
  warn: 'warned',
  fail: 'failed',
  error: 'could not tell',
  blocked: 'blocked',
  skip: 'skipped',
  waived: 'waived',
}

export interface Verdict {
  /** Undefined for a part of a run: of the other parts nothing is known here. */
  readonly outcome: Extract<Outcome, 'pass' | 'fail' | 'error'> | undefined
  readonly head: string
  /** Empty where the head says all. */
  readonly reason: string
}

/** `end` is missing where the run broke off. Not escaped. */
export function verdictOf(start: RunStart, end: RunEnd | undefined): Verdict {
  if (end === undefined) {
    const reason = 'the run broke off before it was over; what is above is all there is'
    return { outcome: 'error', head: 'no verdict', reason }
  }
  const { tally, exit, gate } = end
  if (exit.code !== 0) {
    // An interrupted run has a gate result too, but that is not why it ended as it did.
    const reason = exit.code <= 4 ? gate.reason : exit.reason
    return { outcome: gate.failed.length > 0 ? 'fail' : 'error', head: `not passed (exit ${exit.code})`, reason }
  }
  if (start.shard !== undefined) return { outcome: undefined, head: 'no verdict yet', reason: exit.reason }
  const time = formatDuration(end.duration_ms)
  return tally.outcomes.pass === tally.checks
    ? { outcome: 'pass', head: `${count(tally.checks, 'check')} passed in ${time}`, reason: '' }
    : { outcome: 'pass', head: 'passed', reason: `${outcomeWords(end).join(', ')} in ${time}` }
}

export function verdictText({ head, reason }: Verdict): string {
  return reason === '' ? head : `${head}: ${reason}`
}

/** `40 passed`, `1 failed` …: of every outcome there was, how many. */
export function outcomeWords({ tally }: Pick<RunEnd, 'tally'>): string[] {
  const words = OUTCOMES.filter((outcome) => tally.outcomes[outcome] > 0).map(
    (outcome) => `${formatNumber(tally.outcomes[outcome])} ${WORDS[outcome]}`,
  )
  return words.length === 0 ? ['none'] : words
}
