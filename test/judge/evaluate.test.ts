import { Big } from 'big.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../src/judge/evaluate.js'
import type { Recorded } from '../../src/judge/record.js'
import type { Observed, SubjectSpec, SubjectType } from '../../src/kinds/kind.js'
import { matcherOf } from './matcher-of.js'

const ABSENT: Recorded = { missing: 'no baseline was given' }
const subject = (type: SubjectType, of?: string): SubjectSpec => ({
  name: 's',
  type,
  meaning: '',
  ...(of === undefined ? {} : { of }),
})

interface Given {
  readonly of?: string
  readonly subjects?: Record<string, Observed>
  readonly baseline?: Recorded
  readonly previous?: Recorded
}

function outcome(type: SubjectType, raw: unknown, observed: Observed | undefined, given: Given = {}) {
  const spec = subject(type, given.of)
  const { results } = evaluate(matcherOf(raw, spec), observed, {
    subject: spec,
    subjects: given.subjects ?? {},
    baseline: given.baseline ?? ABSENT,
    previous: given.previous ?? { dropped: 'no earlier run' },
  })
  return results.map((one) => one.dropped ?? one.unevaluated ?? one.ok)
}

const record = (value: unknown, unobserved: Record<string, string> = {}): Given => ({
  baseline: { record: { subjects: value === undefined ? {} : { s: value as never }, unobserved } },
})
const rows = (count: Observed): Given => ({ of: 'rows', subjects: { rows: count } })

type Case = [SubjectType, unknown, Observed | undefined, unknown[], Given?]

