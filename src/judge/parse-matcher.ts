/** Reads a matcher of a check file, typed by the subject it is about. The first thing wrong is told, with its path. */
import type { SubjectSpec } from '../kinds/kind.js'
import { didYouMean } from '../lib/did-you-mean.js'
import { compileRegex } from '../lib/regex.js'
import type { Drift, Matcher, Op, OpName } from './matcher.js'
import { OPS } from './matcher.js'
import { matcherText } from './matcher-text.js'
import { isNumericType, opsFor } from './ops-for.js'
import {
  elementOf,
  type MatcherProblem,
  type Parsed,
  parseEqual,
  parseList,
  parseOperand,
  problem,
  show,
} from './parse-operand.js'

export type ParsedMatcher = { readonly ok: true; readonly matcher: Matcher } | MatcherProblem

type Path = readonly (string | number)[]
type Entry = { readonly op: OpName; readonly raw: unknown; readonly subject: SubjectSpec; readonly path: Path }

/**
 * `raw` is plain data as YAML gives it: a scalar (equality) or a mapping of operators, all of which must hold.
 * Durations become milliseconds, sizes bytes. `path` of a problem is below the matcher.
 */
export function parseMatcher(raw: unknown, subject: SubjectSpec): ParsedMatcher {
  return parseAt(raw, subject, [], false)
}

function parseAt(raw: unknown, subject: SubjectSpec, path: Path, nested: boolean): ParsedMatcher {
  if (Array.isArray(raw)) {
    return problem('a matcher is one value or a mapping of operators, not a list', path, 'write { in: [a, b] }')
  }
  const entries = raw !== null && typeof raw === 'object' ? Object.entries(raw) : [['eq', raw] as const]
  if (entries.length === 0) return problem(`a matcher without operators asserts nothing of "${subject.name}"`, path)
  const bare = raw === null || typeof raw !== 'object'
  const ops: Op[] = []
  for (const [name, operand] of entries) {
    const at = bare ? path : [...path, name]
    const wrong = refuse(name, subject, nested, at)
    if (wrong !== undefined) return wrong
    const op = parseOp({ op: name as OpName, raw: operand, subject, path: at })
    if (!op.ok) return op
    ops.push(op.value)
  }
  return { ok: true, matcher: { ops, text: matcherText(ops, subject.type) } }
}

function refuse(name: string, subject: SubjectSpec, nested: boolean, path: Path): MatcherProblem | undefined {
  if (!(OPS as readonly string[]).includes(name)) {
    const allowed = opsFor(subject.type)
    return problem(`unknown operator "${name}"`, path, didYouMean(name, OPS) ?? `one of ${allowed.join(' ')}`)
  }
  if (!opsFor(subject.type).includes(name as OpName)) {
    return problem(
      `"${subject.name}" is ${article(subject.type)}; "${name}" does not apply to it`,
      path,
      `one of ${opsFor(subject.type).join(' ')}`,
    )
  }
  if (subject.withheld !== undefined && (name === 'baseline' || name === 'since_last')) {
    return problem(`"${subject.name}" is never kept in a record, so nothing can be held against one`, path)
  }
  if (nested && (name === 'baseline' || name === 'since_last')) {
    return problem(`"${name}" stands directly below a subject, not inside another operator`, path)
  }
  return undefined
}

