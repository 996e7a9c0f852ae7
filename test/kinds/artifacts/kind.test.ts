import { describe, expect, test } from 'vitest'
import { artifacts } from '../../../src/kinds/artifacts/kind.js'
import { parsePgTime } from '../../../src/kinds/artifacts/pg-time.js'
import { artifactsSchema } from '../../../src/kinds/artifacts/schema.js'

const ROWS = { connection: 'main', sql: 'select 1', key: 'path' }
const SUM = { column: 'sum', algorithm: 'sha256' }

function lint(fields: object) {
  const spec = artifactsSchema.parse({ rows: ROWS, store: 'uploads', ...fields })
  return (artifacts.lint?.(spec) ?? []).map(({ level, path }) => `${level} ${path.join('.')}`)
}

const LISTED = { rows: undefined, manifest: {} }
const HASHED = { rows: undefined, manifest: { checksum: 'sha256' } }

describe('lint', () => {
  test.each([
    ['nothing wrong', {}, []],
    ['no store', { store: undefined }, ['error ']],
    ['store and stores', { stores: { a: 'b' }, rows: { ...ROWS, store: 'place' } }, ['error stores']],
    ['stores, and a query that does not choose', { store: undefined, stores: { a: 'b' } }, ['error rows']],
    [
      'the same in a list',
      { store: undefined, stores: { a: 'b' }, rows: [{ ...ROWS, store: 'p' }, ROWS] },
      ['error rows.1'],
    ],
    ['a choice of one', { rows: { ...ROWS, store: 'place' } }, ['warning rows.store']],
    ['a checksum nobody says to verify', { rows: { ...ROWS, checksum: SUM } }, ['error rows.checksum']],
    ['a checksum that is not to be verified', { rows: { ...ROWS, checksum: SUM }, verify: { checksum: 'none' } }, []],
    ['a checksum that is', { rows: { ...ROWS, checksum: SUM }, verify: { checksum: { sample: '1/10' } } }, []],
    ['no checksum to verify', { verify: { checksum: 'all' } }, ['error verify.checksum']],
    ['no size to verify', { verify: { size: 'all' } }, ['error verify.size']],
    ['a budget for nothing', { verify: { budget: '1GB' } }, ['warning verify.budget']],
    ['time for nothing', { verify: { time_budget: '10m' } }, ['warning verify.time_budget']],
    ['a scope that covers its neighbour', { scope: { prefix: 'images' } }, ['warning scope.prefix']],
    ['grace without time', { grace: '5m' }, ['warning grace']],
    ['time without grace', { rows: { ...ROWS, time: 'made' } }, ['warning rows.time']],
    ['no regular expression', { rewrite: [{ add_prefix: 'a' }, { regex: ['(', ''] }] }, ['error rewrite.1.regex.0']],
    ['nothing that promises a file', { rows: undefined }, ['error ']],
    ['rows and a manifest', { manifest: {} }, ['error manifest']],
    ['a manifest of several stores', { ...LISTED, store: undefined, stores: { a: 'uploads' } }, ['error stores']],
    ['a manifest with nothing to verify', { ...LISTED, verify: { checksum: 'all' } }, ['error verify.checksum']],
    ['a checksum of a manifest that nobody says to verify', { ...HASHED, verify: {} }, ['error manifest.checksum']],
    ['a manifest with grace, and sizes', { ...LISTED, grace: '5m', verify: { size: 'all' } }, []],
    [
      'a sample of other keys than were recorded',
      { ...HASHED, verify: { checksum: { sample: '1/2' } }, rewrite: [{ add_prefix: 'a/' }] },
      ['error verify.checksum'],
    ],
    ['recovering from itself', { recover_from: ['old', 'uploads'] }, ['error recover_from.1']],
  ])('%s', (_, fields, problems) => {
    expect(lint(fields)).toEqual(problems)
  })
})

describe('schema', () => {
  test.each([
    ['an unknown field', { shop: 1 }],
    ['an empty list of rows', { rows: [] }],
    ['an unknown field of rows', { rows: { ...ROWS, keys: 'a' } }],
    ['a bare number as grace', { grace: 5 }],
    ['a sample that is none', { verify: { checksum: { sample: '2/1' } } }],
    ['an unknown unit', { rows: { ...ROWS, size: { column: 'a', unit: 'furlong' } } }],
    ['an unknown algorithm', { rows: { ...ROWS, checksum: { column: 'a', algorithm: 'md4' } } }],
    ['two operations in one', { rewrite: [{ strip_prefix: 'a', add_prefix: 'b' }] }],
    ['an operation that is none', { rewrite: [{}] }],
    ['a derived pattern without a parent', { derived: [{ match: 'thumbs/x' }] }],
  ])('refuses %s', (_, fields) => {
    expect(artifactsSchema.safeParse({ rows: ROWS, store: 'uploads', ...fields }).success).toBe(false)
  })
})

