/** Keeps what the other side sent out of everything that is told, and says instead what there was. */
import type { Observed, SubjectSpec } from '../kinds/kind.js'
import type { Value } from '../lib/value.js'
import type { Matcher, Op } from './matcher.js'
import { decimal, isUnobserved } from './values.js'

/** Longer texts are not values somebody compares by eye. */
const LONGEST = 200

/** What may be said instead of the value (`text of 12 characters`); undefined where the value itself may be told. */
export function withheldAs(
  value: Observed | undefined,
  { withheld }: SubjectSpec,
  matchers: readonly Matcher[],
  showData: boolean,
): string | undefined {
  if (withheld === undefined || value === undefined || value === null || isUnobserved(value)) return undefined
  if (withheld !== 'secret') {
    if (showData) return undefined
    const ops = matchers.flatMap((matcher) => matcher.ops)
    if (withheld === 'compared' && isShort(value) && ops.some((op) => compares(op, value))) return undefined
  }
  return sizeText(value)
}

/** Whether the check file names values of its own to hold it against. `ne` does not: `{ ne: "" }` fits a password. */
function compares({ op }: Op, value: Value): boolean {
  if (op === 'eq' || op === 'in') return true
  const ordered = op === 'gt' || op === 'gte' || op === 'lt' || op === 'lte' || op === 'between'
  return ordered && decimal(value) !== undefined
}

function isShort(value: Value): boolean {
  return Array.isArray(value)
    ? value.length <= LONGEST / 10 && value.every((item: Value) => isShort(item))
    : typeof value !== 'string' || value.length <= LONGEST
}

function sizeText(value: Value): string {
  if (Array.isArray(value)) return value.length === 1 ? 'a list of 1 entry' : `a list of ${value.length} entries`
  if (typeof value !== 'string') return typeof value === 'boolean' ? 'true or false' : 'a number'
  return value.length === 1 ? 'text of 1 character' : `text of ${value.length} characters`
}
