/** Whole schemas: tables paired by name, each compared, several at once; and what of them cannot be told. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { compare } from '../../../src/kinds/compare/kind.js'
import type { PostgresSource } from '../../../src/postgres/source.js'
import { openTest } from '../../postgres/open.js'
import { keysOf, openTwo, type TwoDatabases } from './two-databases.js'

let two: TwoDatabases
beforeAll(async () => {
  two = await openTwo({ limit: 4 })
})
afterAll(() => two?.close())
beforeEach(() =>
  two.both(`drop schema if exists billing, finance cascade; create schema billing;
    create table billing.invoices (id int primary key, a text, updated_at timestamptz);
    insert into billing.invoices select i, 'x' from generate_series(1, 300) i;
    create table billing."odd name" (a int, b text, primary key (a, b)); insert into billing."odd name" values (1, 'x y'), (2, '');
    create table billing.keyless (a int); insert into billing.keyless values (1), (1), (2);
    create table billing.parted (id int primary key) partition by range (id);
    create table billing.part_1 partition of billing.parted for values from (0) to (100);
    insert into billing.parted select generate_series(1, 50);
    create table billing.empty (id int primary key);
    create view billing.seen as select 1 as one`),
)

const ALL = { source: { tables: 'billing.*' }, target: { tables: 'billing.*' } }
const run = (spec: Readonly<Record<string, unknown>> = {}) => two.compare({ ...ALL, ...spec })

test('all tables the same', async () => {
  const ran = await run()
  expect(keysOf(ran)).toEqual({})
  expect(ran.observation).toMatchObject({
    gaps: [],
    subjects: { tables: 5, rows: 355, target_rows: 355, matched: 355, examined: 710, tables_missing: 0, changed: 0 },
  })
})

test('findings name their table, and the counts are the sums', async () => {
  await two.target.client.query(`delete from billing.invoices where id = 7;
    update billing."odd name" set b = 'x z' where a = 1; insert into billing.keyless values (2); insert into billing.parted values (60)`)
  const ran = await run()
  expect(keysOf(ran)).toEqual({
    missing: ['billing."odd name" (1,"x y")', 'billing.invoices 7'],
    extra: ['billing."odd name" (1,"x z")', expect.stringMatching(/^billing.keyless row -?\d+$/), 'billing.parted 60'],
  })
  expect(ran.observation.subjects).toMatchObject({ rows: 355, target_rows: 356, matched: 353, missing: 2, extra: 3 })
})

test('and can be looked at again', async () => {
  await two.target.client.query(`delete from billing.invoices where id in (7, 8); delete from billing."odd name";
    delete from billing.keyless where a = 2; drop table billing.empty; create table billing.more (id int)`)
  const { findings } = await run()
  await two.target.client.query(`insert into billing.invoices values (8, 'x'); insert into billing."odd name" values (2, '');
    create table billing.empty (id int primary key)`)
  const again = await two.recheck(findings, ALL)
  expect(
    Object.fromEntries(findings.map(({ key }, index) => [key?.replace(/-?\d{3,}/, '#'), again[index]?.stands])),
  ).toEqual({
    'billing.empty': false,
    'billing.more': true,
    'billing.invoices 7': true,
    'billing.invoices 8': false,
    'billing."odd name" (1,"x y")': true,
    'billing."odd name" (2,"")': false,
    'billing.keyless row #': true,
  })
})

test('a table on one side only', async () => {
  await two.target.client.query('drop table billing.empty; create table billing.added (id int)')
  const ran = await run()
  expect(keysOf(ran)).toEqual({ tables_missing: ['billing.empty'], tables_extra: ['billing.added'] })
  expect(ran.observation.subjects).toMatchObject({ tables: 4, tables_missing: 1, tables_extra: 1, missing: 0 })
})

test('a schema that is called otherwise, tables left out, a column left out where there is one', async () => {
  await two.target.client.query(
    'alter schema billing rename to finance; drop table finance.keyless; update finance.invoices set updated_at = now()',
  )
  const ran = await run({
    source: { tables: ['billing.*'], except: 'billing.keyl*' },
    target: { tables: 'finance.*' },
    exclude: ['updated_at'],
  })
  expect(keysOf(ran)).toEqual({})
  expect(ran.observation.subjects).toMatchObject({ tables: 4, rows: 352 })
})

test('what may not be read is a gap, and so is what cannot be compared; the rest is compared', async () => {
  await two.both(`create table billing.broken (id int primary key, a text); insert into billing.broken values (1, 'x');
    alter table billing.broken enable row level security`)
  await two.target.client.query('delete from billing.invoices where id = 7')
  await two.source.client.query(`create role reader login password 'reader'`)
  const readers = new Map<string, PostgresSource>()
  try {
    await two.both(`grant usage on schema billing to reader; grant select on all tables in schema billing to reader;
      revoke all on billing.keyless from reader`)
    for (const [name, { url }] of [
      ['old', two.source],
      ['new', two.target],
    ] as const) {
      const ofReader = Object.assign(new URL(url), { username: 'reader', password: 'reader' })
      readers.set(name, openTest({ url: ofReader.href }))
    }
    const ran = await two.compare(ALL, { through: (source, name) => readers.get(name) ?? source })
    expect(keysOf(ran)).toEqual({ missing: ['billing.invoices 7'] })
    expect(ran.observation.subjects).toMatchObject({ tables: 4, rows: 352 })
    expect(ran.observation.gaps).toEqual([
      'billing.keyless may not be read on old and new',
      expect.stringMatching(/^billing.broken: row-level security would hide rows from this role/),
    ])
  } finally {
    for (const reader of readers.values()) await reader.close()
    await two.both('drop schema billing cascade')
    await two.source.client.query('drop role reader')
  }
})

test('several sessions see each side as it was at one moment', async () => {
  let more = 0
  let begun = (): void => undefined
  const othersBegan = new Promise<void>((resolve) => {
    begun = resolve
  })
  const through = (source: PostgresSource): PostgresSource => ({
    ...source,
    withSession: async (options, use) => {
      const other = options.snapshot !== undefined
      // By the time they begin, the target has a row more in each table.
      if (other && more++ === 0) {
        await two.target.client.query(`insert into billing.invoices values (900); insert into billing.parted values (90);
          insert into billing.keyless values (3); insert into billing.empty values (1); insert into billing."odd name" values (3, '')`)
      }
      return source.withSession(options, (session) => {
        if (other) begun()
        // The first waits with its first table until another takes the next.
        return use(
          other ? session : { ...session, select: (...asked) => othersBegan.then(() => session.select(...asked)) },
        )
      })
    },
  })
  const ran = await two.compare(ALL, { through })
  expect(keysOf(ran)).toEqual({})
  expect(ran.observation.subjects).toMatchObject({ tables: 5, rows: 355, target_rows: 355 })
  // Two pairs beside the first: of four sessions of a connection one is left to others.
  expect(more).toBe(4)
})

test('no such table, and no such schema', async () => {
  await expect(run({ source: { tables: 'nowhere.*' } })).rejects.toThrow('no table of the source is called so')
  const ran = await run({ target: { tables: 'billing.nothing_*' } })
  expect(ran.observation.subjects).toMatchObject({ tables: 0, tables_missing: 5 })
})

test.each([
  ['a key', { ...ALL, key: ['id'] }, '`key` speaks of one table, and `tables` of many'],
  ['no schema', { ...ALL, source: { tables: 'invoices' } }, '"invoices" is not schema.name'],
  ['both', { ...ALL, source: { table: 't', tables: 'billing.*' } }, 'it names `table` as well'],
  ['neither', { ...ALL, target: {} }, 'it names neither `table` nor `tables`'],
  ['one of each', { source: { table: 't' }, target: ALL.target }, 'one side names a table, the other a pattern'],
  [
    'except alone',
    { source: { table: 't', except: 'a.b' }, target: { table: 't' } },
    'there are no `tables` to leave any out of',
  ],
])('lint refuses %s', (_, { source, target, ...rest }, message) => {
  const spec = compare.schema.parse({
    ...rest,
    source: { connection: 'old', ...source },
    target: { connection: 'new', ...target },
  })
  expect(compare.lint?.(spec).map((problem) => problem.message)).toContain(message)
})
