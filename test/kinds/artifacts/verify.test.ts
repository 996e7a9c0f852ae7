import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Store } from '../../../src/stores/store.js'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { createTree, type Tree } from './tree.js'
import { contextOf, openWorld, see, type World } from './world.js'

let database: TestDatabase
let tree: Tree
let world: World

beforeAll(async () => {
  database = await createDatabase()
  await database.client.query('create table files (path text, size numeric, sum text, raw bytea, alg text)')
})
afterAll(() => database.drop())
afterEach(async () => {
  await world.close()
  tree.remove()
  await database.client.query('truncate files')
})

const HELLO = 'hello'
const digest = (algorithm: string, text: string) => createHash(algorithm).update(text).digest()
const SHA = digest('sha256', HELLO).toString('hex')

interface RowOf {
  readonly path: string
  readonly size?: string
  readonly sum?: string
  readonly raw?: Buffer
  readonly alg?: string
}

async function given(rows: readonly RowOf[], files: Readonly<Record<string, string>>): Promise<void> {
  for (const { path, size, sum, raw, alg } of rows) {
    await database.client.query('insert into files values ($1, $2, $3, $4, $5)', [path, size, sum, raw, alg])
  }
  tree = createTree(files)
  world = openWorld({
    main: { type: 'postgres', url: database.url },
    uploads: { type: 'files', root: tree.root },
  })
}

const ROWS = { connection: 'main', sql: 'select * from files', key: 'path' }

describe('sizes', () => {
  const cases: readonly {
    readonly name: string
    readonly sizes: readonly (string | undefined)[]
    readonly size?: unknown
    readonly file?: string
    readonly told: readonly string[]
    readonly verify?: unknown
  }[] = [
    { name: 'right', sizes: ['5'], told: [] },
    { name: 'right, with decimals', sizes: ['5.00'], told: [] },
    { name: 'wrong', sizes: ['6'], told: ['size_mismatch a'] },
    { name: 'wrong but not verified', sizes: ['6'], verify: { size: 'none' }, told: [] },
    { name: 'beyond what a double holds', sizes: ['9007199254740993'], told: ['size_mismatch a'] },
    { name: 'negative', sizes: ['-5'], told: ['unverifiable a'] },
    { name: 'not a number', sizes: ['NaN'], told: ['unverifiable a'] },
    { name: 'unknown, and the file is empty', sizes: [undefined], file: '', told: ['zero_bytes a'] },
    { name: 'unknown, and the file is not', sizes: [undefined], told: [] },
    { name: 'declared empty, and empty', sizes: ['0'], file: '', told: [] },
    { name: 'declared, and empty', sizes: ['5'], file: '', told: ['size_mismatch a'] },
    { name: 'rows that disagree', sizes: ['5', '6'], told: ['size_mismatch a'] },
    { name: 'rows that agree', sizes: ['5', '5.0', undefined], told: [] },
    { name: 'in kB', sizes: ['0.005'], size: { column: 'size', unit: 'kB' }, told: [] },
    { name: 'rounded', sizes: ['0.01'], size: { column: 'size', unit: 'kB', tolerance: '5B' }, told: [] },
    {
      name: 'rounded, and off by more',
      sizes: ['0.02'],
      size: { column: 'size', unit: 'kB', tolerance: '5B' },
      told: ['size_mismatch a'],
    },
  ]
  test.each(cases)('$name', async ({ sizes, size = 'size', file = HELLO, told, verify }) => {
    await given(
      sizes.map((declared) => ({ path: 'a', ...(declared === undefined ? {} : { size: declared }) })),
      { a: file },
    )
    const seen = await see(world, {
      rows: { ...ROWS, size },
      store: 'uploads',
      ...(verify === undefined ? {} : { verify }),
    })
    expect(seen.told).toEqual(told)
  })

  describe('of no interest (`verify.size: none`)', () => {
    const fields = { rows: ROWS, store: 'uploads', verify: { size: 'none' } }

    test('are not asked for, and an empty file is then not counted as none', async () => {
      await given([{ path: 'a' }], { a: '' })
      const seen = await see(world, fields, { expect: { orphaned: 0 } })
      expect(seen.told).toEqual([])
      expect(seen.subjects).toMatchObject({
        matched: 1,
        zero_bytes: { unobserved: '`verify.size` is none and `zero_bytes` not asserted: no size was asked for' },
      })
    })

    test('are asked for all the same where `zero_bytes` is asserted', async () => {
      await given([{ path: 'a' }], { a: '' })
      const seen = await see(world, fields, { expect: { orphaned: 0, zero_bytes: 0 } })
      expect(seen.told).toEqual(['zero_bytes a'])
      expect(seen.subjects).toMatchObject({ zero_bytes: 1 })
    })
  })

  test('a mismatch says both sizes and how many rows', async () => {
    await given(
      [
        { path: 'a', size: '7' },
        { path: 'a', size: '7' },
      ],
      { a: HELLO },
    )
    const seen = await see(world, { rows: { ...ROWS, size: 'size' }, store: 'uploads' })
    expect(seen.findings).toEqual([
      { finding: 'size_mismatch', key: 'a', expected: { size: 7 }, actual: { size: 5 }, refs: 2 },
    ])
  })
})

