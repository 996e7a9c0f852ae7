/** Fifteen ways in which content was lost, each of which some tool of this kind does not see, and three that are none. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { keysOf, openTwo, type TwoDatabases } from './two-databases.js'

let two: TwoDatabases

const ID = (i: number): string => String(900000000000000000n + BigInt(i))

const TABLE = `
  create table t (id bigint primary key, a text, b text, amount numeric(20,2), at timestamptz, paid bool, raw bytea, doc jsonb);
  insert into t select 900000000000000000 + i, 'name ' || i, 'b' || i, 123456789012345.67 + i * 1000, timestamptz '2024-01-01 00:00:00+00' + i * interval '1 hour',
    i % 3 = 0, decode(md5(i::text), 'hex'), jsonb_build_object('n', i, 'deep', jsonb_build_array(i, i + 1))
  from generate_series(1, 1000) i;
  update t set a = '' where id = ${ID(10)};
  update t set paid = null where id = ${ID(11)};
  update t set a = '<null>' where id = ${ID(12)};
  update t set a = 'ab', b = 'c' where id = ${ID(13)};
  update t set a = 'a|b', b = 'c' where id = ${ID(14)};
  update t set doc = '{"n": 1}' where id = ${ID(15)};
`

beforeAll(async () => {
  two = await openTwo()
})
afterAll(() => two?.close())
beforeEach(() => two.both(`drop table if exists t; ${TABLE}`))

const corruptions: readonly (readonly [string, string, Readonly<Record<string, readonly string[]>>])[] = [
  [
    'amounts of two rows swapped',
    `update t set amount = (select amount from t as o where o.id = ${ID(3)} + ${ID(4)} - t.id) where id in (${ID(3)}, ${ID(4)})`,
    { changed: [ID(3), ID(4)] },
  ],
  ["'' became NULL", `update t set a = null where id = ${ID(10)}`, { changed: [ID(10)] }],
  ['a trailing space', `update t set a = a || ' ' where id = ${ID(20)}`, { changed: [ID(20)] }],
  ['0.4 seconds', `update t set at = at + interval '0.4 s' where id = ${ID(21)}`, { changed: [ID(21)] }],
  ['a microsecond', `update t set at = at + interval '1 microsecond' where id = ${ID(22)}`, { changed: [ID(22)] }],
  ['a cent at 17 digits', `update t set amount = amount + 0.01 where id = ${ID(23)}`, { changed: [ID(23)] }],
  [
    'the last digits of a long key',
    `update t set id = id + 5000 where id = ${ID(24)}`,
    { missing: [ID(24)], extra: [ID(5024)] },
  ],
  ["'ab','c' became 'a','bc'", `update t set a = 'a', b = 'bc' where id = ${ID(13)}`, { changed: [ID(13)] }],
  ["'a|b','c' became 'a','b|c'", `update t set a = 'a', b = 'b|c' where id = ${ID(14)}`, { changed: [ID(14)] }],
  ['a boolean NULL became false', `update t set paid = false where id = ${ID(11)}`, { changed: [ID(11)] }],
  ["the text '<null>' became NULL", `update t set a = null where id = ${ID(12)}`, { changed: [ID(12)] }],
  [
    'a byte of bytea',
    `update t set raw = set_byte(raw, 3, 255 - get_byte(raw, 3)) where id = ${ID(25)}`,
    { changed: [ID(25)] },
  ],
  ['a row deleted', `delete from t where id = ${ID(1000)}`, { missing: [ID(1000)] }],
  [
    'a row doubled',
    `alter table t drop constraint t_pkey; insert into t select * from t where id = ${ID(26)}`,
    { extra: [ID(26)] },
  ],
  [
    'a value in jsonb',
    `update t set doc = jsonb_set(doc, '{deep,1}', '0') where id = ${ID(27)}`,
    { changed: [ID(27)] },
  ],
]

const digests = ['auto', 'portable'] as const

describe.each(digests)('digest %s', (digest) => {
  test.each(corruptions)('%s', async (_, corrupt, keys) => {
    await two.target.client.query(corrupt)
    expect(keysOf(await two.compare({ digest }))).toEqual(keys)
  })
})

const controls: readonly (readonly [string, string])[] = [
  ['another time zone of the session', "alter database :name set timezone = 'Asia/Tokyo'"],
  ['another scale of the same numbers', 'alter table t alter amount type numeric(20,4)'],
  ['jsonb 1 and 1.0', `update t set doc = '{"n": 1.0}' where id = ${ID(15)}`],
]
test.each(controls)('control: %s is no difference', async (_, change) => {
  await two.target.client.query(change.replace(':name', two.target.name))
  const ran = await two.compare()
  expect(keysOf(ran)).toEqual({})
  expect(ran.observation.subjects).toMatchObject({ rows: 1000, target_rows: 1000, matched: 1000, changed: 0 })
})
