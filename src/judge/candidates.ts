/**
 * Values that decide whether numeric matchers can break or hold: every operand, its neighbours, the bounds of the
 * subject's domain, and denominators and records large enough that no rounding hides a difference.
 */
import { Big } from 'big.js'
import type { SubjectSpec } from '../kinds/kind.js'
import { isNumeric, toBig } from '../lib/value.js'
import type { Matcher, Op, Operand } from './matcher.js'

/** One world to try a matcher in. `whole` is the denominator, `was` the recorded value. */
export interface Candidate {
  readonly value: Big
  readonly whole: Big
  readonly was: Big
}

interface Operands {
  readonly constants: readonly Big[]
  readonly percents: readonly Big[]
  /** Percentages of a record rather than of the denominator. */
  readonly drifts: readonly Big[]
}

/** Above this many worlds nothing is proven. */
const MOST = 50_000

/** Ends with "too many" where there would be more than can be tried. */
export function* numericCandidates(
  matchers: readonly Matcher[],
  subject: SubjectSpec,
): Generator<Candidate | 'too many', void, void> {
  const operands = operandsOf(matchers)
  const whole = subject.type === 'count' || subject.type === 'integer' || subject.type === 'size'
  const least = subject.type === 'count' || subject.type === 'size' ? new Big(0) : undefined
  const wholes = subject.of === undefined ? [new Big(1)] : denominators(operands)
  const records = matchers.some(hasDrift) ? denominators(operands) : [new Big(1)]
  let made = 0
  for (const denominator of wholes) {
    for (const was of records) {
      for (const value of values(operands, denominator, was, whole)) {
        if (least !== undefined && value.lt(least)) continue
        if (subject.of !== undefined && subject.mayExceed !== true && value.gt(denominator)) continue
        made++
        yield { value, whole: denominator, was }
      }
      if (made > MOST) {
        yield 'too many'
        return
      }
    }
  }
}

function operandsOf(matchers: readonly Matcher[]): Operands {
  const constants: Big[] = []
  const percents: Big[] = []
  const drifts: Big[] = []
  const add = (operand: Operand | undefined, into: Big[]) => {
    if (operand === undefined) return
    if ('percent' in operand) into.push(operand.percent)
    else if (isNumeric(operand.value)) constants.push(toBig(operand.value))
  }
  for (const op of matchers.flatMap((matcher) => matcher.ops)) {
    for (const operand of plainOperands(op)) add(operand, percents)
    if (op.op === 'baseline' || op.op === 'since_last') {
      add(op.drift.dropAtMost, drifts)
      add(op.drift.growAtMost, drifts)
    }
  }
  return { constants, percents, drifts }
}

function plainOperands(op: Op): readonly Operand[] {
  if (op.op === 'between') return [op.low, op.high]
  if (op.op === 'in' || op.op === 'not_in') return op.values.map((value) => ({ value }))
  return 'operand' in op ? [op.operand] : []
}

export function hasDrift(matcher: Matcher): boolean {
  return matcher.ops.some((op) => op.op === 'baseline' || op.op === 'since_last')
}

/** Positive, and among them one so large that a percentage of it is whole and every constant is small beside it. */
function denominators({ constants, percents, drifts }: Operands): readonly Big[] {
  const all = [...percents, ...drifts]
  const places = Math.max(0, ...all.map((percent) => Math.max(0, percent.c.length - 1 - percent.e)))
  const largest = constants.reduce((most, one) => (one.abs().gt(most) ? one.abs() : most), new Big(1))
  const scale = new Big(10).pow(places + 4)
  const meeting = constants.flatMap((one) =>
    all.filter((percent) => percent.gt(0)).flatMap((percent) => around(one.times(100).div(percent).round(0, 0))),
  )
  const out = [1, 2, 3, 100].map((one) => new Big(one))
  out.push(scale, scale.times(largest.round(0, 3)).times(2), ...constants.flatMap((one) => around(one)), ...meeting)
  return unique(out.filter((one) => one.gt(0)).map((one) => one.round(0, 3)))
}

function values({ constants, percents, drifts }: Operands, denominator: Big, was: Big, whole: boolean): readonly Big[] {
  const marks = [
    new Big(0),
    denominator,
    was,
    ...constants,
    ...percents.map((percent) => percent.times(denominator).times('0.01')),
    ...drifts.flatMap((percent) => [1, -1].map((way) => was.plus(percent.times(was).times('0.01').times(way)))),
    ...constants.flatMap((one) => [was.plus(one), was.minus(one)]),
  ]
  const far = marks
    .reduce((most, one) => (one.abs().gt(most) ? one.abs() : most), new Big(1))
    .times(2)
    .plus(1)
  const near = [...marks, far, far.times(-1)].flatMap((mark) => around(mark))
  if (whole) return unique(near.flatMap((mark) => [mark.round(0, 0), mark.round(0, 3)]))
  const sorted = [...unique(near)].sort((a, b) => a.cmp(b))
  const between = sorted.slice(1).map((one, index) => one.plus(sorted[index] ?? one).times('0.5'))
  return unique([...sorted, ...between])
}

function around(mark: Big): readonly Big[] {
  return [mark.minus(1), mark, mark.plus(1)]
}

function unique(bigs: readonly Big[]): readonly Big[] {
  return [...new Map(bigs.map((one) => [one.toFixed(), one])).values()]
}
