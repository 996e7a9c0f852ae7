/**
 * Proves, through the judge itself, that an assertion is worth making: that some value breaks it and some value holds.
 * What cannot be settled is taken to be possible, so a refusal is always right.
 */
import type { SubjectSpec } from '../kinds/kind.js'
import { compileRegex } from '../lib/regex.js'
import type { Value } from '../lib/value.js'
import { type Candidate, hasDrift, numericCandidates } from './candidates.js'
import { evaluate } from './evaluate.js'
import type { Matcher, Op } from './matcher.js'
import { isNumericType } from './ops-for.js'
import { elementOf } from './parse-operand.js'
import { textCandidates } from './text-candidates.js'

export interface Provable {
  /** Some value the subject can have breaks it. */
  readonly canFail: boolean
  /** Some value the subject can have keeps all of it. */
  readonly canPass: boolean
}

/** Of one matcher on one subject. A subject with `of` is at most its denominator, unless it says otherwise; counts and sizes are never negative. */
export function provable(matcher: Matcher, subject: SubjectSpec): Provable {
  const single = matcher.ops.map((op) => provableOp(op, subject))
  const canFail = single.some((one) => one.canFail)
  const together = matcher.ops.length > 1
  const canPass = single.every((one) => one.canPass) && !(together && provablyEmpty(matcher, subject))
  return { canFail, canPass }
}

/**
 * Whether `warn` can never be what is reported, because `expect` breaks whenever it does. False where that is not
 * proven.
 */
export function weaker(warn: Matcher, expect: Matcher, subject: SubjectSpec): boolean {
  if (warn.text === expect.text) return true
  const differs = (at: State, other: State) => at === 'ok' && other === 'broken'
  if (differs(state(expect, null, subject), state(warn, null, subject))) return false
  if (!isNumericType(subject.type)) {
    const values = subject.of === undefined && !hasDrift(warn) ? finiteValues(expect, subject) : undefined
    return values?.every((value) => !differs(state(expect, value, subject), state(warn, value, subject))) ?? false
  }
  const worlds = numericCandidates([warn, expect], subject)
  for (const at of worlds)
    if (at === 'too many' || differs(tried(expect, at, subject), tried(warn, at, subject))) return false
  return true
}

function provableOp(op: Op, subject: SubjectSpec): Provable {
  const alone: Matcher = { ops: [op], text: '' }
  if (op.op === 'length') return provable(op.matcher, { name: 'length', type: 'count', meaning: '' })
  if (op.op === 'all' || op.op === 'any' || op.op === 'none') {
    const inside = provable(op.matcher, elementOf(subject))
    if (op.op === 'none') return { canFail: inside.canPass, canPass: true }
    return { canFail: op.op === 'any' || inside.canFail, canPass: inside.canPass }
  }
  if (op.op === 'matches' || op.op === 'not_matches') {
    const everything = matchesAnything(op.pattern)
    return op.op === 'matches' ? { canFail: !everything, canPass: true } : { canFail: true, canPass: !everything }
  }
  const found = { canFail: false, canPass: false }
  for (const one of statesOf(alone, subject)) {
    if (one === 'too many') return { canFail: true, canPass: true }
    if (one === 'broken') found.canFail = true
    if (one === 'ok') found.canPass = true
    // All that is left to try could show nothing more; most assertions are done after a few values.
    if (found.canFail && found.canPass) break
  }
  return found
}

/** Whether the operators together leave no value, though each alone would. */
function provablyEmpty(matcher: Matcher, subject: SubjectSpec): boolean {
  if (matcher.ops.some((op) => ['length', 'all', 'any', 'none', 'matches', 'not_matches'].includes(op.op))) return false
  for (const one of statesOf(matcher, subject)) if (one === 'ok' || one === 'too many') return false
  return true
}

type State = 'ok' | 'broken' | 'open'

/** What comes out of each of the values that matter, null first; "too many" where they cannot all be tried. */
function* statesOf(matcher: Matcher, subject: SubjectSpec): Generator<State | 'too many', void, void> {
  yield state(matcher, null, subject)
  if (isNumericType(subject.type) || subject.type === 'any') {
    for (const at of numericCandidates([matcher], subject)) yield at === 'too many' ? at : tried(matcher, at, subject)
  }
  if (isNumericType(subject.type)) return
  const values: Value[] = []
  if (subject.type === 'boolean' || subject.type === 'any') values.push(true, false)
  if (subject.type === 'text' || subject.type === 'any') values.push(...textCandidates(matcher))
  if (subject.type === 'list' || subject.type === 'any') values.push(...listCandidates(matcher))
  for (const value of values) {
    yield state(matcher, value, subject)
    for (const was of values) yield state(matcher, value, subject, was)
  }
}

function listCandidates(matcher: Matcher): readonly Value[] {
  const members: Value[] = []
  const lists: Value[] = [[], ['\u0001']]
  for (const op of matcher.ops) {
    if ((op.op === 'contains' || op.op === 'not_contains') && 'value' in op.operand) members.push(op.operand.value)
    if ((op.op === 'eq' || op.op === 'ne') && 'value' in op.operand && Array.isArray(op.operand.value)) {
      lists.push(op.operand.value)
    }
  }
  const wanted = matcher.ops.flatMap((op) => (op.op === 'contains' && 'value' in op.operand ? [op.operand.value] : []))
  return [...lists, ...members.map((member) => [member]), wanted]
}

function finiteValues(matcher: Matcher, subject: SubjectSpec): readonly Value[] | undefined {
  if (subject.type === 'boolean') return [true, false]
  for (const op of matcher.ops) {
    if (op.op === 'in') return op.values
    if (op.op === 'eq' && 'value' in op.operand) return [op.operand.value]
  }
  return undefined
}

const name = (subject: SubjectSpec) => ({ ...subject, name: 's', ...(subject.of === undefined ? {} : { of: 'whole' }) })

function tried(matcher: Matcher, { value, whole, was }: Candidate, subject: SubjectSpec): State {
  return settle(matcher, value, subject, { whole }, was.toFixed())
}

function state(matcher: Matcher, value: Value, subject: SubjectSpec, was: Value = value): State {
  return settle(matcher, value, subject, {}, was)
}

function settle(
  matcher: Matcher,
  value: Value,
  subject: SubjectSpec,
  subjects: Readonly<Record<string, Value>>,
  was: Value,
): State {
  const recorded = { record: { subjects: { s: was as string }, unobserved: {} } }
  const context = { subject: name(subject), subjects, baseline: recorded, previous: recorded }
  const { results } = evaluate(matcher, value, context)
  if (results.some((one) => !one.ok && one.unevaluated === undefined)) return 'broken'
  return results.every((one) => one.ok) ? 'ok' : 'open'
}

/** A pattern that finds the empty string and has no anchor finds it in every text. */
function matchesAnything(pattern: string): boolean {
  return !/[\\^$]/.test(pattern) && compileRegex(pattern).matcher('').find()
}