const CASES: Record<string, Case[]> = {
  numbers: [
    ['count', 0, 0, [true]],
    ['count', 0, 1, [false]],
    ['count', { gte: 1, lt: 10 }, 10, [true, false]],
    ['count', { between: [1, 5] }, 1, [true]],
    ['count', { between: [1, 5] }, 5, [true]],
    ['count', { between: [1, 5] }, 6, [false]],
    ['count', { ne: 3 }, 3, [false]],
    ['count', { in: [1, 2] }, 2n, [true]],
    ['count', { not_in: [1, 2] }, 2, [false]],
    ['any', { eq: 0.3 }, new Big('0.3'), [true]],
    ['any', { eq: 0.3 }, new Big('0.30000000000000004'), [false]],
    ['any', { gt: 9007199254740992n }, 9007199254740993n, [true]],
    ['number', { gt: 1 }, Number.NaN, ['it is not a finite number, not a number']],
    ['duration', { lt: '800ms' }, 800, [false]],
    ['duration', { lte: '1s' }, 1000, [true]],
    ['size', { gte: '2KiB' }, 2048, [true]],
  ],
  'no coercion': [
    ['any', 5, '5', [false]],
    ['any', '5', 5, [false]],
    ['any', { gt: 4 }, '5', ['it is text, not a number']],
    ['any', true, 1, [false]],
    ['any', { matches: '5' }, 5, ['it is a number, not text']],
    ['any', { contains: '5' }, 55, ['it is a number, neither text nor a list']],
  ],
  percentages: [
    ['count', { lte: '1%' }, 1, [true], rows(100)],
    ['count', { lte: '1%' }, 2, [false], rows(199)],
    ['count', { lte: '0.1%' }, 3n, [true], rows(3000n)],
    ['count', { gt: '33.333333333333333333333%' }, 1, [true], rows(3)],
    ['count', { eq: '50%' }, 2, [true], rows(4)],
    ['count', { between: ['10%', '20%'] }, 2, [true], rows(10)],
    ['count', { lte: '1%' }, 0, ['"rows" is 0, so a percentage of it says nothing'], rows(0)],
    [
      'count',
      { lte: '1%' },
      0,
      [expect.stringContaining('"rows" was not measured: no rights')],
      rows({ unobserved: 'no rights' }),
    ],
    ['count', { lte: '1%' }, 0, [expect.stringContaining('"rows" was not measured')], { of: 'rows' }],
  ],
  'what was not observed never equals anything': [
    ['count', 0, { unobserved: 'verify: none' }, ['"s" was not measured: verify: none']],
    ['count', { ne: 0 }, undefined, ['"s" was not measured']],
    ['any', { null: true }, undefined, ['"s" was not measured']],
    ['any', { exists: false }, { unobserved: 'x' }, ['"s" was not measured: x']],
    ['count', { baseline: 'same' }, undefined, ['"s" was not measured'], record(0)],
  ],
  nulls: [
    ['any', 5, null, ['"s" is NULL, which nothing expects']],
    ['any', { ne: 5 }, null, ['"s" is NULL, which nothing expects']],
    ['any', { null: true }, null, [true]],
    ['any', { null: false }, null, [false]],
    ['any', { null: true }, 0, [false]],
    ['any', { exists: true }, null, [false]],
    ['any', { exists: true }, '', [true]],
    ['any', { exists: false }, null, [true]],
  ],
  texts: [
    ['text', 'ok', 'ok', [true]],
    ['text', 'ok', 'OK', [false]],
    ['text', { matches: 'b' }, 'abc', [true]],
    ['text', { matches: '^b' }, 'abc', [false]],
    ['text', { not_matches: '^b' }, 'abc', [true]],
    ['text', { matches: '(a+)+$' }, `${'a'.repeat(50)}!`, [false]],
    ['text', { contains: 'b', not_contains: 'z' }, 'abc', [true, true]],
    ['text', { starts_with: 'ab', ends_with: 'bc' }, 'abc', [true, true]],
    ['text', { starts_with: 'b' }, 'abc', [false]],
    ['text', { length: { lte: 2 } }, '😀😀', [true]],
    ['text', { length: 3 }, '😀😀', [false]],
    ['text', { empty: true }, '', [true]],
    ['text', { empty: false }, '', [false]],
  ],
  lists: [
    ['list', { contains: 'a' }, ['a', 'b'], [true]],
    ['list', { not_contains: 'a' }, ['a', 'b'], [false]],
    ['list', { contains: 1 }, ['1'], [false]],
    ['list', { eq: ['a', 'b'] }, ['a', 'b'], [true]],
    ['list', { eq: ['a', 'b'] }, ['b', 'a'], [false]],
    ['list', { length: { gte: 2 } }, ['a'], [false]],
    ['list', { empty: true }, [], [true]],
    ['list', { all: { starts_with: 'a' } }, ['ab', 'ac'], [true]],
    ['list', { all: { starts_with: 'a' } }, ['ab', 'b'], [false]],
    ['list', { all: { gt: 1 } }, [2, 'x'], ['it is text, not a number']],
    ['list', { all: { gt: 1 } }, [0, 'x'], [false]],
    ['list', { all: { gt: 1 } }, [], [expect.stringContaining('list is empty')]],
    ['list', { any: { gt: 1 } }, ['x', 2], [true]],
    ['list', { any: { gt: 1 } }, ['x', 0], ['it is text, not a number']],
    ['list', { any: { gt: 1 } }, [], [false]],
    ['list', { none: 'a' }, [], [true]],
    ['list', { none: 'a' }, ['b', 'a'], [false]],
    ['list', { none: 'a' }, ['b'], [true]],
    ['list', { none: { gt: 1 } }, ['x'], ['it is text, not a number']],
  ],
  records: [
    ['count', { baseline: 'same' }, 5, [true], record(5)],
    ['count', { baseline: 'same' }, 5, [false], record(6)],
    ['count', { baseline: 'same' }, 5, ['no baseline was given']],
    ['count', { baseline: 'same' }, 5, ['the record does not have "s"'], record(undefined)],
    [
      'count',
      { baseline: 'same' },
      5,
      [expect.stringContaining('when it was recorded: forbidden')],
      record(5, { s: 'forbidden' }),
    ],
    ['count', { baseline: 'same' }, 5, ['--no-baseline'], { baseline: { dropped: '--no-baseline' } }],
    ['count', { gte: 1, since_last: 'same' }, 5, [true, 'no earlier run']],
    ['count', { baseline: { drop_at_most: 5 } }, 95, [true], record(100)],
    ['count', { baseline: { drop_at_most: 5 } }, 94, [false], record(100)],
    ['count', { baseline: { drop_at_most: 5 } }, 1000, [true], record(100)],
    ['count', { baseline: { drop_at_most: '0.1%' } }, 999, [true], record(1000)],
    ['count', { baseline: { drop_at_most: '0.1%' } }, 998, [false], record(1000)],
    ['count', { baseline: { grow_at_most: '10%' } }, 110, [true], record(100)],
    ['count', { baseline: { grow_at_most: '10%' } }, 111, [false], record(100)],
    ['count', { baseline: { grow_at_most: '10%' } }, 0, [true], record(100)],
    ['count', { baseline: { drop_at_most: '5%' } }, 0, [true], record(0)],
    ['count', { baseline: { drop_at_most: '5%' } }, 1, [false], record(0)],
    ['count', { baseline: { drop_at_most: 0 } }, 1, [true], record(0)],
    ['count', { baseline: 'same' }, 12345678901234567890n, [true], record('12345678901234567890')],
    ['count', { baseline: 'same' }, 12345678901234567891n, [false], record('12345678901234567890')],
    ['text', { baseline: 'same' }, 'C.UTF-8', [true], record('C.UTF-8')],
    ['any', { baseline: 'same' }, '5', [false], record(5)],
    ['list', { baseline: 'same' }, ['a', 1], [true], record(['a', 1])],
    ['any', { baseline: { drop_at_most: 1 } }, 'x', ['it is text, not a number'], record(5)],
    ['any', { baseline: { drop_at_most: 1 } }, 5, ['the record is text, not a number'], record('x')],
  ],
}

