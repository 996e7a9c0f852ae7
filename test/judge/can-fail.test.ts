import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { provable, weaker } from '../../src/judge/can-fail.js'
import { evaluate } from '../../src/judge/evaluate.js'
import type { SubjectSpec, SubjectType } from '../../src/kinds/kind.js'
import type { Value } from '../../src/lib/value.js'
import { matcherOf } from './matcher-of.js'

const subject = (type: SubjectType, of?: string): SubjectSpec => ({
  name: 's',
  type,
  meaning: '',
  ...(of === undefined ? {} : { of }),
})

type Case = [SubjectType, unknown, { canFail: boolean; canPass: boolean }, string?]
const FINE = { canFail: true, canPass: true }
const CANNOT_FAIL = { canFail: false, canPass: true }
const CANNOT_PASS = { canFail: true, canPass: false }

const CASES: Case[] = [
  ['count', 0, FINE],
  ['count', { gte: 0 }, CANNOT_FAIL],
  ['count', { gte: 1 }, FINE],
  ['count', { gt: -1 }, CANNOT_FAIL],
  ['count', { lt: 0 }, CANNOT_PASS],
  ['count', -1, CANNOT_PASS],
  ['count', { ne: -1 }, CANNOT_FAIL],
  ['count', { gte: 5, lte: 3 }, CANNOT_PASS],
  ['count', { gte: 3, lte: 3 }, FINE],
  ['count', { gt: 3, lt: 4 }, CANNOT_PASS],
  ['number', { gt: 3, lt: 4 }, FINE],
  ['number', { gt: 3, lt: 3 }, CANNOT_PASS],
  ['number', { gte: 0 }, FINE],
  ['count', { between: [5, 3] }, CANNOT_PASS],
  ['count', { between: [3, 4], not_in: [3, 4] }, CANNOT_PASS],
  ['count', { between: [3, 5], not_in: [3, 5] }, FINE],
  ['count', { eq: 4, in: [1, 2] }, CANNOT_PASS],
  ['count', { lte: '100%' }, CANNOT_FAIL, 'rows'],
  ['count', { lte: '99.999%' }, FINE, 'rows'],
  ['count', { lt: '100%' }, FINE, 'rows'],
  ['count', { gte: '0%' }, CANNOT_FAIL, 'rows'],
  ['count', { gt: '100%' }, CANNOT_PASS, 'rows'],
  ['count', { gte: 5_000_000, lte: '0.1%' }, FINE, 'rows'],
  ['count', { gt: '1%', lt: '1.00001%' }, FINE, 'rows'],
  ['count', { between: ['60%', '40%'] }, CANNOT_PASS, 'rows'],
  ['size', { gte: '20%' }, FINE, 'total'],
  ['size', { gte: '0B' }, CANNOT_FAIL],
  ['duration', { gte: '0s' }, FINE],
  ['duration', { gte: '2s', lt: '1s' }, CANNOT_PASS],
  ['count', { baseline: 'same' }, FINE],
  ['count', { baseline: { drop_at_most: '100%' } }, CANNOT_FAIL],
  ['count', { baseline: { drop_at_most: '99.9%' } }, FINE],
  ['integer', { baseline: { drop_at_most: '100%' } }, FINE],
  ['count', { baseline: { drop_at_most: 5 } }, FINE],
  ['count', { baseline: { grow_at_most: '500%' } }, FINE],
  ['count', { gte: 100, baseline: { drop_at_most: '0.1%' } }, FINE],
  ['boolean', true, FINE],
  ['boolean', { in: [true, false] }, CANNOT_FAIL],
  ['boolean', { ne: true, eq: true }, CANNOT_PASS],
  ['text', 'ok', FINE],
  ['text', { contains: '' }, CANNOT_FAIL],
  ['text', { starts_with: '' }, CANNOT_FAIL],
  ['text', { not_contains: '' }, CANNOT_PASS],
  ['text', { starts_with: 'a', not_contains: 'a' }, CANNOT_PASS],
  ['text', { starts_with: 'ab', contains: 'q', ends_with: 'bc' }, FINE],
  ['text', { eq: 'a', ne: 'a' }, CANNOT_PASS],
  ['text', { in: ['a', 'b'], starts_with: 'c' }, CANNOT_PASS],
  ['text', { matches: 'a*' }, CANNOT_FAIL],
  ['text', { not_matches: '' }, CANNOT_PASS],
  ['text', { matches: '^a*' }, FINE],
  ['text', { length: { gte: 0 } }, CANNOT_FAIL],
  ['text', { length: { gte: 5, lte: 3 } }, CANNOT_PASS],
  ['text', { baseline: 'same' }, FINE],
  ['list', { contains: 'a' }, FINE],
  ['list', { contains: 'a', not_contains: 'a' }, CANNOT_PASS],
  ['list', { empty: false }, FINE],
  ['list', { any: { in: ['a'] } }, FINE],
  ['list', { all: { starts_with: '' } }, CANNOT_FAIL],
  ['list', { none: { gt: 3, lt: 2 } }, CANNOT_FAIL],
  ['list', { eq: ['a', 'b'] }, FINE],
  ['any', { null: true }, FINE],
  ['any', { exists: true }, FINE],
  ['any', { gte: 0 }, FINE],
  ['any', { gte: 5, lt: 5 }, CANNOT_PASS],
  ['any', 'x', FINE],
  ['any', { ne: 'x' }, FINE],
]

