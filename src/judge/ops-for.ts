import type { SubjectType } from '../kinds/kind.js'
import { OPS, type OpName } from './matcher.js'

const EQUALITY = ['eq', 'ne', 'in', 'not_in'] as const
const ORDER = ['gt', 'gte', 'lt', 'lte', 'between'] as const
const TEXT = ['matches', 'not_matches', 'contains', 'not_contains', 'starts_with', 'ends_with'] as const
const PRESENCE = ['null', 'exists'] as const
const RECORD = ['baseline', 'since_last'] as const
const NUMERIC: readonly OpName[] = [...EQUALITY, ...ORDER, ...PRESENCE, ...RECORD]

const BY_TYPE: Readonly<Record<SubjectType, readonly OpName[]>> = {
  count: NUMERIC,
  integer: NUMERIC,
  number: NUMERIC,
  duration: NUMERIC,
  size: NUMERIC,
  text: [...EQUALITY, ...TEXT, 'length', 'empty', ...PRESENCE, ...RECORD],
  boolean: [...EQUALITY, ...PRESENCE, ...RECORD],
  list: ['eq', 'ne', 'contains', 'not_contains', 'length', 'empty', 'all', 'any', 'none', ...PRESENCE, ...RECORD],
  any: OPS,
}

/** Operators a subject of this type can be held against; there is no coercion that would widen it. */
export function opsFor(type: SubjectType): readonly OpName[] {
  return BY_TYPE[type]
}

/** Types whose values are exact numbers, whatever unit they are written in. */
export function isNumericType(type: SubjectType): boolean {
  return type === 'count' || type === 'integer' || type === 'number' || type === 'duration' || type === 'size'
}
