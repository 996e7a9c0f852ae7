/** Holds what was observed against a matcher. Pure and exact; says when it cannot tell, and never guesses. */
import type { Observed, SubjectSpec } from '../kinds/kind.js'
import { compileRegex } from '../lib/regex.js'
import { type Json, type Value, valueToJson } from '../lib/value.js'
import { driftHolds } from './drift.js'
import { type Held, held, unevaluated } from './held.js'
import type { Matcher, Op, Operand, OpName } from './matcher.js'
import { opText } from './matcher-text.js'
import { elementOf } from './parse-operand.js'
import type { Recorded } from './record.js'
import { decimal, isUnobserved, sameValue, typeName } from './values.js'

export interface EvaluateContext {
  readonly subject: SubjectSpec
  /** All subjects of the check, for denominators. */
  readonly subjects: Readonly<Record<string, Observed>>
  readonly baseline: Recorded
  readonly previous: Recorded
}

export interface OpResult {
  readonly op: OpName
  /** The operator as the check file writes it; with a record, also what was recorded. */
  readonly expected: string
  readonly actual: Json
  readonly ok: boolean
  /** Why it could not be evaluated; then `ok` is false. */
  readonly unevaluated?: string
  /** Why it was left out on purpose; then `ok` is false and means nothing. */
  readonly dropped?: string
}

export function evaluate(
  matcher: Matcher,
  observed: Observed | undefined,
  context: EvaluateContext,
): { readonly results: readonly OpResult[] } {
  return { results: matcher.ops.map((op) => evaluateOp(op, observed, context)) }
}

function evaluateOp(op: Op, observed: Observed | undefined, context: EvaluateContext): OpResult {
  const text = opText(op, context.subject.type)
  const actual = observed === undefined || isUnobserved(observed) ? null : valueToJson(observed)
  if (isDrift(op)) {
    const recorded = op.op === 'baseline' ? context.baseline : context.previous
    const unseen = 'dropped' in recorded ? undefined : cannotTell(observed, context.subject.name)
    if (unseen !== undefined) return result(op.op, text, actual, unevaluated(unseen))
    const drift = driftHolds(observed as Value, op.drift, recorded, context.subject.name)
    const expected = drift.was === undefined ? text : `${text} (was ${JSON.stringify(drift.was)})`
    return result(op.op, expected, actual, drift.held)
  }
  const expectsNull = op.op === 'null' || op.op === 'exists'
  const unseen = cannotTell(observed, context.subject.name, expectsNull)
  return result(op.op, text, actual, unseen === undefined ? holds(op, observed as Value, context) : unevaluated(unseen))
}

function cannotTell(observed: Observed | undefined, name: string, nullIsFine = false): string | undefined {
  if (observed === undefined) return `"${name}" was not measured`
  if (isUnobserved(observed)) return `"${name}" was not measured: ${observed.unobserved}`
  if (observed === null && !nullIsFine) return `"${name}" is NULL, which nothing expects`
  return undefined
}

function result(op: OpName, expected: string, actual: Json, state: Held): OpResult {
  const base = { op, expected, actual, ok: state.is === 'ok' }
  if (state.is === 'unevaluated') return { ...base, unevaluated: state.reason }
  return state.is === 'dropped' ? { ...base, dropped: state.reason } : base
}

type DriftOp = Extract<Op, { readonly op: 'baseline' | 'since_last' }>
type Plain = Exclude<Op, DriftOp>

function isDrift(op: Op): op is DriftOp {
  return op.op === 'baseline' || op.op === 'since_last'
}

function holds(op: Plain, value: Value, context: EvaluateContext): Held {
  switch (op.op) {
    case 'eq':
    case 'ne':
      return 'percent' in op.operand
        ? compared(op, value, context)
        : held(sameValue(value, op.operand.value) === (op.op === 'eq'))
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return compared(op, value, context)
    case 'between': {
      const low = compared({ op: 'gte', operand: op.low }, value, context)
      return low.is === 'ok' ? compared({ op: 'lte', operand: op.high }, value, context) : low
    }
    case 'in':
    case 'not_in':
      return held(op.values.some((item) => sameValue(value, item)) === (op.op === 'in'))
    case 'matches':
    case 'not_matches':
      if (typeof value !== 'string') return unevaluated(`it is ${typeName(value)}, not text`)
      return held(compileRegex(op.pattern).matcher(value).find() === (op.op === 'matches'))
    case 'contains':
    case 'not_contains':
      return contained(value, op.operand, op.op === 'contains')
    case 'starts_with':
    case 'ends_with':
      return edge(value, op.operand, op.op)
    case 'length': {
      const length = lengthOf(value)
      return length === undefined
        ? unevaluated(`${typeName(value)} has no length`)
        : inner(op.matcher, length, context, COUNT)
    }
    case 'empty': {
      const length = lengthOf(value)
      return length === undefined ? unevaluated(`${typeName(value)} is never empty`) : held((length === 0) === op.is)
    }
    case 'null':
      return held((value === null) === op.is)
    case 'exists':
      return held((value !== null) === op.is)
    case 'all':
    case 'any':
    case 'none':
      if (!Array.isArray(value)) return unevaluated(`it is ${typeName(value)}, not a list`)
      return members(op.op, op.matcher, value, context)
  }
}

