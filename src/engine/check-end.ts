/** Puts together the event that ends a check, whatever way it ended. */
import type { Verdict } from '../judge/verdict.js'
import { waiverFor } from '../judge/waive.js'
import type { Waiver } from '../judge/waiver.js'
import type { Check, SubjectSpec } from '../kinds/kind.js'
import { vantageText } from '../vantage/schema.js'
import type { Trouble } from './attempt.js'
import type { Attempt, CheckEnd, Outcome } from './events.js'

/** What one check came to, before anything is waived. */
export interface Ending extends Omit<Verdict, 'outcome'> {
  readonly outcome: Exclude<Outcome, 'waived'>
  readonly hint?: string | undefined
  readonly at_place?: CheckEnd['at_place']
  readonly part?: CheckEnd['part']
}

const NOTHING = { subjects: {}, unobserved: {}, assertions: [], gaps: [], diagnoses: [], notes: [] }

/** It never ran: skipped, blocked or interrupted. Nothing was observed, for that reason. */
export function notRun(
  outcome: 'skip' | 'blocked' | 'error',
  message: string,
  subjects: readonly SubjectSpec[],
  hint?: string,
): Ending {
  return { ...NOTHING, outcome, message, hint, unobserved: outcome === 'skip' ? {} : unobserved(subjects, message) }
}

export function troubled(check: Check, trouble: Trouble, subjects: readonly SubjectSpec[]): Ending {
  return {
    ...NOTHING,
    outcome: 'error',
    message: trouble.message,
    hint: trouble.hint,
    unobserved: unobserved(subjects, trouble.message),
    ...(trouble.at === undefined ? {} : { at_place: check.locate(trouble.at) }),
  }
}

function unobserved(subjects: readonly SubjectSpec[], reason: string): Readonly<Record<string, string>> {
  return Object.fromEntries(subjects.map((subject) => [subject.name, reason]))
}

export interface EndOptions {
  readonly check: Pick<Check, 'id' | 'from'>
  readonly subjects: readonly SubjectSpec[]
  readonly ending: Ending
  readonly counts: Readonly<Record<string, number>>
  readonly known: number
  readonly attempts: readonly Attempt[]
  readonly since: Date
  readonly now: Date
  readonly waivers: readonly Waiver[]
  readonly warnings?: readonly string[]
}

export function checkEnd({ check, ending, waivers, now, since, ...rest }: EndOptions): CheckEnd {
  const waiver = waiverFor(check.id, ending.outcome, waivers, now)
  const { message, hint, method, at_place, ...told } = ending
  const said =
    waiver === undefined ? message : `${[ending.outcome, message].filter(Boolean).join(': ')}; waived: ${waiver.reason}`
  return {
    v: 1,
    type: 'check:end',
    id: check.id,
    at: now.toISOString(),
    ...told,
    ...unaskedOf(rest.subjects, told.unobserved),
    ...typesOf(rest.subjects, told.subjects),
    outcome: waiver === undefined ? ending.outcome : 'waived',
    counts: rest.counts,
    known: rest.known,
    vantage: vantageText(check.from),
    ...(method === undefined ? {} : { method }),
    attempts: rest.attempts,
    duration_ms: now.getTime() - since.getTime(),
    ...(said === undefined ? {} : { message: said }),
    ...(hint === undefined ? {} : { hint }),
    ...(at_place === undefined ? {} : { at_place }),
    ...(rest.warnings === undefined || rest.warnings.length === 0 ? {} : { warnings: rest.warnings }),
    ...(waiver === undefined ? {} : { waiver: waiverFacts(waiver) }),
  }
}

function unaskedOf(specs: readonly SubjectSpec[], unobserved: CheckEnd['unobserved']): Pick<CheckEnd, 'unasked'> {
  const unasked = specs.flatMap(({ name, unobserved: reason }) =>
    reason !== undefined && Object.hasOwn(unobserved, name) ? [name] : [],
  )
  return unasked.length === 0 ? {} : { unasked }
}

/** Only what is there and not plain, so that events stay small. */
function typesOf(specs: readonly SubjectSpec[], subjects: CheckEnd['subjects']): Pick<CheckEnd, 'types'> {
  const types = specs.flatMap(({ name, type }) =>
    (type === 'duration' || type === 'size') && Object.hasOwn(subjects, name) ? [[name, type] as const] : [],
  )
  return types.length === 0 ? {} : { types: Object.fromEntries(types) }
}

function waiverFacts({ reason, approvedBy, expires }: Waiver): NonNullable<CheckEnd['waiver']> {
  return {
    reason,
    ...(approvedBy === undefined ? {} : { approved_by: approvedBy }),
    ...(expires === undefined ? {} : { expires }),
  }
}
