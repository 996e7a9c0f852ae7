/** Runs a volume check at a vantage and judges it, defaults included, as a run of a check file would. */
import type { Assertion, MatcherInput } from '../../../src/judge/matcher.js'
import { parseMatcher } from '../../../src/judge/parse-matcher.js'
import { judge, type Verdict } from '../../../src/judge/verdict.js'
import { type Finding, type Observation, subjectsOf } from '../../../src/kinds/kind.js'
import { volume } from '../../../src/kinds/volume/kind.js'
import { observe } from '../../../src/kinds/volume/observe.js'
import type { Vantage } from '../../../src/vantage/vantage.js'
import { checkOf, contextOf } from '../run.js'

export interface Asked {
  readonly vantage: Vantage
  readonly spec: unknown
  readonly expect?: Readonly<Record<string, MatcherInput>>
  /** `--allow-writes`; given unless it is false. */
  readonly writes?: boolean
  /** The vantage that `same_as` names. */
  readonly other?: Vantage
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export interface Judged {
  readonly outcome: Verdict['outcome']
  /** Names of the subjects whose expectation or warning broke. */
  readonly broken: readonly string[]
  readonly subjects: Observation['subjects']
  readonly findings: readonly Finding[]
  /** Summaries of the causes, one a line. */
  readonly causes: string
  readonly notes: readonly string[]
  readonly gaps: readonly string[]
  readonly message: string | undefined
}

export async function verdictOf({
  vantage,
  spec,
  expect = {},
  writes,
  other,
  timeoutMs,
  signal,
}: Asked): Promise<Judged> {
  const bare = checkOf(volume, spec)
  const subjects = subjectsOf(volume, bare.spec, Object.keys(expect))
  const assertions = subjects.flatMap((subject): Assertion[] => {
    const own = Object.hasOwn(expect, subject.name)
    const { level = 'expect', matcher = expect[subject.name] ?? null } = own
      ? {}
      : (subject.default ?? { level: undefined })
    if (!own && subject.default === undefined) return []
    const parsed = parseMatcher(matcher, subject)
    if (!parsed.ok) throw new Error(parsed.message)
    return [{ level, subject: subject.name, matcher: parsed.matcher, origin: own ? 'file' : 'default' }]
  })
  const check = { ...bare, assertions, timeoutMs: timeoutMs ?? 20_000 }
  const context = {
    ...contextOf({ vantage, allowed: { commands: false, writes: writes !== false }, ...(signal && { signal }) }),
    ...(other === undefined ? {} : { vantageAt: () => other }),
  }
  const findings: Finding[] = []
  const sightings = observe(check, context)
  for (;;) {
    const step = await sightings.next()
    if (step.done !== true) {
      if (step.value.type === 'findings') findings.push(...step.value.findings)
      continue
    }
    const none = { dropped: 'there is none' }
    const verdict = judge({ check, observation: step.value, subjects, known: {}, baseline: none, previous: none })
    return {
      outcome: verdict.outcome,
      broken: verdict.assertions
        .filter(({ ok, unevaluated }) => !ok && unevaluated === undefined)
        .map((one) => one.subject),
      subjects: step.value.subjects,
      findings,
      causes: (step.value.diagnoses ?? []).map(({ summary }) => summary).join('\n'),
      notes: step.value.notes ?? [],
      gaps: step.value.gaps ?? [],
      message: verdict.message,
    }
  }
}
