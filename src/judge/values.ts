/** Comparing values: exactly, and never across types. */
import type { Big } from 'big.js'
import type { Observed, Unobserved } from '../kinds/kind.js'
import { isNumeric, toBig, type Value } from '../lib/value.js'

export function isUnobserved(observed: Observed | undefined): observed is Unobserved {
  return typeof observed === 'object' && observed !== null && 'unobserved' in observed
}

/** A number as an exact decimal; undefined for what is no finite number. */
export function decimal(value: Value): Big | undefined {
  if (!isNumeric(value) || (typeof value === 'number' && !Number.isFinite(value))) return undefined
  return toBig(value)
}

export function sameValue(a: Value, b: Value): boolean {
  const [left, right] = [decimal(a), decimal(b)]
  if (left !== undefined && right !== undefined) return left.eq(right)
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item: Value, index) => sameValue(item, b[index] as Value))
  }
  return a === b
}

/** What a value is, in a word; never the value itself, which may be data of a row. */
export function typeName(value: Value): string {
  if (value === null) return 'NULL'
  if (Array.isArray(value)) return 'a list'
  if (isNumeric(value)) return decimal(value) === undefined ? 'not a finite number' : 'a number'
  return typeof value === 'string' ? 'text' : 'true or false'
}
