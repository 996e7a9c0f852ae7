/** Parameters of a check file, as PostgreSQL reads them. */
import { Big } from 'big.js'
import type { Scalar } from '../lib/value.js'

export type Param = Scalar | readonly Scalar[]

/** The text form of a value; null is SQL NULL. A list becomes an array literal. */
export function paramText(value: Param): string | null {
  if (value === null) return null
  if (Array.isArray(value)) return `{${value.map(element).join(',')}}`
  return scalarText(value as Exclude<Scalar, null>)
}

function scalarText(value: Exclude<Scalar, null>): string {
  return value instanceof Big ? value.toFixed() : String(value)
}

function element(value: Scalar): string {
  return value === null ? 'NULL' : `"${scalarText(value).replaceAll(/["\\]/g, '\\$&')}"`
}
