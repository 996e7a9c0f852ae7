import { expect, test } from 'vitest'
import type { Assertion, Level } from '../../src/judge/matcher.js'
import type { Recorded } from '../../src/judge/record.js'
import { judge } from '../../src/judge/verdict.js'
import { waiverFor, waiverWarnings } from '../../src/judge/waive.js'
import type { Waiver } from '../../src/judge/waiver.js'
import type { Observation, SubjectSpec } from '../../src/kinds/kind.js'
import { matcherOf } from './matcher-of.js'

const SUBJECTS: SubjectSpec[] = [
  { name: 'rows', type: 'count', meaning: '' },
  { name: 'missing', type: 'count', of: 'rows', meaning: '' },
  { name: 'orphaned', type: 'count', meaning: '' },
  { name: 'unverifiable', type: 'count', meaning: '' },
]

type Says = [Level, string, unknown]

function assertion([level, subject, raw]: Says): Assertion {
  const spec = SUBJECTS.find((one) => one.name === subject)
  if (spec === undefined) throw new Error(subject)
  return { level, subject, matcher: matcherOf(raw, spec), origin: 'file' }
}

interface Given {
  readonly known?: Record<string, number>
  readonly baseline?: Recorded
}

function verdict(says: Says[], observation: Observation, given: Given = {}) {
  return judge({
    check: { assertions: says.map(assertion) },
    observation,
    subjects: SUBJECTS,
    known: given.known ?? {},
    baseline: given.baseline ?? { missing: 'no baseline was given' },
    previous: { dropped: 'there is no earlier run' },
  })
}

const seen = (subjects: Observation['subjects'], more: Partial<Observation> = {}): Observation => ({
  subjects,
  ...more,
})
const NONE_MISSING: Says = ['expect', 'missing', 0]
const NO_ORPHANS: Says = ['warn', 'orphaned', 0]
const ALL_TOLD: Says = ['tell', 'unverifiable', 0]

const CASES: [string, Says[], Observation, string, (RegExp | undefined)?, Given?][] = [
  ['all holds', [NONE_MISSING, NO_ORPHANS], seen({ missing: 0, orphaned: 0 }), 'pass'],
  ['expect breaks', [NONE_MISSING, NO_ORPHANS], seen({ missing: 1, orphaned: 1 }), 'fail'],
  ['warn breaks', [NONE_MISSING, NO_ORPHANS], seen({ missing: 0, orphaned: 1 }), 'warn'],
  [
    'tell breaks',
    [NONE_MISSING, ALL_TOLD],
    seen({ missing: 0, unverifiable: 3 }),
    'error',
    /"unverifiable" is 3, it has to be 0/,
  ],
  [
    'tell breaks beside a broken warn',
    [NO_ORPHANS, ALL_TOLD],
    seen({ orphaned: 1, unverifiable: 3 }),
    'error',
    /unverifiable/,
  ],
  ['expect breaks beside a broken tell', [NONE_MISSING, ALL_TOLD], seen({ missing: 1, unverifiable: 3 }), 'fail'],
  ['a gap alone', [NONE_MISSING], seen({ missing: 0 }, { gaps: ['cannot read a/'] }), 'error', /^cannot read a\/$/],
  ['two gaps', [NONE_MISSING], seen({ missing: 0 }, { gaps: ['one', 'two'] }), 'error', /one \(and 1 more\)/],
  ['a gap beside a broken expect', [NONE_MISSING], seen({ missing: 1 }, { gaps: ['cannot read a/'] }), 'fail'],
  [
    'a gap beside a broken warn',
    [NO_ORPHANS],
    seen({ orphaned: 1 }, { gaps: ['cannot read a/'] }),
    'error',
    /cannot read/,
  ],
  ['not observed', [NONE_MISSING], seen({}), 'error', /cannot judge "missing": "missing" was not measured/],
  ['not observed, with a reason', [NONE_MISSING], seen({ missing: { unobserved: 'no rights' } }), 'error', /no rights/],
  ['an unobserved warn', [NONE_MISSING, NO_ORPHANS], seen({ missing: 0 }), 'error', /orphaned/],
  ['not observed beside a broken expect', [NONE_MISSING, ['expect', 'rows', { gte: 1 }]], seen({ missing: 2 }), 'fail'],
  ['nothing to examine', [NONE_MISSING], seen({ missing: 0 }, { skip: 'no such tables' }), 'skip', /no such tables/],
  ['nothing asserted', [], seen({ missing: 0 }), 'error', /nothing was judged/],
  ['a zero denominator', [['expect', 'missing', { lte: '1%' }]], seen({ missing: 0, rows: 0 }), 'error', /"rows" is 0/],
  ['no baseline', [['expect', 'rows', { baseline: 'same' }]], seen({ rows: 5 }), 'error', /no baseline was given/],
  [
    'baseline dropped beside another assertion',
    [['expect', 'rows', { gte: 1, baseline: 'same' }]],
    seen({ rows: 5 }),
    'pass',
    undefined,
    { baseline: { dropped: '--no-baseline' } },
  ],
  [
    'baseline dropped and nothing left',
    [['expect', 'rows', { baseline: 'same' }]],
    seen({ rows: 5 }),
    'error',
    /nothing was judged.*--no-baseline/,
    { baseline: { dropped: '--no-baseline' } },
  ],
  ['the first run', [['expect', 'rows', { gte: 1, since_last: 'same' }]], seen({ rows: 5 }), 'pass'],
  [
    'the first run with nothing else',
    [['warn', 'rows', { since_last: 'same' }]],
    seen({ rows: 5 }),
    'error',
    /no earlier run/,
  ],
  ['known findings', [NONE_MISSING], seen({ missing: 2 }), 'pass', undefined, { known: { missing: 2 } }],
  ['known and new findings', [NONE_MISSING], seen({ missing: 3n }), 'fail', undefined, { known: { missing: 2 } }],
]

