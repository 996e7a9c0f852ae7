/** What judging a check again takes, in a form that a recording can hold: its parts are judged when they are put together. */
import type { Assertion } from '../judge/matcher.js'
import { matcherInput } from '../judge/matcher-input.js'
import { parseMatcher } from '../judge/parse-matcher.js'
import type { Recorded } from '../judge/record.js'
import type { Waiver } from '../judge/waiver.js'
import type { Check, SubjectSpec } from '../kinds/kind.js'
import { CheckError } from '../lib/errors.js'
import type { Json } from '../lib/value.js'

export interface Judging {
  readonly subjects: readonly SubjectSpec[]
  readonly assertions: readonly (Omit<Assertion, 'matcher'> & { readonly matcher: Json })[]
  readonly known?: { readonly reason: string; readonly max?: number | undefined; readonly keys: number } | undefined
  readonly baseline: Recorded
  readonly previous: Recorded
  readonly waivers: readonly Waiver[]
}

export interface JudgingOptions {
  readonly check: Pick<Check, 'id' | 'assertions' | 'known'>
  readonly subjects: readonly SubjectSpec[]
  readonly baseline: Recorded
  readonly previous: Recorded
  readonly waivers: readonly Waiver[]
}

export function judgingOf({ check, subjects, baseline, previous, waivers }: JudgingOptions): Judging {
  const { known } = check
  return {
    subjects,
    assertions: check.assertions.map(({ matcher, ...assertion }) => {
      const type = subjects.find(({ name }) => name === assertion.subject)?.type ?? 'any'
      return { ...assertion, matcher: matcherInput(matcher, type) }
    }),
    ...(known === undefined ? {} : { known: { reason: known.reason, max: known.max, keys: known.keys.size } }),
    baseline,
    previous,
    waivers: waivers.filter((waiver) => waiver.check === check.id),
  }
}

/** A CheckError where the recording does not hold what it held. */
export function assertionsOf({ assertions, subjects }: Judging): readonly Assertion[] {
  return assertions.map(({ matcher: raw, ...assertion }) => {
    const subject = subjects.find(({ name }) => name === assertion.subject)
    const parsed = subject === undefined ? undefined : parseMatcher(raw, subject)
    if (parsed?.ok !== true) throw new CheckError(`what was asserted of "${assertion.subject}" cannot be read again`)
    return { ...assertion, matcher: parsed.matcher }
  })
}