describe.each(Object.entries(CASES))('%s', (_, cases) => {
  test.each(cases)('%s %o against %o: %o', (type, raw, observed, expected, given) => {
    expect(outcome(type, raw, observed, given)).toEqual(expected)
  })
})

test('a result says what was expected, what was there and what was on record', () => {
  const spec = subject('count')
  const { results } = evaluate(matcherOf({ gte: 1, baseline: { drop_at_most: '0.1%' } }, spec), 12345678901234567890n, {
    subject: spec,
    subjects: {},
    baseline: { record: { subjects: { s: 5000 }, unobserved: {} } },
    previous: ABSENT,
  })
  expect(results).toEqual([
    { op: 'gte', expected: 'gte 1', actual: '12345678901234567890', ok: true },
    { op: 'baseline', expected: 'baseline drop_at_most 0.1% (was 5000)', actual: '12345678901234567890', ok: true },
  ])
})

test('comparisons agree with whole-number arithmetic, however large', () => {
  fc.assert(
    fc.property(fc.bigInt(), fc.bigInt(), (a, b) => {
      expect(outcome('integer', { gt: b, gte: b, lt: b, lte: b, eq: b }, a)).toEqual([
        a > b,
        a >= b,
        a < b,
        a <= b,
        a === b,
      ])
    }),
  )
})

test('percentages agree with whole-number arithmetic, however large', () => {
  const percent = fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 999 }))
  fc.assert(
    fc.property(fc.bigInt({ min: 0n }), fc.bigInt({ min: 1n }), percent, (value, whole, [units, mille]) => {
      const text = `${units}.${String(mille).padStart(3, '0')}%`
      const holds = value * 100_000n <= whole * BigInt(units * 1000 + mille)
      expect(outcome('count', { lte: text }, value, rows(whole))).toEqual([holds])
    }),
  )
})
