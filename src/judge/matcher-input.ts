/** A matcher as a check file would write it, for a recording that is judged later: reading it gives the same matcher. */
import type { SubjectType } from '../kinds/kind.js'
import { type Json, type Value, valueToJson } from '../lib/value.js'
import type { Drift, Matcher, Op, Operand } from './matcher.js'

export function matcherInput({ ops }: Pick<Matcher, 'ops'>, type: SubjectType): Json {
  return Object.fromEntries(ops.map((op) => [op.op, operandOf(op, type)]))
}

function operandOf(op: Op, type: SubjectType): Json {
  switch (op.op) {
    case 'between':
      return [written(op.low, type), written(op.high, type)]
    case 'in':
    case 'not_in':
      return op.values.map((value) => plain(value, type))
    case 'matches':
    case 'not_matches':
      return op.pattern
    case 'length':
      return matcherInput(op.matcher, 'count')
    case 'all':
    case 'any':
    case 'none':
      return matcherInput(op.matcher, 'any')
    case 'empty':
    case 'null':
    case 'exists':
      return op.is
    case 'baseline':
    case 'since_last':
      return drift(op.drift, type)
    default:
      return written(op.operand, type)
  }
}

function drift({ same, dropAtMost, growAtMost }: Drift, type: SubjectType): Json {
  if (same) return 'same'
  return {
    ...(dropAtMost === undefined ? {} : { drop_at_most: written(dropAtMost, type) }),
    ...(growAtMost === undefined ? {} : { grow_at_most: written(growAtMost, type) }),
  }
}

function written(operand: Operand, type: SubjectType): Json {
  return 'percent' in operand ? `${operand.percent.toFixed()}%` : plain(operand.value, type)
}

function plain(value: Value, type: SubjectType): Json {
  if (typeof value === 'number' && type === 'duration') return `${value}ms`
  if (typeof value === 'number' && type === 'size') return `${value}B`
  return valueToJson(value)
}
