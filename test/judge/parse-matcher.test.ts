import { describe, expect, test } from 'vitest'
import { OPS } from '../../src/judge/matcher.js'
import { opsFor } from '../../src/judge/ops-for.js'
import { parseMatcher } from '../../src/judge/parse-matcher.js'
import type { SubjectSpec } from '../../src/kinds/kind.js'

const SUBJECTS = {
  count: { name: 'count', type: 'count', meaning: '' },
  missing: { name: 'missing', type: 'count', of: 'rows', meaning: '' },
  delta: { name: 'delta', type: 'integer', meaning: '' },
  ratio: { name: 'ratio', type: 'number', meaning: '' },
  latency: { name: 'latency', type: 'duration', meaning: '' },
  size: { name: 'size', type: 'size', meaning: '' },
  free: { name: 'free', type: 'size', of: 'total', meaning: '' },
  state: { name: 'state', type: 'text', meaning: '' },
  mounted: { name: 'mounted', type: 'boolean', meaning: '' },
  names: { name: 'names', type: 'list', meaning: '' },
  value: { name: 'value', type: 'any', meaning: '' },
} satisfies Record<string, SubjectSpec>
type Name = keyof typeof SUBJECTS

const GOOD: [Name, unknown, string][] = [
  ['count', 0, '0'],
  ['count', { gte: 1, lt: 10 }, 'gte 1, lt 10'],
  ['count', { between: [1, 5] }, 'between 1 and 5'],
  ['count', { in: [1, 2] }, 'in [1, 2]'],
  ['count', { gte: 1, baseline: { drop_at_most: '0.1%' } }, 'gte 1, baseline drop_at_most 0.1%'],
  ['count', { baseline: 'same' }, 'baseline same'],
  ['count', { since_last: { drop_at_most: 5, grow_at_most: '10%' } }, 'since_last drop_at_most 5 and grow_at_most 10%'],
  ['count', { gte: 12345678901234567890n }, 'gte 12345678901234567890'],
  ['missing', { lte: '0.5%' }, 'lte 0.5%'],
  ['missing', { between: [0, '1%'] }, 'between 0 and 1%'],
  ['delta', { gt: -5 }, 'gt -5'],
  ['ratio', { lt: 0.1 }, 'lt 0.1'],
  ['latency', { lt: '800ms' }, 'lt 800ms'],
  ['latency', '90s', '90s'],
  ['latency', { between: ['1m', '168h'] }, 'between 1m and 7d'],
  ['latency', { baseline: { grow_at_most: '30s' } }, 'baseline grow_at_most 30s'],
  ['size', { gte: '2GiB' }, 'gte 2GiB'],
  ['size', { gte: '1.5GB' }, 'gte 1500MB'],
  ['size', { gt: '5B' }, 'gt 5B'],
  ['free', { gte: '20%' }, 'gte 20%'],
  ['free', { gte: '10GB' }, 'gte 10GB'],
  ['state', 'ok', '"ok"'],
  ['state', '85%', '"85%"'],
  ['state', { matches: '^a+$' }, 'matches "^a+$"'],
  ['state', { starts_with: 'a', ends_with: 'z' }, 'starts_with "a", ends_with "z"'],
  ['state', { length: { lte: 3 } }, 'length (lte 3)'],
  ['state', { empty: false }, 'not empty'],
  ['mounted', true, 'true'],
  ['names', { contains: 'shop.example.net' }, 'contains "shop.example.net"'],
  ['names', { any: { in: ['10.0.4.12', '10.0.4.13'] } }, 'any (in ["10.0.4.12", "10.0.4.13"])'],
  ['names', { length: 2 }, 'length (2)'],
  ['names', { eq: ['a', 'b'] }, '["a", "b"]'],
  ['value', '85%', '"85%"'],
  ['value', { null: true }, 'null'],
  ['value', { exists: false }, 'not exists'],
  ['value', { gte: 3.5 }, 'gte 3.5'],
  ['value', { baseline: { drop_at_most: '5%' } }, 'baseline drop_at_most 5%'],
]

