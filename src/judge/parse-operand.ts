/** Reads one operand as the type of its subject wants it. No coercion: "5" is not 5, and 30 is not 30s. */
import { Big } from 'big.js'
import type { SubjectSpec } from '../kinds/kind.js'
import { DURATION_FORM, PERCENT_FORM, parseDuration, parsePercent, parseSize, SIZE_FORM } from '../lib/units.js'
import type { Scalar, Value } from '../lib/value.js'
import type { Operand } from './matcher.js'

/** What is wrong with a matcher, and where below it. */
export interface MatcherProblem {
  readonly ok: false
  readonly message: string
  readonly hint?: string | undefined
  readonly path: readonly (string | number)[]
}

export type Parsed<T> = { readonly ok: true; readonly value: T } | MatcherProblem
type Path = readonly (string | number)[]

export function problem(message: string, path: Path, hint?: string): MatcherProblem {
  return { ok: false, message, path, ...(hint === undefined ? {} : { hint }) }
}

const good = <T>(value: T): Parsed<T> => ({ ok: true, value })

/** A percentage where the subject has a denominator (or `percentOf` names another one), else a value of its type. */
export function parseOperand(
  raw: unknown,
  subject: SubjectSpec,
  path: Path,
  options: { readonly percentOf?: string; readonly ordered?: boolean } = {},
): Parsed<Operand> {
  const percent = typeof raw === 'string' ? parsePercent(raw) : undefined
  const plainText = subject.type === 'text' || subject.type === 'boolean' || subject.type === 'list'
  const freeText = subject.type === 'any' && options.ordered !== true && subject.of === undefined
  if (percent !== undefined && !plainText && !freeText) {
    if (subject.of === undefined && options.percentOf === undefined) {
      return problem(`"${subject.name}" has no denominator, so ${raw} says nothing about it`, path)
    }
    return good({ percent: new Big(percent) })
  }
  if (options.ordered === true && subject.type === 'any' && typeof raw !== 'number' && typeof raw !== 'bigint') {
    return problem(`${show(raw)} has no order here: only numbers are compared by size`, path)
  }
  const value = parseScalar(raw, subject, path)
  return value.ok ? good({ value: value.value }) : value
}

/** A value to be equal to: a scalar of the subject's type, or for a list subject a list of scalars. */
export function parseEqual(raw: unknown, subject: SubjectSpec, path: Path): Parsed<Operand> {
  if (subject.type === 'list' || (subject.type === 'any' && Array.isArray(raw))) {
    if (!Array.isArray(raw)) return problem(`"${subject.name}" is a list`, path, 'write [a, b], or contains: a')
    const list = parseList(raw, elementOf(subject), path)
    return list.ok ? good({ value: list.value }) : list
  }
  return parseOperand(raw, subject, path)
}

export function parseList(raw: unknown, subject: SubjectSpec, path: Path): Parsed<readonly Value[]> {
  if (!Array.isArray(raw)) return problem('a list of values belongs here', path, 'write [a, b]')
  const values: Scalar[] = []
  for (const [index, item] of raw.entries()) {
    const value = parseScalar(item, subject, [...path, index])
    if (!value.ok) return value
    values.push(value.value)
  }
  return good(values)
}

/** What the members of a list are held against as. */
export function elementOf(subject: SubjectSpec): SubjectSpec {
  return { name: subject.name, type: 'any', meaning: subject.meaning }
}

function parseScalar(raw: unknown, subject: SubjectSpec, path: Path): Parsed<Scalar> {
  const { name, type } = subject
  if (raw === null || raw === undefined) {
    return problem(`nothing is given to compare "${name}" with`, path, 'to expect NULL write { null: true }')
  }
  if (typeof raw === 'object') return problem(`one value belongs here, not ${show(raw)}`, path)
  switch (type) {
    case 'duration':
      return withUnit(raw, parseDuration, `"${name}" is a duration: ${DURATION_FORM}`, path)
    case 'size':
      return withUnit(raw, parseSize, `"${name}" is a size: ${SIZE_FORM}`, path)
    case 'text':
      if (typeof raw === 'string') return good(raw)
      return problem(`"${name}" is text, ${show(raw)} is not`, path, `write "${String(raw)}"`)
    case 'boolean':
      if (typeof raw === 'boolean') return good(raw)
      return problem(`"${name}" is true or false, not ${show(raw)}`, path)
    case 'count':
    case 'integer':
    case 'number':
      return parseNumber(raw, subject, path)
    case 'list':
    case 'any':
      return typeof raw === 'number' ? parseNumber(raw, subject, path) : good(raw as Scalar)
  }
}

function parseNumber(raw: unknown, subject: SubjectSpec, path: Path): Parsed<number | bigint> {
  const whole = subject.type === 'count' || subject.type === 'integer'
  if (typeof raw === 'bigint') return good(raw)
  if (typeof raw !== 'number') {
    const form = subject.of === undefined ? '' : `; ${PERCENT_FORM}`
    return problem(`"${subject.name}" is a number, ${show(raw)} is not${form}`, path)
  }
  if (!Number.isFinite(raw)) return problem(`${raw} is not a number one can compare with`, path)
  if (Number.isInteger(raw) && !Number.isSafeInteger(raw)) {
    return problem(`${raw} is beyond what a YAML number holds exactly`, path, 'compare in SQL and expect true')
  }
  if (whole && !Number.isInteger(raw)) return problem(`"${subject.name}" is a whole number, ${raw} is not`, path)
  return good(raw)
}

function withUnit(
  raw: unknown,
  parse: (text: string) => number | undefined,
  message: string,
  path: Path,
): Parsed<number> {
  const value = typeof raw === 'string' ? parse(raw) : undefined
  if (value !== undefined) return good(value)
  return problem(message, path, typeof raw === 'number' ? `${raw} has no unit` : undefined)
}

export function show(raw: unknown): string {
  if (typeof raw === 'bigint') return raw.toString()
  return JSON.stringify(raw) ?? String(raw)
}