describe('subjects', () => {
  const of = (fields: object, types = {}) => {
    const subjects = artifacts.subjects(artifactsSchema.parse({ rows: ROWS, store: 'uploads', ...fields }), types)
    return Object.fromEntries(subjects.map((subject) => [subject.name, subject]))
  }

  test('what is expected where the file says nothing', () => {
    const rows = { ...ROWS, size: 'size', checksum: SUM, time: 'made' }
    const defaults = Object.values(of({ rows, grace: '1m', verify: { checksum: 'all' } })).flatMap((subject) =>
      subject.default === undefined ? [] : [[subject.name, subject.default.level, subject.default.matcher]],
    )
    expect(defaults).toEqual([
      ['missing', 'expect', 0],
      ['size_mismatch', 'expect', 0],
      ['checksum_mismatch', 'expect', 0],
      ['unverifiable', 'tell', 0],
      ['forbidden', 'expect', 0],
      ['unreadable', 'expect', 0],
      ['unsafe_key', 'expect', 0],
      ['no_key', 'expect', 0],
      ['zero_bytes', 'warn', 0],
      ['in_flight', 'expect', { lte: '1%' }],
    ])
  })

  test('an empty file is not warned of by default where sizes are of no interest', () => {
    expect(of({ verify: { size: 'none' } })['zero_bytes']).not.toHaveProperty('default')
  })

  test.each([
    ['nothing declared', {}, {}, ['size_mismatch', 'checksum_mismatch', 'in_flight', 'verified']],
    [
      'sizes not verified',
      { rows: { ...ROWS, size: 'a', checksum: SUM }, verify: { size: 'none', checksum: 'all' } },
      {},
      ['size_mismatch', 'in_flight'],
    ],
    [
      'checksums not verified',
      { rows: { ...ROWS, size: 'a', checksum: SUM }, verify: { checksum: 'none' } },
      {},
      ['checksum_mismatch', 'in_flight', 'verified'],
    ],
    [
      'a web server',
      { rows: { ...ROWS, size: 'a', time: 'b' }, grace: '1m' },
      { uploads: 'http' },
      ['entries', 'orphaned', 'checksum_mismatch', 'renamed', 'verified'],
    ],
  ])('known never to be measured: %s', (_, fields, types, names) => {
    const unobserved = Object.values(of(fields, types)).filter((subject) => subject.unobserved !== undefined)
    expect(unobserved.map(({ name }) => name)).toEqual(names)
    for (const subject of unobserved) expect(subject.default).toBeUndefined()
  })

  test('percentages are of the keys looked for, or of entries', () => {
    const { missing, orphaned, rows } = of({})
    expect([missing?.of, orphaned?.of, rows?.of]).toEqual(['examined', 'entries', undefined])
  })
})

test('connections used, each once, and where orphans are claimed', () => {
  const spec = artifactsSchema.parse({
    rows: [
      { ...ROWS, store: 'p' },
      { ...ROWS, connection: 'other', store: 'p' },
    ],
    explained_by: [ROWS],
    stores: { a: 'x', b: 'y', c: 'x' },
    recover_from: ['old'],
    scope: { prefix: '2019/' },
  })
  expect(artifacts.uses(spec)).toEqual(['main', 'other', 'x', 'y', 'old'])
  expect(artifacts.claims?.(spec)).toEqual([
    { subject: 'orphaned', store: 'x', prefix: '2019/' },
    { subject: 'orphaned', store: 'y', prefix: '2019/' },
  ])
  expect(artifacts.plan(spec).map(({ connection }) => connection)).toEqual([
    'main',
    'other',
    'main',
    'x',
    'y',
    'main',
    'other',
    'old',
  ])
})

test('of a manifest: no claim, no database, and what is new warns', () => {
  const spec = artifactsSchema.parse({ manifest: {}, store: 'uploads' })
  expect(artifacts.uses(spec)).toEqual(['uploads'])
  expect(artifacts.claims?.(spec)).toEqual([])
  expect(artifacts.plan(spec).map(({ connection }) => connection)).toEqual(['uploads'])
  const orphaned = artifacts.subjects(spec).find(({ name }) => name === 'orphaned')
  expect(orphaned?.default).toEqual({ level: 'warn', matcher: 0 })
  expect(artifacts.present({ finding: 'orphaned', key: 'a', expected: { recorded: false } })).toEqual({
    headline: 'a: is not in the record',
    detail: [],
  })
})

test('a finding in words', () => {
  expect(
    artifacts.present({
      finding: 'size_mismatch',
      key: 'a\nb',
      expected: { size: [5, 1234567] },
      actual: { size: 1 },
      refs: 2,
      recover_from: ['old'],
    }),
  ).toEqual({
    headline: 'a\nb: has another size',
    detail: ['expected 5 or 1,234,567 bytes', 'actual 1 byte', '2 rows refer to it', 'can be had from old'],
  })
})

describe('times as PostgreSQL prints them', () => {
  test.each([
    ['2026-11-23 15:12:38.123456+00', '2026-11-23T15:12:38.123Z'],
    ['2026-11-23 15:12:38+05:30', '2026-11-23T09:42:38.000Z'],
    ['2026-11-23 15:12:38-03', '2026-11-23T18:12:38.000Z'],
    ['2026-11-23 15:12:38', '2026-11-23T15:12:38.000Z'],
    ['2026-11-23', '2026-11-23T00:00:00.000Z'],
    ['infinity', undefined],
    ['0044-03-15 00:00:00 BC', undefined],
    ['23/11/2026', undefined],
  ])('%s', (text, iso) => {
    const time = parsePgTime(text)
    expect(time === undefined ? undefined : new Date(time).toISOString()).toBe(iso)
  })
})