test.each(CASES)('%s', (_, says, observation, outcome, message, given) => {
  const got = verdict(says, observation, given)
  expect(got.outcome).toBe(outcome)
  if (message === undefined) expect(got.message).toBeUndefined()
  else expect(got.message).toMatch(message)
})

test('what was left out is said, and not told as an assertion', () => {
  const got = verdict([['expect', 'rows', { gte: 1, since_last: 'same' }]], seen({ rows: 5 }))
  expect(got.assertions).toMatchObject([{ op: 'gte', ok: true }])
  expect(got.notes).toEqual(['expect rows: since_last same left out: there is no earlier run'])
})

test('subjects are told as judged, unobserved ones apart', () => {
  const got = verdict(
    [NONE_MISSING],
    seen({ missing: 3n, rows: 12345678901234567890n, orphaned: { unobserved: 'x' } }),
    {
      known: { missing: 2 },
    },
  )
  expect(got.subjects).toEqual({ missing: 1, rows: '12345678901234567890' })
  expect(got.unobserved).toEqual({ orphaned: 'x' })
})

const WAIVER: Waiver = { check: 'media', reason: 'SHOP-812', expires: '2026-12-31', covers: ['fail', 'warn'] }
const IDS = new Set(['media'])

test.each([
  ['media', 'fail', '2026-12-31T23:59:59.999Z', true],
  ['media', 'fail', '2027-01-01T00:00:00.000Z', false],
  ['media', 'warn', '2026-06-01T00:00:00.000Z', true],
  ['media', 'error', '2026-06-01T00:00:00.000Z', false],
  ['other', 'fail', '2026-06-01T00:00:00.000Z', false],
] as const)('a waiver and %s, %s at %s: %s', (check, outcome, at, covered) => {
  expect(waiverFor(check, outcome, [WAIVER], new Date(at)) !== undefined).toBe(covered)
})

test('a waiver may say that it covers errors', () => {
  const wide: Waiver = { ...WAIVER, covers: ['fail', 'error'] }
  expect(waiverFor('media', 'error', [wide], new Date('2026-06-01'))).toBe(wide)
})

test('expired waivers and waivers for nothing are told', () => {
  const late = new Date('2027-01-01T00:00:00Z')
  expect(waiverWarnings([WAIVER], IDS, late)).toEqual([expect.stringMatching(/expired on 2026-12-31/)])
  expect(waiverWarnings([WAIVER], IDS, new Date('2026-12-31T12:00:00Z'))).toEqual([])
  expect(waiverWarnings([{ ...WAIVER, check: 'medai' }], IDS, late)).toEqual([
    expect.stringMatching(/no check "medai"/),
  ])
})
