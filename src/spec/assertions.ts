/** `expect` and `warn` of a check and the defaults of its kind that they leave standing, each proven worth making. */
import { provable, weaker } from '../judge/can-fail.js'
import type { Assertion, Level, Matcher } from '../judge/matcher.js'
import { parseMatcher } from '../judge/parse-matcher.js'
import { type Kind, type SubjectSpec, subjectsOf } from '../kinds/kind.js'
import { didYouMean } from '../lib/did-you-mean.js'
import type { Problems } from './problems.js'
import { excerpt, type Span } from './source.js'
import { field, keySpanAt, type MapEntry, type MapNode, nearestNode, toPlain } from './tree.js'

export interface Asserting {
  /** `check "orders" (kind rows)`. */
  readonly what: string
  readonly tree: MapNode
  readonly idSpan: Span
  /** Something of it did not hold already; that it asserts nothing may come from that. */
  readonly broken: boolean
}

/** `own`: the subjects the kind declares for this check; others may be of its family. */
export interface Assertable {
  readonly own: readonly SubjectSpec[]
  readonly kind: Kind
  readonly spec: unknown
}

export function readAssertions(
  check: Asserting,
  { own, kind, spec }: Assertable,
  problems: Problems,
): readonly Assertion[] {
  const before = problems.errors()
  const subjects = subjectsOf({ subjects: () => own, family: kind.family }, spec, namesIn(check.tree))
  const expect = written(check, 'expect', subjects, problems)
  const warn = written(check, 'warn', subjects, problems)
  const standing = defaults(check, subjects)
  const all = [...expect, ...warn, ...standing]
  if (!check.broken && problems.errors() === before && !all.some(({ level }) => level !== 'tell')) {
    const names = [...subjects.map(({ name }) => name), ...(kind.familyForms ?? [])].join(', ')
    problems.error(`${check.what} asserts nothing`, check.idSpan, { hint: `add expect: with one of ${names}` })
  }
  for (const assertion of warn) {
    const subject = subjects.find(({ name }) => name === assertion.subject)
    const stronger = all.find(
      (other) =>
        other.level === 'expect' &&
        subject !== undefined &&
        other.subject === subject.name &&
        weaker(assertion.matcher, other.matcher, subject),
    )
    if (stronger === undefined) continue
    const whose = stronger.origin === 'default' ? 'the default expectation' : 'expect'
    const at = nearestNode(check.tree, ['warn', assertion.subject]).span
    const message = `this warning can never be given: ${whose} ${stronger.subject}: ${stronger.matcher.text} breaks before it`
    problems.warn(message, at)
  }
  return all
}

function namesIn(tree: MapNode): readonly string[] {
  return ['expect', 'warn'].flatMap((level) => {
    const node = field(tree, level)
    return node?.type === 'map' ? node.entries.map(({ key }) => key) : []
  })
}

function written(
  check: Asserting,
  level: 'expect' | 'warn',
  subjects: readonly SubjectSpec[],
  problems: Problems,
): readonly Assertion[] {
  const node = field(check.tree, level)
  if (node?.type !== 'map') return []
  return node.entries.flatMap((entry) => {
    const subject = subjects.find(({ name }) => name === entry.key)
    if (subject === undefined) {
      const names = subjects.map(({ name }) => name)
      const hint = didYouMean(entry.key, names) ?? `subjects: ${names.join(', ')}`
      problems.error(`unknown subject "${entry.key}" in ${level} of ${check.what}`, entry.keySpan, { hint })
      return []
    }
    const matcher = readMatcher(entry, subject, check, level, problems)
    if (matcher === undefined) return []
    return [{ level, subject: subject.name, matcher, origin: 'file' as const, place: excerpt(entry.keySpan) }]
  })
}

function readMatcher(
  { key, keySpan, value }: MapEntry,
  subject: SubjectSpec,
  check: Asserting,
  level: Level,
  problems: Problems,
): Matcher | undefined {
  if (subject.unobserved !== undefined) {
    problems.error(`"${key}" is never measured in ${check.what}: ${subject.unobserved}`, keySpan)
    return undefined
  }
  if (value.type === 'hole') return undefined
  const parsed = parseMatcher(toPlain(value), subject)
  if (!parsed.ok) {
    const key = parsed.message.startsWith('unknown') ? keySpanAt(value, parsed.path) : undefined
    const at = key ?? nearestNode(value, parsed.path).span
    problems.error(`"${level}.${subject.name}" of ${check.what}: ${parsed.message}`, at, { hint: parsed.hint })
    return undefined
  }
  const { canFail, canPass } = provable(parsed.matcher, subject)
  const shown = `"${key}: ${parsed.matcher.text}" of ${check.what}`
  if (!canFail)
    problems.error(`${shown}: no value can break this`, value.span, { hint: 'an assertion must be able to fail' })
  if (!canPass) problems.error(`${shown}: no value can hold this`, value.span)
  return parsed.matcher
}

/** A default stands unless its subject is named: one of level warn also gives way to `expect`, one of tell to either. */
function defaults(check: Asserting, subjects: readonly SubjectSpec[]): readonly Assertion[] {
  const named = (level: 'expect' | 'warn', name: string): boolean => {
    const node = field(check.tree, level)
    return node?.type === 'map' && field(node, name) !== undefined
  }
  return subjects.flatMap((subject) => {
    if (subject.default === undefined || subject.unobserved !== undefined) return []
    const { level, matcher } = subject.default
    if (named('expect', subject.name) || (level !== 'expect' && named('warn', subject.name))) return []
    const parsed = parseMatcher(matcher, subject)
    if (!parsed.ok) throw new Error(`default of "${subject.name}" does not parse: ${parsed.message}`)
    const place = excerpt(check.idSpan)
    return [{ level, subject: subject.name, matcher: parsed.matcher, origin: 'default' as const, place }]
  })
}