describe('checksums', () => {
  const column = (more: object) => ({ column: 'sum', algorithm: 'sha256', ...more })
  const cases: readonly {
    readonly name: string
    readonly row: Omit<RowOf, 'path'>
    readonly checksum: object
    readonly told: readonly string[]
    readonly verified?: number
  }[] = [
    { name: 'hex', row: { sum: SHA }, checksum: column({}), told: [], verified: 1 },
    { name: 'upper case', row: { sum: SHA.toUpperCase() }, checksum: column({}), told: [], verified: 1 },
    { name: 'prefix', row: { sum: `sha256:${SHA}` }, checksum: column({ prefix: 'sha256:' }), told: [] },
    {
      name: 'base64',
      row: { sum: digest('md5', HELLO).toString('base64') },
      checksum: column({ algorithm: 'md5', encoding: 'base64' }),
      told: [],
    },
    {
      name: 'bytea',
      row: { raw: digest('sha1', HELLO) },
      checksum: { column: 'raw', algorithm: 'sha1', encoding: 'bytea' },
      told: [],
    },
    {
      name: 'hex text in a bytea',
      row: { raw: Buffer.from(SHA) },
      checksum: { column: 'raw', algorithm: 'sha256', encoding: 'text' },
      told: [],
    },
    {
      name: 'by length',
      row: { sum: digest('sha512', HELLO).toString('hex') },
      checksum: column({ algorithm: 'by_length' }),
      told: [],
    },
    { name: 'by row', row: { sum: SHA, alg: 'SHA-256' }, checksum: column({ algorithm: { column: 'alg' } }), told: [] },
    { name: 'crc32c', row: { sum: '9a71bb4c' }, checksum: column({ algorithm: 'crc32c' }), told: [] },
    {
      name: 'other content',
      row: { sum: digest('sha256', 'x').toString('hex') },
      checksum: column({}),
      told: ['checksum_mismatch a'],
      verified: 0,
    },
    {
      name: 'no algorithm known',
      row: { sum: SHA, alg: 'whirlpool' },
      checksum: column({ algorithm: { column: 'alg' } }),
      told: ['unverifiable a'],
    },
    { name: 'of another length', row: { sum: 'abcd' }, checksum: column({}), told: ['unverifiable a'], verified: 0 },
    { name: 'no hex', row: { sum: 'zz' }, checksum: column({}), told: ['unverifiable a'] },
    { name: 'none declared', row: {}, checksum: column({}), told: ['unverifiable a'], verified: 0 },
  ]
  test.each(cases)('$name', async ({ row, checksum, told, verified = told.length === 0 ? 1 : 0 }) => {
    await given([{ path: 'a', ...row }], { a: HELLO })
    const seen = await see(world, { rows: { ...ROWS, checksum }, store: 'uploads', verify: { checksum: 'all' } })
    expect(seen.told).toEqual(told)
    expect(seen.subjects).toMatchObject({ verified })
  })

  test('what the budget does not reach is unverifiable, and nothing else', async () => {
    await given(
      ['a', 'b', 'c'].map((path) => ({ path, sum: SHA })),
      { a: HELLO, b: HELLO, c: HELLO },
    )
    const fields = {
      rows: { ...ROWS, checksum: column({}) },
      store: 'uploads',
      verify: { checksum: 'all', budget: '10B' },
    }
    const seen = await see(world, fields)
    // By hash, so that what is read is a fair sample: always the same one.
    expect(seen.told).toEqual(['unverifiable b'])
    expect(seen.findings).toMatchObject([{ reason: 'not reached within the budget of 10 B' }])
    expect(seen.subjects).toMatchObject({ verified: 2, checksum_mismatch: 0 })
    expect(seen.notes).toEqual([
      'checksums: 2 of 3 verified, 1 not reached within the budget; none bad: under 78 % at 95 %',
    ])
  })

  test('a sample is the same in every run, and says what it proves', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `f${index}`)
    await given(
      names.map((path) => ({ path, sum: SHA })),
      Object.fromEntries(names.map((name) => [name, HELLO])),
    )
    const verified = await Promise.all(
      [1, 2, 3].map(async (slice) => {
        const fields = {
          rows: { ...ROWS, checksum: column({}) },
          store: 'uploads',
          verify: { checksum: { sample: `${slice}/3` } },
        }
        return see(world, fields)
      }),
    )
    const counts = verified.map(({ subjects }) => Number(subjects['verified']))
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(60)
    expect(Math.min(...counts)).toBeGreaterThan(5)
    expect(verified[0]?.notes?.join()).toMatch(/^checksums: 0 bad of \d+: under [\d.]+ % at 95 %$/)
  })

  test('what came in sight only when looked at again is verified, too', async () => {
    const wrong = digest('sha256', 'x').toString('hex')
    await given(
      [
        { path: 'late', sum: wrong },
        { path: 'late and right', sum: SHA },
        { path: 'late and without', size: '5' },
        { path: 'there', sum: SHA },
      ],
      { late: HELLO, 'late and right': HELLO, 'late and without': HELLO, there: HELLO },
    )
    const { connections } = contextOf(world)
    const store = connections.store('uploads')
    const late: Store = {
      ...store,
      list: async function* (options) {
        for await (const page of store.list(options)) {
          yield { ...page, entries: page.entries.filter(({ key }) => !key.startsWith('late')) }
        }
      },
    }
    const fields = { rows: { ...ROWS, checksum: column({}) }, store: 'uploads', verify: { checksum: 'all' } }
    const context = { connections: { ...connections, store: () => late } }
    const seen = await see(world, fields, { expect: { orphaned: 0 }, context })
    expect(seen.told).toEqual(['checksum_mismatch late', 'unverifiable late and without'])
    expect(seen.subjects).toMatchObject({ matched: 4, verified: 2, missing: 0 })
  })

  test('a file of the wrong size is not read as well', async () => {
    await given([{ path: 'a', size: '9', sum: digest('sha256', 'x').toString('hex') }], { a: HELLO })
    const seen = await see(world, {
      rows: { ...ROWS, size: 'size', checksum: column({}) },
      store: 'uploads',
      verify: { checksum: 'all' },
    })
    expect(seen.told).toEqual(['size_mismatch a'])
  })
})
