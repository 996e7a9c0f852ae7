/** Makes worlds up. */
import fc from 'fast-check'
import type { Key } from '../../../../src/lib/key.js'
import { pool } from './keys.js'
import { isRefused } from './memory-store.js'
import type {
  EntryPlan,
  ExplainedPlan,
  QueryPlan,
  RowPlan,
  SizeCell,
  StorePlan,
  SumCell,
  When,
  WorldPlan,
} from './plan.js'
import { DERIVED, GLOBS } from './rules.js'

const CONTENTS = ['', 'x', 'y', 'xy', 'xyz', 'x'.repeat(60)] as const

const SIZES: readonly SizeCell[] = [
  ...[0, 1, 2, 3, 60].map((says) => ({ text: String(says), says })),
  { text: null, says: undefined },
  { text: '', says: undefined },
  { text: '1.0', says: 1 },
  { text: '6e1', says: 60 },
  { text: '0.999', says: 0.999 },
  { text: '002', says: 2 },
  { text: '-1', says: 'bad' },
  { text: 'NaN', says: 'bad' },
  { text: '100000000000000000000', says: 1e20 },
]

/** Mostly what is said first, at times one of the others. */
function mostly<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, fc.constantFrom(usual, ...others))
}

const when = mostly<When>('old', 'young', 'ahead', 'far')
const sum: fc.Arbitrary<SumCell> = fc.record({
  of: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom<string>(...CONTENTS) },
    fc.constantFrom('bad' as const, undefined),
  ),
  form: mostly<SumCell['form']>('hex', 'HEX', 'prefixed', 'wrong length', 'no hex'),
})

/** Before rewriting. */
const PREFIXES = ['', '/srv/', 'https://h.example/', 'https://h.example', '//h/', 'a/', '/']

const cell = (keys: readonly Key[]): fc.Arbitrary<string | null> =>
  fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom<string>(...keys) },
    {
      weight: 6,
      arbitrary: fc
        .tuple(fc.constantFrom(...PREFIXES), fc.constantFrom<string>(...keys))
        .map((parts) => parts.join('')),
    },
    { weight: 1, arbitrary: fc.constantFrom(null, '', '/srv/') },
  )

const store = mostly('local', 's3', 'again', 'gone', null)
const times = fc.oneof(
  { weight: 30, arbitrary: fc.constant(1) },
  { weight: 5, arbitrary: fc.constant(2) },
  fc.constant(120),
)

const row = (keys: readonly Key[]): fc.Arbitrary<RowPlan> =>
  fc.record({
    key: cell(keys),
    times,
    size: fc.constantFrom(...SIZES),
    sum,
    store,
    time: fc.oneof({ weight: 6, arbitrary: when }, fc.constant(null)),
  })

const query = (keys: readonly Key[]): fc.Arbitrary<QueryPlan> =>
  fc
    .record({
      size: fc.option(fc.record({ unit: mostly<'B' | 'kB'>('B', 'kB'), tolerance: mostly(0, 1, 60) })),
      sum: fc.option(fc.constantFrom('md5' as const, 'sha256' as const)),
      time: fc.boolean(),
      rows: fc.array(row(keys), { maxLength: 14 }),
    })
    .map(({ size, sum: algorithm, ...rest }) => ({ size: size ?? undefined, sum: algorithm ?? undefined, ...rest }))

const explained = (keys: readonly Key[]): fc.Arbitrary<ExplainedPlan> =>
  fc.record({
    chooses: fc.boolean(),
    rows: fc.array(fc.record({ key: cell(keys), times: fc.constant(1), store }), { maxLength: 5 }),
  })