const BAD: [Name, unknown, RegExp, (string | number)[], RegExp?][] = [
  ['count', '5', /is a number, "5" is not/, []],
  ['count', 1.5, /whole number/, []],
  ['count', null, /nothing is given/, [], /null: true/],
  ['count', {}, /asserts nothing/, []],
  ['count', [1, 2], /not a list/, [], /in: \[a, b\]/],
  ['count', { gt: '5' }, /is a number/, ['gt']],
  ['count', { lte: '1%' }, /no denominator/, ['lte']],
  ['count', { gte: 2 ** 60 }, /holds exactly/, ['gte']],
  ['count', { gte: Number.NaN }, /not a number/, ['gte']],
  ['count', { gtee: 5 }, /unknown operator "gtee"/, ['gtee'], /did you mean "gte"/],
  ['count', { matches: 'x' }, /does not apply/, ['matches']],
  ['count', { between: [1] }, /two values/, ['between']],
  ['count', { between: [1, 'x'] }, /is a number/, ['between', 1]],
  ['count', { in: 5 }, /list of values/, ['in']],
  ['count', { in: [] }, /at least one/, ['in']],
  ['count', { in: [1, 'x'] }, /is a number/, ['in', 1]],
  ['count', { in: [1, [2]] }, /one value belongs/, ['in', 1]],
  ['count', { baseline: 'equal' }, /how much it may drift/, ['baseline'], /same/],
  ['count', { baseline: {} }, /nothing about/, ['baseline']],
  ['count', { baseline: { drop_at_mots: 1 } }, /unknown key/, ['baseline', 'drop_at_mots'], /drop_at_most/],
  ['count', { baseline: { drop_at_most: -1 } }, /negative/, ['baseline', 'drop_at_most']],
  ['missing', { in: ['5%'] }, /is a number/, ['in', 0]],
  ['delta', { eq: true }, /is a number/, ['eq']],
  ['latency', 30, /durations look like/, [], /30 has no unit/],
  ['latency', { lt: '30' }, /durations look like/, ['lt']],
  ['latency', { lt: '10%' }, /no denominator/, ['lt']],
  ['size', { gte: 1024 }, /sizes look like/, ['gte'], /no unit/],
  ['free', { gte: 20 }, /sizes look like/, ['gte']],
  ['state', 5, /is text/, [], /write "5"/],
  ['state', true, /is text/, []],
  ['state', { matches: '(?=x)' }, /regular expression/, ['matches'], /RE2/],
  ['state', { matches: '(' }, /regular expression/, ['matches']],
  ['state', { baseline: { drop_at_most: 1 } }, /only be "same"/, ['baseline']],
  ['state', { gt: 'a' }, /does not apply/, ['gt']],
  ['mounted', 'true', /true or false/, []],
  ['mounted', { gt: 0 }, /does not apply/, ['gt']],
  ['names', 'a', /is a list/, [], /contains/],
  ['names', { all: { gtt: 1 } }, /unknown operator/, ['all', 'gtt'], /"gt"/],
  ['names', { any: { baseline: 'same' } }, /directly below a subject/, ['any', 'baseline']],
  ['names', { length: { gte: '5' } }, /is a number/, ['length', 'gte']],
  ['names', { in: ['a'] }, /does not apply/, ['in']],
  ['value', { gte: 'b' }, /no order/, ['gte']],
  ['value', { gte: '5%' }, /no denominator/, ['gte']],
  ['value', { null: 'yes' }, /true or false/, ['null']],
]

describe('what a check file may write', () => {
  test.each(GOOD)('%s: %o reads as %s', (name, raw, text) => {
    const parsed = parseMatcher(raw, SUBJECTS[name])
    expect(parsed).toMatchObject({ ok: true, matcher: { text } })
  })
})

describe('what it may not', () => {
  test.each(BAD)('%s: %o is refused: %s', (name, raw, message, path, hint) => {
    const parsed = parseMatcher(raw, SUBJECTS[name])
    expect(parsed).toMatchObject({ ok: false, message: expect.stringMatching(message), path })
    if (hint !== undefined) expect(parsed).toMatchObject({ hint: expect.stringMatching(hint) })
  })
})

test('durations are kept in milliseconds, sizes in bytes', () => {
  const op = (name: Name, raw: unknown) => {
    const parsed = parseMatcher(raw, SUBJECTS[name])
    return parsed.ok ? parsed.matcher.ops[0] : parsed
  }
  expect(op('latency', '1.5s')).toEqual({ op: 'eq', operand: { value: 1500 } })
  expect(op('size', '2KiB')).toEqual({ op: 'eq', operand: { value: 2048 } })
})

test('every operator applies to some type', () => {
  const used = new Set(Object.values(SUBJECTS).flatMap((subject) => opsFor(subject.type)))
  expect([...used].sort()).toEqual([...OPS].sort())
})
