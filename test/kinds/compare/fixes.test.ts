/** With `--show-data`: statements that mend the target. Run there, they leave nothing that differs. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keysOf, openTwo, type TwoDatabases } from './two-databases.js'

let two: TwoDatabases
beforeAll(async () => {
  two = await openTwo()
})
afterAll(() => two?.close())

const TABLE = `drop table if exists t; drop type if exists state; create type state as enum ('a', 'b');
  create table t (id int generated always as identity, "odd ""key" text, a text, raw bytea, doc jsonb, tags text[], s state, at timestamptz,
    n int, twice int generated always as (n * 2) stored, primary key (id, "odd ""key"));
  insert into t overriding system value select i, 'k''' || i, E'it''s\\\\ \\x1b[31m\n' || i, decode(md5(i::text), 'hex'), jsonb_build_object('a', '"' || i), array['x,', null, i::text],
    case when i % 2 = 0 then 'a' else 'b' end::state, timestamptz '2024-01-01' + i * interval '1 us', case when i > 1 then i end from generate_series(1, 40) i`

const SPOIL = `delete from t where id in (1, 2, 3); insert into t overriding system value select id + 100, "odd ""key", a from t where id in (4, 5);
  update t set a = null, raw = '\\x00', at = now() where id = 6; update t set n = 1000 where id = 7; update t set s = 'a', tags = '{}' where id = 9`

test('what they say mends every row', async () => {
  await two.both(TABLE)
  await two.target.client.query(SPOIL)
  const { findings } = await two.compare({}, { showData: true })
  expect(findings).toHaveLength(8)
  const fixes = findings.map(({ fix }) => fix ?? '')
  expect(fixes.filter((fix) => /\p{Cc}/u.test(fix))).toEqual([])
  await two.target.client.query(fixes.join('\n'))
  expect(keysOf(await two.compare())).toEqual({})
})

test('without it no value appears', async () => {
  await two.both(TABLE)
  await two.target.client.query(SPOIL)
  const { findings } = await two.compare()
  expect(findings.filter(({ fix }) => fix !== undefined)).toEqual([])
})

const long = `repeat('x', 65536)`
test.each([
  ['of a key that may come several times', { key: ['n'] }, `'a'`],
  ['of a column that is transformed', { transform: { v: { source: 'lower(v)' } } }, `'a'`],
  ['of a row too long to be told', {}, long],
  ['of text that may not be what the source has', {}, `U&'\\FFFD'`],
])('there are none %s', async (_, spec, value) => {
  await two.both(
    `drop table if exists t; create table t (id int primary key, n int, v text); insert into t values (1, 1, ${value})`,
  )
  await two.target.client.query('delete from t')
  const { findings } = await two.compare(spec, { showData: true })
  expect(findings).toHaveLength(1)
  expect(findings[0]?.fix).toBeUndefined()
})

test('of very many long rows only so many as can be held', async () => {
  await two.both(`drop table if exists t; create table t (id int primary key, v text);
    insert into t select i, repeat('x', 65000) from generate_series(1, 270) i`)
  await two.target.client.query('delete from t')
  const { findings } = await two.compare({}, { showData: true })
  const told = findings.flatMap(({ fix }) => fix ?? [])
  expect(findings).toHaveLength(270)
  expect(told.length).toBeGreaterThan(200)
  expect(told.reduce((sum, fix) => sum + fix.length, 0)).toBeLessThanOrEqual(16 * 1024 * 1024)
})

test('a key that is bytes is told as PostgreSQL writes it, and so is NULL among several', async () => {
  await two.both(
    `drop table if exists t; create table t (id bytea primary key); insert into t values ('\\xff00'), ('\\x'), ('\\x61')`,
  )
  await two.target.client.query('delete from t')
  expect(keysOf(await two.compare())).toEqual({ missing: ['\\x', '\\x61', '\\xff00'] })
  await two.both(
    `drop table if exists t; create table t (a bytea, b int); insert into t values ('\\xff', null), (null, 1), (null, null)`,
  )
  await two.target.client.query('delete from t')
  const ran = await two.compare({ key: ['a', 'b'] })
  expect(keysOf(ran)).toEqual({ missing: ['("\\xff",)', '(,)', '(,1)'] })
  const again = await two.recheck(ran.findings, { key: ['a', 'b'] })
  expect(again.map(({ stands }) => stands)).toEqual([true, true, true])
})
