/** The shape of a matcher; `parse-matcher.ts` reads it from a check file, `evaluate.ts` holds a value against it. */
import type { Big } from 'big.js'
import type { Excerpt } from '../lib/position.js'
import type { Json, Value } from '../lib/value.js'

/** `expect` breaks into *fail*, `warn` into *warn*, `tell` (defaults of a kind only) into *error*. */
export type Level = 'expect' | 'warn' | 'tell'

export const OPS = [
  'eq',
  'ne',
  'gt',
  'gte',
  'lt',
  'lte',
  'between',
  'in',
  'not_in',
  'matches',
  'not_matches',
  'contains',
  'not_contains',
  'starts_with',
  'ends_with',
  'length',
  'empty',
  'null',
  'exists',
  'all',
  'any',
  'none',
  'baseline',
  'since_last',
] as const
export type OpName = (typeof OPS)[number]

/** A matcher as a check file writes it: a scalar, or a mapping of operators. */
export type MatcherInput = Json

/** An operand of a comparison: a value, or a part of the subject's denominator. */
export type Operand = { readonly value: Value } | { readonly percent: Big }

export interface Drift {
  /** `same`: neither may differ. Otherwise how much less and more than the record is allowed. */
  readonly same: boolean
  readonly dropAtMost?: Operand | undefined
  readonly growAtMost?: Operand | undefined
}

export type Op =
  | { readonly op: 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte'; readonly operand: Operand }
  | { readonly op: 'between'; readonly low: Operand; readonly high: Operand }
  | { readonly op: 'in' | 'not_in'; readonly values: readonly Value[] }
  | { readonly op: 'matches' | 'not_matches'; readonly pattern: string }
  | { readonly op: 'contains' | 'not_contains' | 'starts_with' | 'ends_with'; readonly operand: Operand }
  | { readonly op: 'length'; readonly matcher: Matcher }
  | { readonly op: 'empty' | 'null' | 'exists'; readonly is: boolean }
  | { readonly op: 'all' | 'any' | 'none'; readonly matcher: Matcher }
  | { readonly op: 'baseline' | 'since_last'; readonly drift: Drift }

/** All must hold. `text` is the matcher as the check file wrote it, for people. */
export interface Matcher {
  readonly ops: readonly Op[]
  readonly text: string
}

export interface Assertion {
  readonly level: Level
  readonly subject: string
  readonly matcher: Matcher
  /** Whether the check file says so or the kind's default does. */
  readonly origin: 'file' | 'default'
  readonly place?: Excerpt | undefined
}
