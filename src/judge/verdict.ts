/** From what was observed to what it means. Pure: the only place where a check passes or fails. */
import type { Check, Diagnosis, Facts, Observation, Observed, Recovery, SubjectSpec } from '../kinds/kind.js'
import { type Json, type Value, valueToJson } from '../lib/value.js'
import { evaluate } from './evaluate.js'
import type { Assertion } from './matcher.js'
import type { AssertionResult, Outcome } from './outcome.js'
import type { Recorded } from './record.js'
import { decimal, isUnobserved } from './values.js'
import { withheldAs } from './withhold.js'

export interface JudgeInput {
  readonly check: Pick<Check, 'assertions'>
  readonly observation: Observation
  /** The subjects the kind declares for this check. */
  readonly subjects: readonly SubjectSpec[]
  /** Findings to subtract, by class: those `known:` lists. */
  readonly known: Readonly<Record<string, number>>
  readonly baseline: Recorded
  readonly previous: Recorded
  /** What kinds withhold may be told. */
  readonly showData?: boolean | undefined
  /** Nothing to judge is no *error*: of a part of a check, its sums are judged later. */
  readonly mayJudgeNothing?: true | undefined
}

export interface Verdict {
  readonly outcome: Exclude<Outcome, 'blocked' | 'waived'>
  readonly message?: string | undefined
  readonly subjects: Facts
  readonly unobserved: Readonly<Record<string, string>>
  /** Measured, and not in `subjects`: what there was, in words. */
  readonly withheld?: Readonly<Record<string, string>> | undefined
  readonly assertions: readonly AssertionResult[]
  readonly gaps: readonly string[]
  readonly diagnoses: readonly Diagnosis[]
  readonly recovery?: readonly Recovery[] | undefined
  readonly notes: readonly string[]
  readonly method?: string | undefined
}

/**
 * In this order: nothing to examine is *skip*; a broken `expect` is *fail*, whatever could not be told beside it;
 * a broken `tell`, an assertion that could not be evaluated, a gap or nothing left to judge is *error*; then *warn*,
 * then *pass*.
 */
export function judge(input: JudgeInput): Verdict {
  const { observation } = input
  const observed = subtract(observation.subjects, input.known)
  const told = {
    ...tell(observed, withheldOf(input, observed)),
    gaps: observation.gaps ?? [],
    diagnoses: observation.diagnoses ?? [],
    ...(observation.recovery === undefined ? {} : { recovery: observation.recovery }),
    ...(observation.method === undefined ? {} : { method: observation.method }),
  }
  const notes = observation.notes ?? []
  if (observation.skip !== undefined) {
    return { ...told, notes, assertions: [], outcome: 'skip', message: observation.skip }
  }
  const { kept, dropped } = hold(input, observed, told.withheld ?? {})
  const verdict = weigh(kept, told.gaps, dropped, input.mayJudgeNothing === true)
  return { ...told, ...verdict, assertions: kept, notes: [...notes, ...dropped] }
}

function weigh(
  results: readonly AssertionResult[],
  gaps: readonly string[],
  dropped: readonly string[],
  mayJudgeNothing: boolean,
): Pick<Verdict, 'outcome' | 'message'> {
  const broken = (level: string) =>
    results.find((one) => one.level === level && !one.ok && one.unevaluated === undefined)
  if (broken('expect') !== undefined) return { outcome: 'fail' }
  const told = broken('tell')
  if (told !== undefined) {
    return { outcome: 'error', message: `"${told.subject}" is ${show(told.actual)}, it has to be ${told.expected}` }
  }
  const open = results.find((one) => one.unevaluated !== undefined)
  if (open !== undefined) return { outcome: 'error', message: `cannot judge "${open.subject}": ${open.unevaluated}` }
  const [gap, ...more] = gaps
  if (gap !== undefined)
    return { outcome: 'error', message: more.length === 0 ? gap : `${gap} (and ${more.length} more)` }
  if (results.length === 0 && !mayJudgeNothing)
    return { outcome: 'error', message: ['nothing was judged', ...dropped].join(': ') }
  return { outcome: broken('warn') === undefined ? 'pass' : 'warn' }
}