test.each(CASES)('%s %o: %o', (type, raw, expected, of) => {
  const spec = subject(type, of)
  expect(provable(matcherOf(raw, spec), spec)).toEqual(expected)
})

const UNREACHABLE: [SubjectType, unknown, unknown, boolean, string?][] = [
  ['count', { lte: 5 }, { lte: 3 }, true],
  ['count', { lte: 3 }, { lte: 5 }, false],
  ['count', 0, 0, true],
  ['count', { lte: '5%' }, { lte: '1%' }, true, 'rows'],
  ['count', { lte: '1%' }, { lte: '5%' }, false, 'rows'],
  ['count', { lte: '1%' }, 5, false, 'rows'],
  ['count', { gte: 0 }, { eq: 7 }, true],
  ['count', { baseline: 'same' }, { gte: 1, baseline: { drop_at_most: '0.1%' } }, false],
  ['count', { baseline: { drop_at_most: '1%' } }, { baseline: 'same' }, true],
  ['count', { baseline: 'same' }, { eq: 5 }, false],
  ['duration', { gte: '21d' }, { gte: '7d' }, false],
  ['duration', { gte: '7d' }, { gte: '21d' }, true],
  ['count', { null: false }, { null: true }, false],
  ['text', { starts_with: 'a' }, 'abc', true],
  ['text', { starts_with: 'b' }, { in: ['abc', 'b'] }, false],
  ['text', { baseline: 'same' }, 'abc', false],
  ['text', { contains: 'a' }, { starts_with: 'a' }, false],
  ['boolean', true, { in: [true] }, true],
]

test.each(UNREACHABLE)('%s: warn %o behind expect %o: unreachable %s', (type, warn, expected, unreachable, of) => {
  const spec = subject(type, of)
  expect(weaker(matcherOf(warn, spec), matcherOf(expected, spec), spec)).toBe(unreachable)
})

const integer = fc.integer({ min: -20, max: 40 })
const percent = fc.integer({ min: 0, max: 1100 }).map((tenths) => `${tenths / 10}%`)
const operand = fc.oneof(integer, percent)
const numeric = fc
  .record(
    {
      eq: operand,
      ne: operand,
      gt: operand,
      gte: operand,
      lt: operand,
      lte: operand,
      between: fc.tuple(operand, operand),
      in: fc.array(integer, { minLength: 1, maxLength: 3 }),
      not_in: fc.array(integer, { minLength: 1, maxLength: 3 }),
    },
    { requiredKeys: [] },
  )
  .filter((ops) => Object.keys(ops).length > 0 && Object.keys(ops).length <= 3)

const word = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 3 })
const texts = fc
  .record(
    {
      eq: word,
      ne: word,
      in: fc.array(word, { minLength: 1, maxLength: 3 }),
      not_in: fc.array(word, { minLength: 1, maxLength: 3 }),
      contains: word,
      not_contains: word,
      starts_with: word,
      ends_with: word,
      empty: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  .filter((ops) => Object.keys(ops).length > 0)

function outcome(raw: unknown, spec: SubjectSpec, value: Value, rows: number) {
  const absent = { missing: 'none' }
  const context = { subject: spec, subjects: { rows }, baseline: absent, previous: absent }
  const { results } = evaluate(matcherOf(raw, spec), value, context)
  if (results.some((one) => !one.ok && one.unevaluated === undefined)) return 'broken'
  return results.every((one) => one.ok) ? 'ok' : 'open'
}

describe('a claim is never wrong', () => {
  test('of counts beside their denominator', () => {
    const spec = subject('count', 'rows')
    const world = fc.nat({ max: 300 }).chain((rows) => fc.tuple(fc.constant(rows), fc.nat({ max: rows })))
    fc.assert(
      fc.property(numeric, world, (raw, [rows, value]) => {
        const claim = provable(matcherOf(raw, spec), spec)
        const state = outcome(raw, spec, value, rows)
        expect(!claim.canFail && state === 'broken').toBe(false)
        expect(!claim.canPass && state === 'ok').toBe(false)
      }),
      { numRuns: 200 },
    )
  })

  test('of texts', () => {
    const spec = subject('text')
    fc.assert(
      fc.property(texts, fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 }), (raw, value) => {
        const claim = provable(matcherOf(raw, spec), spec)
        const state = outcome(raw, spec, value, 1)
        expect(!claim.canFail && state === 'broken').toBe(false)
        expect(!claim.canPass && state === 'ok').toBe(false)
      }),
      { numRuns: 2000 },
    )
  })

  test('of a warning behind an expectation', () => {
    const spec = subject('count', 'rows')
    const world = fc.nat({ max: 300 }).chain((rows) => fc.tuple(fc.constant(rows), fc.nat({ max: rows })))
    fc.assert(
      fc.property(numeric, numeric, world, (warn, expected, [rows, value]) => {
        if (!weaker(matcherOf(warn, spec), matcherOf(expected, spec), spec)) return
        const reached = outcome(expected, spec, value, rows) === 'ok' && outcome(warn, spec, value, rows) === 'broken'
        expect(reached).toBe(false)
      }),
      { numRuns: 150 },
    )
  })
})
