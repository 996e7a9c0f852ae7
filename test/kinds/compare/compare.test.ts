import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keysOf, openTwo, type TwoDatabases } from './two-databases.js'

let two: TwoDatabases
beforeAll(async () => {
  two = await openTwo()
})
afterAll(() => two?.close())

interface Case {
  readonly name: string
  /** In both. */
  readonly both?: string
  readonly source?: string
  readonly target?: string
  readonly spec?: Readonly<Record<string, unknown>>
  readonly keys: Readonly<Record<string, readonly (string | undefined)[]>>
  readonly subjects?: Readonly<Record<string, unknown>>
}

const THREE = "create table t (id int primary key, a text); insert into t values (1, 'x'), (2, 'y'), (3, null);"

const cases: readonly Case[] = [
  { name: 'the same', both: THREE, keys: {}, subjects: { rows: 3, target_rows: 3, matched: 3, examined: 6 } },
  {
    name: 'another order of columns',
    source: THREE,
    target: "create table t (a text, id int primary key); insert into t values ('x', 1), ('y', 2), (null, 3)",
    keys: {},
  },
  {
    name: 'a key of several columns, with what needs quoting',
    both: `create table t (a text, b text, n int, primary key (a, b));
      insert into t values ('x', 'y', 1), ('x,y', '', 2), ('(', '"', 3), (E'\\\\N', E'a\\tb', 4);`,
    target: 'update t set n = 0',
    keys: { changed: ['("(","""")', '("\\N","a\tb")', '("x,y","")', '(x,y)'] },
  },
  {
    name: 'a key that can be NULL, and comes twice',
    both: "create table t (id int, a text); insert into t values (null, 'x'), (null, 'y'), (1, 'a'), (1, 'b'), (2, 'c');",
    target: "delete from t where a = 'y'; update t set a = 'B' where a = 'b'; insert into t values (2, 'c')",
    spec: { key: ['id'] },
    keys: { missing: ['()'], changed: ['1'], extra: ['2'] },
    subjects: { rows: 5, target_rows: 5, matched: 3 },
  },
  {
    name: 'no key at all: rows as often as they are there',
    both: "create table t (a text, n int); insert into t select 'same', 1 from generate_series(1, 5); insert into t values ('x', null), ('y', 2);",
    target: "delete from t where ctid = (select min(ctid) from t); update t set n = 3 where a = 'y'",
    keys: {
      missing: [expect.stringMatching(/^row -?\d+$/), expect.stringMatching(/^row -?\d+$/)],
      extra: [expect.stringMatching(/^row -?\d+$/)],
    },
    subjects: { rows: 7, target_rows: 6, matched: 5, changed: { unobserved: expect.anything() } },
  },
  {
    name: 'values that change places between rows without a key',
    both: 'create table t (a int, b int); insert into t select i, i * 7 from generate_series(1, 100) i;',
    target: 'update t set b = case a when 1 then 14 else 7 end where a in (1, 2)',
    keys: { missing: [expect.anything(), expect.anything()], extra: [expect.anything(), expect.anything()] },
  },
  {
    name: 'a row of NULLs under another key',
    source: 'create table t (id int primary key, a text); insert into t select i from generate_series(1, 500) i',
    target: 'create table t (id int primary key, a text); insert into t select i from generate_series(2, 501) i',
    keys: { missing: ['1'], extra: ['501'] },
  },
  {
    name: 'enums, whose numbers differ from database to database',
    source:
      "create type state as enum ('a', 'b'); create table t (id int primary key, s state, all_s state[]); insert into t values (1, 'a', '{a,b}')",
    target:
      "create type other as enum ('b'); create type state as enum ('b', 'a'); create table t (id int primary key, s state, all_s state[]); insert into t values (1, 'a', '{a,b}')",
    keys: {},
  },
  {
    name: 'types without a hash',
    both: `create extension if not exists citext; create domain code as text; create domain deep as code; create type pair as (a int, b text);
      create table t (id int primary key, j json, x xml, p point, m money, b bit(3), v tsvector, c code, d deep, e citext, r int4range, q pair, f float8, g float4, h char(4), i inet, k interval);
      insert into t values (1, '{"a": 1}', '<a/>', '(1,2)', '1.5', '101', 'a b', 'c', 'd', 'E', '[1,3)', '(1,x)', 0.1, 0.1, 'ab', '10.0.0.1', '1 day');`,
    keys: {},
  },
  {
    name: 'and a change in each of them',
    both: `create table t (id int primary key, j json, p point, b bit(3), r int4range);
      insert into t select i, '{"a": 1}', '(1,2)', '101', '[1,3)' from generate_series(1, 4) i;`,
    target: `update t set j = '{"a": 2}' where id = 1; update t set p = '(1,3)' where id = 2;
      update t set b = '100' where id = 3; update t set r = '[1,4)' where id = 4`,
    keys: { changed: ['1', '2', '3', '4'] },
  },
  {
    name: 'a column that was widened',
    source: "create table t (id int primary key, n int, a varchar(10)); insert into t values (1, 5, 'x')",
    target: "create table t (id bigint primary key, n bigint, a text); insert into t values (1, 5, 'x')",
    keys: {},
  },
  {
    name: 'character(n) that became text',
    source: "create table t (id char(5) primary key, a char(8)); insert into t values ('k', 'x')",
    target: "create table t (id text primary key, a text); insert into t values ('k', 'x')",
    keys: {},
  },
  {
    name: 'a number with another scale as the key',
    source: 'create table t (id numeric(10,2) primary key, a int); insert into t values (1, 1), (2.5, 2)',
    target: 'create table t (id numeric(10,4) primary key, a int); insert into t values (1, 1), (2.5, 3)',
    keys: { changed: ['2.5'] },
  },
  {
    name: 'a column too few and one too many',
    source: THREE,
    target: 'create table t (id int primary key, added int); insert into t values (1), (2), (3)',
    keys: {},
    subjects: { columns_missing: 1, columns_extra: 1, matched: 3 },
  },
  {
    name: 'the same, left out',
    source: THREE,
    target: 'create table t (id int primary key, added int); insert into t values (1), (2), (3)',
    spec: { exclude: ['a', 'added'] },
    keys: {},
    subjects: { columns_missing: 0, columns_extra: 0 },
  },
  {
    name: 'renamed and transformed',
    source:
      'create table t (id int primary key, cust int, price numeric); insert into t values (1, 7, 1.25), (2, 8, 2)',
    target:
      'create table t (id int primary key, customer int, price bigint); insert into t values (1, 7, 125), (2, 9, 200)',
    spec: { rename: { cust: 'customer' }, transform: { price: { source: '(price * 100)::bigint' } } },
    keys: { changed: ['2'] },
  },
  {
    name: 'only rows that a condition picks',
    both: THREE,
    target: "delete from t where id = 2; update t set a = 'z' where id = 3",
    spec: { source: { where: 'id <> :n', params: { n: 2 } }, target: { where: 'id <> 2' } },
    keys: { changed: ['3'] },
    subjects: { rows: 2 },
  },
  {
    name: 'only some columns',
    both: 'create table t (id int primary key, a int, b int); insert into t values (1, 1, 1), (2, 2, 2);',
    target: 'update t set a = 0 where id = 1; update t set b = 0 where id = 2',
    spec: { columns: ['b'] },
    keys: { changed: ['2'] },
  },
  {
    name: 'a partitioned table that is not any more',
    source: `create table t (id int primary key, a text) partition by range (id); create table t1 partition of t for values from (0) to (10);
      create table t2 partition of t for values from (10) to (100); insert into t select i, 'x' from generate_series(1, 50) i`,
    target: "create table t (id int primary key, a text); insert into t select i, 'x' from generate_series(1, 49) i",
    keys: { missing: ['50'] },
  },
  {
    name: 'a primary key that got lost',
    source: THREE,
    target: "create table t (id int, a text); insert into t values (1, 'x'), (2, 'y'), (2, 'y')",
    keys: { missing: ['3'], extra: ['2'] },
  },
  { name: 'empty', both: 'create table t (id int primary key);', keys: {}, subjects: { examined: 0 } },
]

describe('compare', () => {
  test.each(cases)('$name', async ({ both, source, target, spec, keys, subjects }) => {
    await two.both(
      'drop table if exists t cascade; drop domain if exists code cascade; drop type if exists state, other, pair cascade',
    )
    if (both !== undefined) await two.both(both)
    if (source !== undefined) await two.source.client.query(source)
    if (target !== undefined) await two.target.client.query(target)
    for (const digest of ['auto', 'portable']) {
      const ran = await two.compare({ ...spec, digest })
      expect(keysOf(ran), digest).toEqual(keys)
      expect(ran.observation.subjects).toMatchObject(subjects ?? {})
    }
  })
})
