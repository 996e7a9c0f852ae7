/** What is otherwise than in the last run that looked at it. Pure; whatever shows a trend reads it from here. */
import type { CheckEnd, Outcome, PastRuns } from '../engine/events.js'
import type { Json } from '../lib/value.js'
import { typeIn } from './seen.js'

export interface OutcomeChange {
  readonly id: string
  readonly before: Outcome
  readonly now: Outcome
}

export interface Moved {
  readonly id: string
  readonly subject: string
  readonly before: Json
  readonly now: Json
  readonly type: 'duration' | 'size' | undefined
}

export interface Changes {
  /** Do not pass now, and did before. */
  readonly broken: readonly OutcomeChange[]
  /** Did not pass before, and do now. */
  readonly mended: readonly OutcomeChange[]
  /** Did not pass before either. */
  readonly still: readonly OutcomeChange[]
  /** Any other change: pass to warn, skip to pass. */
  readonly other: readonly OutcomeChange[]
  /** Ids of which no earlier run has anything. */
  readonly added: readonly string[]
  readonly gone: readonly string[]
  readonly moved: readonly Moved[]
}

export type CheckNow = Pick<CheckEnd, 'id' | 'outcome' | 'subjects' | 'types'>

const BAD: ReadonlySet<Outcome> = new Set(['fail', 'error', 'blocked'])
const GOOD: ReadonlySet<Outcome> = new Set(['pass', 'warn', 'waived'])

export function changesSince(past: PastRuns, now: readonly CheckNow[]): Changes {
  const pairs = now.flatMap((check): OutcomeChange[] => {
    const before = lastOf(pastCheck(past, check.id)?.outcomes)
    return before === undefined ? [] : [{ id: check.id, before, now: check.outcome }]
  })
  const broken = pairs.filter((pair) => BAD.has(pair.now) && !BAD.has(pair.before))
  const mended = pairs.filter((pair) => BAD.has(pair.before) && GOOD.has(pair.now))
  const still = pairs.filter((pair) => BAD.has(pair.now) && BAD.has(pair.before))
  const told = new Set([...broken, ...mended, ...still])
  const known = new Set(pairs.map(({ id }) => id))
  return {
    broken,
    mended,
    still,
    other: pairs.filter((pair) => pair.before !== pair.now && !told.has(pair)),
    added: now.map(({ id }) => id).filter((id) => !known.has(id)),
    gone: past.gone,
    moved: now.flatMap((check) => movedIn(check, past)),
  }
}

export function pastCheck(past: PastRuns | undefined, id: string): PastRuns['checks'][string] | undefined {
  return past !== undefined && Object.hasOwn(past.checks, id) ? past.checks[id] : undefined
}

/** Earlier values of a subject, the oldest first, null where there is none. */
export function pastValues(past: PastRuns | undefined, id: string, subject: string): readonly Json[] {
  const subjects = pastCheck(past, id)?.subjects ?? {}
  return Object.hasOwn(subjects, subject) ? (subjects[subject] ?? []) : []
}

export function lastOf<T>(values: readonly (T | null)[] | undefined): T | undefined {
  return values?.findLast((value) => value !== null) ?? undefined
}

function movedIn(check: CheckNow, past: PastRuns): Moved[] {
  return Object.entries(check.subjects).flatMap(([subject, now]) => {
    const before = lastOf(pastValues(past, check.id, subject))
    if (before === undefined || JSON.stringify(before) === JSON.stringify(now)) return []
    return [{ id: check.id, subject, before, now, type: typeIn(check, subject) }]
  })
}