const entry = (keys: readonly Key[]): fc.Arbitrary<EntryPlan> =>
  fc.record({
    key: fc.constantFrom(...keys),
    content: fc.constantFrom(...CONTENTS),
    modified: fc.oneof({ weight: 6, arbitrary: when }, fc.constant(undefined)),
    state: fc.oneof(
      { weight: 9, arbitrary: fc.constant('plain' as const) },
      fc.constantFrom('archived', 'unreadable', 'unlisted'),
    ),
    digests: fc.boolean(),
    reading: fc.oneof(
      { weight: 9, arbitrary: fc.constant('whole' as const) },
      fc.constantFrom('short', 'breaks', 'forbidden'),
    ),
  })

const rarely = <T>(arbitrary: fc.Arbitrary<T>, freq = 5): fc.Arbitrary<T | undefined> =>
  fc
    .option(arbitrary, { nil: undefined, freq: 1 })
    .chain((value) => mostly<T | undefined>(undefined, ...Array.from({ length: freq }, () => value)))

const storeOf = (keys: readonly Key[]): fc.Arbitrary<StorePlan> =>
  fc
    .record({
      entries: fc.uniqueArray(entry(keys), { selector: ({ key }) => key, maxLength: 16 }),
      lists: mostly(true, false),
      ordered: mostly(true, false),
      sizes: mostly(true, false),
      dated: fc.boolean(),
      refuses: fc.boolean(),
      gaps: mostly(0, 1, 2).chain((count) => fc.array(gap(keys), { minLength: count, maxLength: count })),
      pages: fc.array(fc.nat(4), { minLength: 1, maxLength: 4 }).map((sizes) => [...sizes, 1]),
      breaksAfter: mostly<number | undefined>(undefined, 0, 1, 2, 5),
      trouble: mostly(0, 1, 2).chain((count) =>
        fc.uniqueArray(
          fc.record({
            key: fc.constantFrom(...keys),
            code: fc.constantFrom('forbidden' as const, 'unreadable', 'unavailable'),
          }),
          { selector: ({ key }) => key, maxLength: count },
        ),
      ),
      together: mostly<number | undefined>(undefined, 1, 3),
    })
    .map((plan) => ({
      ...plan,
      gaps: plan.gaps.filter(({ from, to }) => to === undefined || from < to),
      entries: plan.entries
        .filter(({ key }) => !plan.refuses || !isRefused(key))
        // Nobody can tell a short content from a whole one where no size is known.
        .map((one) => (plan.sizes || one.reading !== 'short' ? one : { ...one, reading: 'whole' as const })),
    }))

const gap = (keys: readonly Key[]) =>
  fc.record({
    from: fc.constantFrom(...keys),
    to: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...keys) }, fc.constant(undefined)),
  })

const scopes = (keys: readonly Key[]) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    fc.constantFrom('a', 'a/', 'b', 'tmp/', 'nothing/', '～', ...keys.filter((key) => /^[ -~]+$/.test(key))),
  )

export const worlds: fc.Arbitrary<WorldPlan> = pool.chain((keys) =>
  fc.record({
    queries: fc.array(query(keys), { minLength: 1, maxLength: 2 }),
    explained: fc.array(explained(keys), { maxLength: 2 }),
    uploads: storeOf(keys),
    media: rarely(storeOf(keys), 3),
    spare: rarely(storeOf(keys), 3),
    rewrite: fc.subarray<WorldPlan['rewrite'][number]>(
      [
        { url_path: true },
        { strip_prefix: '/srv/' },
        { add_prefix: 'a/' },
        { url_decode: true },
        { strip_prefix: 'a/' },
      ],
      { maxLength: 2 },
    ),
    scope: scopes(keys),
    ignore: fc.subarray([...GLOBS], { maxLength: 1 }),
    derived: fc.subarray([...DERIVED], { maxLength: 2 }),
    grace: fc.boolean(),
    verifySize: mostly(true, false),
    verifySum: mostly<WorldPlan['verifySum']>('all', 'none', '1/2', '2/3'),
    noBudget: mostly(false, true),
    emptyRows: fc.boolean(),
    emptyStore: fc.boolean(),
    asserted: fc.subarray(['orphaned', 'renamed', 'duplicate_refs', 'entries', 'zero_bytes']),
    rowPages: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
  }),
)
