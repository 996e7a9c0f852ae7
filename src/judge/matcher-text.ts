/** A matcher in words for people, compact and the same however the file spelt it. */
import { Big } from 'big.js'
import type { SubjectType } from '../kinds/kind.js'
import type { Value } from '../lib/value.js'
import type { Drift, Op, Operand } from './matcher.js'

const DURATIONS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const
const SIZES = [
  ['PiB', 2 ** 50],
  ['TiB', 2 ** 40],
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
  ['PB', 1e15],
  ['TB', 1e12],
  ['GB', 1e9],
  ['MB', 1e6],
  ['kB', 1e3],
] as const

/** `gte 1`, `between 1 and 5`, `in [200, 204]`, `baseline drop_at_most 0.1%`; equality is the bare value. */
export function opText(op: Op, type: SubjectType): string {
  switch (op.op) {
    case 'eq':
      return operandText(op.operand, type)
    case 'ne':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
    case 'contains':
    case 'not_contains':
    case 'starts_with':
    case 'ends_with':
      return `${op.op} ${operandText(op.operand, type)}`
    case 'between':
      return `between ${operandText(op.low, type)} and ${operandText(op.high, type)}`
    case 'in':
    case 'not_in':
      return `${op.op} ${valueText(op.values, type)}`
    case 'matches':
    case 'not_matches':
      return `${op.op} ${JSON.stringify(op.pattern)}`
    case 'length':
    case 'all':
    case 'any':
    case 'none':
      return `${op.op} (${op.matcher.text})`
    case 'empty':
    case 'null':
    case 'exists':
      return op.is ? op.op : `not ${op.op}`
    case 'baseline':
    case 'since_last':
      return `${op.op} ${driftText(op.drift, type)}`
  }
}

export function matcherText(ops: readonly Op[], type: SubjectType): string {
  return ops.map((op) => opText(op, type)).join(', ')
}

function driftText(drift: Drift, type: SubjectType): string {
  if (drift.same) return 'same'
  const parts: string[] = []
  if (drift.dropAtMost !== undefined) parts.push(`drop_at_most ${operandText(drift.dropAtMost, type)}`)
  if (drift.growAtMost !== undefined) parts.push(`grow_at_most ${operandText(drift.growAtMost, type)}`)
  return parts.join(' and ')
}

export function operandText(operand: Operand, type: SubjectType): string {
  return 'percent' in operand ? `${operand.percent.toFixed()}%` : valueText(operand.value, type)
}

/** Durations and sizes in the unit that holds them exactly and is shortest to read. */
function valueText(value: Value, type: SubjectType): string {
  if (Array.isArray(value)) return `[${value.map((item: Value) => valueText(item, type)).join(', ')}]`
  if (typeof value === 'number' && type === 'duration') return inUnits(value, DURATIONS, 'ms')
  if (typeof value === 'number' && type === 'size') return inUnits(value, SIZES, 'B')
  if (typeof value === 'string') return JSON.stringify(value)
  return value instanceof Big ? value.toFixed() : String(value)
}

function inUnits(value: number, units: readonly (readonly [string, number])[], least: string): string {
  const exact = value === 0 ? [] : units.filter(([, size]) => value % size === 0)
  const texts = exact.map(([name, size]) => `${value / size}${name}`)
  return texts.reduce((best, text) => (text.length < best.length ? text : best), `${value}${least}`)
}