type Comparison = { readonly op: 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte'; readonly operand: Operand }

/** A percentage is compared without dividing: value × 100 against percent × denominator. */
function compared({ op, operand }: Comparison, value: Value, { subject, subjects }: EvaluateContext): Held {
  const left = decimal(value)
  if (left === undefined) return unevaluated(`it is ${typeName(value)}, not a number`)
  if ('value' in operand) {
    const right = decimal(operand.value)
    return right === undefined
      ? unevaluated(`${typeName(operand.value)} has no order`)
      : held(sign(op, left.cmp(right)))
  }
  const of = subject.of ?? ''
  const whole = Object.hasOwn(subjects, of) ? subjects[of] : undefined
  const unseen = cannotTell(whole, of)
  if (unseen !== undefined) return unevaluated(`a percentage needs its denominator: ${unseen}`)
  const denominator = decimal(whole as Value)
  if (denominator === undefined) return unevaluated(`its denominator "${of}" is not a number`)
  if (denominator.lte(0)) return unevaluated(`"${of}" is ${denominator.toFixed()}, so a percentage of it says nothing`)
  return held(sign(op, left.times(100).cmp(operand.percent.times(denominator))))
}

function sign(op: Comparison['op'], order: number): boolean {
  if (op === 'eq' || op === 'ne') return (order === 0) === (op === 'eq')
  if (op === 'gt' || op === 'lt') return op === 'gt' ? order > 0 : order < 0
  return op === 'gte' ? order >= 0 : order <= 0
}

function contained(value: Value, operand: Operand, wanted: boolean): Held {
  const part = 'value' in operand ? operand.value : null
  if (Array.isArray(value)) return held(value.some((item: Value) => sameValue(item, part)) === wanted)
  if (typeof value !== 'string') return unevaluated(`it is ${typeName(value)}, neither text nor a list`)
  if (typeof part !== 'string') return unevaluated(`text does not contain ${typeName(part)}`)
  return held(value.includes(part) === wanted)
}

function edge(value: Value, operand: Operand, op: 'starts_with' | 'ends_with'): Held {
  const part = 'value' in operand ? operand.value : null
  if (typeof value !== 'string' || typeof part !== 'string') return unevaluated(`it is ${typeName(value)}, not text`)
  return held(op === 'starts_with' ? value.startsWith(part) : value.endsWith(part))
}

/** Characters of a text (code points), members of a list. */
function lengthOf(value: Value): number | undefined {
  if (Array.isArray(value)) return value.length
  return typeof value === 'string' ? [...value].length : undefined
}

const COUNT: SubjectSpec = { name: 'length', type: 'count', meaning: 'Its length.' }

/** All operators of a nested matcher as one: broken outweighs unevaluated. */
function inner(matcher: Matcher, value: Value, context: EvaluateContext, subject: SubjectSpec): Held {
  const { results } = evaluate(matcher, value, { ...context, subject })
  if (results.some((one) => !one.ok && one.unevaluated === undefined)) return held(false)
  const open = results.find((one) => one.unevaluated !== undefined)
  return open?.unevaluated === undefined ? held(true) : unevaluated(open.unevaluated)
}

/** `all` of an empty list cannot be told: nothing was looked at, so nothing was proven. */
function members(op: 'all' | 'any' | 'none', matcher: Matcher, list: readonly Value[], context: EvaluateContext): Held {
  if (list.length === 0 && op === 'all') return unevaluated('the list is empty, so there is nothing to hold it against')
  const element = { ...elementOf(context.subject), name: `member of ${context.subject.name}` }
  const each = list.map((item) => inner(matcher, item, context, element))
  const decisive = op === 'all' ? 'broken' : 'ok'
  if (each.some((one) => one.is === decisive)) return held(op === 'any')
  return each.find((one) => one.is === 'unevaluated') ?? held(op !== 'any')
}
