/** Subjects as numbers to draw. */
import type { Json } from '../lib/value.js'

/** Numbers that a double does not hold are kept as text. Undefined for what is no number. */
export function numberOf(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined
}
