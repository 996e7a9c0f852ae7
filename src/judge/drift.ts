/** How a value may differ from the one on record. */
import { Big } from 'big.js'
import { isNumeric, type Json, toBig, type Value } from '../lib/value.js'
import { type Held, held, unevaluated } from './held.js'
import type { Drift, Operand } from './matcher.js'
import type { Recorded } from './record.js'
import { decimal, sameValue, typeName } from './values.js'

/** `was` is the recorded value, for people. A bound that is not given does not bind. */
export function driftHolds(
  value: Value,
  drift: Drift,
  recorded: Recorded,
  subject: string,
): { readonly held: Held; readonly was?: Json } {
  if ('dropped' in recorded) return { held: { is: 'dropped', reason: recorded.dropped } }
  if ('missing' in recorded) return { held: unevaluated(recorded.missing) }
  const { subjects, unobserved } = recorded.record
  if (Object.hasOwn(unobserved, subject)) {
    return { held: unevaluated(`"${subject}" was not measured when it was recorded: ${unobserved[subject]}`) }
  }
  const was = Object.hasOwn(subjects, subject) ? subjects[subject] : undefined
  if (was === undefined) return { held: unevaluated(`the record does not have "${subject}"`) }
  return { held: within(value, fromRecord(was, value), drift), was }
}

function within(value: Value, was: Value, drift: Drift): Held {
  if (drift.same) return held(sameValue(value, was))
  const [now, then] = [decimal(value), decimal(was)]
  if (now === undefined) return unevaluated(`it is ${typeName(value)}, not a number`)
  if (then === undefined) return unevaluated(`the record is ${typeName(was)}, not a number`)
  const grown = now.minus(then)
  const grows = grown.gte(0)
  if (then.eq(0) && (isPercent(drift.dropAtMost) || isPercent(drift.growAtMost))) return held(grown.eq(0))
  const bound = grows ? drift.growAtMost : drift.dropAtMost
  return held(bound === undefined || grown.abs().lte(allowed(bound, then)))
}

function isPercent(operand: Operand | undefined): boolean {
  return operand !== undefined && 'percent' in operand
}

function allowed(bound: Operand, then: Big): Big {
  if ('percent' in bound) return bound.percent.times(then.abs()).times('0.01')
  return isNumeric(bound.value) ? toBig(bound.value) : new Big(0)
}

const DECIMAL = /^-?\d+(?:\.\d+)?$/

/** Records keep a number that a double cannot hold as text; beside a number it is read as one again. */
function fromRecord(was: Json, beside: Value): Value {
  if (typeof was === 'string' && isNumeric(beside) && DECIMAL.test(was)) return new Big(was)
  return was as Value
}