function withheldOf(input: JudgeInput, observed: Readonly<Record<string, Observed>>): Readonly<Record<string, string>> {
  const { assertions } = input.check
  const entries = input.subjects.flatMap((subject): readonly (readonly [string, string])[] => {
    const matchers = assertions.filter((one) => one.subject === subject.name).map(({ matcher }) => matcher)
    const value = Object.hasOwn(observed, subject.name) ? observed[subject.name] : undefined
    const instead = withheldAs(value, subject, matchers, input.showData === true)
    return instead === undefined ? [] : [[subject.name, instead]]
  })
  return Object.fromEntries(entries)
}

function hold(
  input: JudgeInput,
  observed: Readonly<Record<string, Observed>>,
  withheld: Readonly<Record<string, string>>,
) {
  const kept: AssertionResult[] = []
  const dropped: string[] = []
  for (const assertion of input.check.assertions) {
    const subject = input.subjects.find((one) => one.name === assertion.subject) ?? unknownSubject(assertion)
    const context = { subject, subjects: observed, baseline: input.baseline, previous: input.previous }
    const value = Object.hasOwn(observed, subject.name) ? observed[subject.name] : undefined
    for (const { dropped: reason, ...result } of evaluate(assertion.matcher, value, context).results) {
      if (reason !== undefined)
        dropped.push(`${assertion.level} ${subject.name}: ${result.expected} left out: ${reason}`)
      else if (!Object.hasOwn(withheld, subject.name)) kept.push(labelled(assertion, result))
      else kept.push(labelled(assertion, { ...result, actual: null, withheld: withheld[subject.name] }))
    }
  }
  return { kept, dropped }
}

function labelled(
  assertion: Assertion,
  result: Omit<AssertionResult, 'level' | 'subject' | 'origin'>,
): AssertionResult {
  const { level, subject, origin, place } = assertion
  return { level, subject, ...result, origin, ...(place === undefined ? {} : { place }) }
}

/** A subject the kind does not declare can still be judged as what it is; `json:$.status` is one. */
function unknownSubject(assertion: Assertion): SubjectSpec {
  return { name: assertion.subject, type: 'any', meaning: '' }
}

function subtract(
  subjects: Readonly<Record<string, Observed>>,
  known: Readonly<Record<string, number>>,
): Readonly<Record<string, Observed>> {
  return Object.fromEntries(
    Object.entries(subjects).map(([name, value]) => {
      const less = Object.hasOwn(known, name) ? (known[name] ?? 0) : 0
      return [name, less === 0 || value === undefined ? value : minus(value, less)]
    }),
  )
}

function minus(value: Observed, less: number): Observed {
  if (isUnobserved(value)) return value
  if (typeof value === 'number') return value - less
  if (typeof value === 'bigint') return value - BigInt(less)
  return decimal(value)?.minus(less) ?? value
}

function tell(
  observed: Readonly<Record<string, Observed>>,
  withheld: Readonly<Record<string, string>>,
): Pick<Verdict, 'subjects' | 'unobserved' | 'withheld'> {
  const subjects: [string, Json][] = []
  const unobserved: [string, string][] = []
  for (const [name, value] of Object.entries(observed)) {
    if (isUnobserved(value)) unobserved.push([name, value.unobserved])
    else if (!Object.hasOwn(withheld, name)) subjects.push([name, valueToJson(value as Value)])
  }
  const told = { subjects: Object.fromEntries(subjects), unobserved: Object.fromEntries(unobserved) }
  return Object.keys(withheld).length === 0 ? told : { ...told, withheld }
}

function show(actual: Json): string {
  return typeof actual === 'string' ? actual : JSON.stringify(actual)
}