function parseOp({ op, raw, subject, path }: Entry): Parsed<Op> {
  switch (op) {
    case 'eq':
    case 'ne':
      return map(parseEqual(raw, subject, path), (operand) => ({ op, operand }))
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return map(parseOperand(raw, subject, path, { ordered: true }), (operand) => ({ op, operand }))
    case 'between':
      return parseBetween(raw, subject, path)
    case 'in':
    case 'not_in':
      if (Array.isArray(raw) && raw.length === 0) return problem(`"${op}" needs at least one value`, path)
      return map(parseList(raw, subject, path), (values) => ({ op, values }))
    case 'matches':
    case 'not_matches':
      return map(parsePattern(raw, path), (pattern) => ({ op, pattern }))
    case 'contains':
    case 'not_contains':
      return map(parseOperand(raw, subject.type === 'list' ? elementOf(subject) : subject, path), (operand) => ({
        op,
        operand,
      }))
    case 'starts_with':
    case 'ends_with':
      if (typeof raw !== 'string') return problem(`"${op}" takes text, ${show(raw)} is not`, path)
      return { ok: true, value: { op, operand: { value: raw } } }
    case 'length':
      return nest(raw, { name: `length of ${subject.name}`, type: 'count', meaning: 'Its length.' }, path, op)
    case 'all':
    case 'any':
    case 'none':
      return nest(raw, elementOf(subject), path, op)
    case 'empty':
    case 'null':
    case 'exists':
      if (typeof raw !== 'boolean') return problem(`"${op}" takes true or false, not ${show(raw)}`, path)
      return { ok: true, value: { op, is: raw } }
    case 'baseline':
    case 'since_last':
      return map(parseDrift(raw, subject, path), (drift) => ({ op, drift }))
  }
}

function parseBetween(raw: unknown, subject: SubjectSpec, path: Path): Parsed<Op> {
  if (!Array.isArray(raw) || raw.length !== 2) {
    return problem('"between" takes two values, both included', path, 'write between: [low, high]')
  }
  const low = parseOperand(raw[0], subject, [...path, 0], { ordered: true })
  if (!low.ok) return low
  const high = parseOperand(raw[1], subject, [...path, 1], { ordered: true })
  return map(high, (value) => ({ op: 'between', low: low.value, high: value }))
}

function parsePattern(raw: unknown, path: Path): Parsed<string> {
  if (typeof raw !== 'string') return problem(`a pattern is text, ${show(raw)} is not`, path)
  try {
    compileRegex(raw)
    return { ok: true, value: raw }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return problem(`not a regular expression: ${why}`, path, 'RE2 syntax: no look-around, no back-references')
  }
}

const DRIFT_KEYS = ['drop_at_most', 'grow_at_most']

function parseDrift(raw: unknown, subject: SubjectSpec, path: Path): Parsed<Drift> {
  if (raw === 'same') return { ok: true, value: { same: true } }
  const form = 'write same, or { drop_at_most: 0.1%, grow_at_most: 5% }'
  if (raw === null || typeof raw !== 'object' || Array.isArray(raw)) {
    return problem(`${show(raw)} does not say how much it may drift`, path, form)
  }
  const entries = Object.entries(raw)
  const unknown = entries.find(([key]) => !DRIFT_KEYS.includes(key))
  if (unknown !== undefined) {
    return problem(`unknown key "${unknown[0]}"`, [...path, unknown[0]], didYouMean(unknown[0], DRIFT_KEYS) ?? form)
  }
  if (entries.length === 0) return problem('this says nothing about how much it may drift', path, form)
  if (!isNumericType(subject.type) && subject.type !== 'any') {
    return problem(`"${subject.name}" is ${article(subject.type)} and can only be "same"`, path)
  }
  let drift: Drift = { same: false }
  for (const [key, operand] of entries) {
    const bound = parseOperand(operand, subject, [...path, key], { percentOf: 'its record', ordered: true })
    if (!bound.ok) return bound
    if ('value' in bound.value && Number(bound.value.value) < 0) return problem('a negative drift', [...path, key])
    drift = { ...drift, [key === 'drop_at_most' ? 'dropAtMost' : 'growAtMost']: bound.value }
  }
  return { ok: true, value: drift }
}

function nest(raw: unknown, subject: SubjectSpec, path: Path, op: 'length' | 'all' | 'any' | 'none'): Parsed<Op> {
  const inner = parseAt(raw, subject, path, true)
  return inner.ok ? { ok: true, value: { op, matcher: inner.matcher } } : inner
}

function map<T>(parsed: Parsed<T>, make: (value: T) => Op): Parsed<Op> {
  return parsed.ok ? { ok: true, value: make(parsed.value) } : parsed
}

function article(type: string): string {
  if (type === 'text') return 'text'
  return `${/^[aio]/.test(type) ? 'an' : 'a'} ${type}`.replace('an any', 'any value')
}
