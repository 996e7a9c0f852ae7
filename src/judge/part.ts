/**
 * Judges one part of a divided check, and only what no other part can change: more of what is counted never undoes "too
 * many". All the rest is judged over the sums, when the parts are put together. Pure.
 */
import type { Observation } from '../kinds/kind.js'
import type { Assertion, Op } from './matcher.js'
import { decimal, isUnobserved } from './values.js'
import { type JudgeInput, judge, type Verdict } from './verdict.js'

/** `open`: subjects of which another part may make less. */
export function judgePart(input: JudgeInput, open: readonly string[]): Verdict {
  const { observation, subjects } = input
  const sure = new Set(
    subjects
      .filter(({ type, name }) => type === 'count' && !open.includes(name) && isObserved(observation, name))
      .map(({ name }) => name),
  )
  const assertions = input.check.assertions.flatMap((assertion) =>
    sure.has(assertion.subject) ? upper(assertion) : [],
  )
  return judge({ ...input, check: { assertions }, mayJudgeNothing: true })
}

function isObserved({ subjects }: Observation, name: string): boolean {
  const value = Object.hasOwn(subjects, name) ? subjects[name] : undefined
  return value !== undefined && !isUnobserved(value)
}

/** The assertion, less what is not an upper bound. */
function upper(assertion: Assertion): readonly Assertion[] {
  const ops = assertion.matcher.ops.flatMap(bound)
  return ops.length === 0 ? [] : [{ ...assertion, matcher: { ...assertion.matcher, ops } }]
}

function bound(op: Op): readonly Op[] {
  switch (op.op) {
    case 'lt':
    case 'lte':
      return 'value' in op.operand ? [op] : []
    case 'between':
      return 'value' in op.high ? [{ op: 'lte', operand: op.high }] : []
    case 'eq':
      if (!('value' in op.operand)) return []
      // None at all is a bound as it stands; of more, a part has fewer.
      return [decimal(op.operand.value)?.eq(0) === true ? op : { op: 'lte', operand: op.operand }]
    default:
      return []
  }
}
