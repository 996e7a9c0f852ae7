// Rows asked for by their keys, against all rows: of those with one of the keys none may be passed by.
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Key, keyFromBytes, keyFromText } from '../../src/lib/key.js'
import { onlyKeys } from '../../src/postgres/only-keys.js'
import type { PostgresSource, Row, Session } from '../../src/postgres/source.js'
import { BYTEA, TEXT } from '../../src/postgres/type-oids.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { ask, inSession, openTest, streamAll } from './open.js'

let db: TestDatabase
let source: PostgresSource
beforeAll(async () => {
  db = await createDatabase()
  await db.client.query(`
    create extension citext;
    create collation same_letters (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
    create domain place as varchar(200) check (value <> 'never');
    create type word as enum ('a', 'A', 'b');
  `)
  source = openTest({ url: db.url })
})
afterAll(async () => {
  await source?.close()
  await db?.drop()
})

const INVALID = keyFromBytes(Buffer.from([0x63, 0xe9]))
/** No text holds one. */
const NUL = keyFromText('a\0b')
const TEXTS = [
  ...[
    'a',
    'A',
    'a ',
    ' a',
    'a  ',
    'b',
    '',
    'NULL',
    'null',
    '{}',
    '{a,b}',
    ',',
    '"',
    '""',
    "'",
    "''",
    "a'b",
    '\\',
    '\\\\',
  ],
  ...['\\N', '\\.', '\\x61', "E'\\\\'", '\t', '\n', 'a\r\nb', '\\n', '\b\f\v', '\x01', '\x7f', ':p', '$1', '--', '/*'],
  ...[
    'é',
    'e\u0301',
    'É',
    'ß',
    'ss',
    'ı',
    'İ',
    '日本',
    '😀',
    '\u{10ffff}',
    '\ufeffa',
    '\u00ad',
    '\u200b',
    '\ufffd',
    'a\u0000b',
  ],
  ...['0', '-0', '+1', '1', '01', '1.0', '1e0', ' 1', '-1', '32767', '32768', '2147483648', '9223372036854775807'],
  ...['9223372036854775808', '-9223372036854775808', '1'.repeat(30), '00000000-0000-0000-0000-00000000000a'],
  ...['00000000-0000-0000-0000-00000000000A', '0000000000000000000000000000000a', 'x'.repeat(3000)],
]
const KEYS: readonly Key[] = [...TEXTS.map(keyFromText), INVALID]

/** Of both ways to read, the rows with one of the keys; and how many rows came. */
async function bothWays(session: Session, sql: string, keys: readonly Key[], every?: readonly Row[]) {
  const given = new Set<string>(keys)
  const all = every ?? (await streamAll(session, ask(sql)))
  const right = (rows: readonly Row[]) => rows.filter(([key]) => typeof key === 'string' && given.has(key))
  const some: Row[] = []
  for await (const page of session.stream(ask(sql), { columns: ['key'], only: { column: 'key', keys } })) {
    some.push(...page)
  }
  return { all: right(all).flat().sort(), some: right(some).flat().sort(), came: some.length, of: all.length }
}

const quoted = (texts: readonly string[]) => texts.map((text) => `E'${text.replaceAll(/[\\']/g, '\\$&')}'`).join(', ')
const texts = quoted(TEXTS.filter((text) => !text.includes('\0')))
const strings = `(select unnest(array[${texts}, null, 'a', 'a', 'b'])) v (t)`

describe.each([
  { name: 'text', sql: `select t as key from ${strings}`, narrowed: true },
  { name: 'varchar', sql: `select t::varchar as key from ${strings}`, narrowed: true },
  { name: 'varchar(2)', sql: `select t::varchar(2) as key from ${strings}`, narrowed: true },
  { name: 'a domain of varchar', sql: `select t::place as key from ${strings} where length(t) < 200`, narrowed: true },
  {
    name: 'a collation that takes some letters for others',
    sql: `select t collate same_letters as key from ${strings}`,
    narrowed: true,
  },
  {
    name: 'two collations at odds',
    sql: `select (t collate "C" || u) as key from ${strings}, (select ''::text collate same_letters) w (u)`,
    narrowed: true,
  },
  {
    name: 'bytea',
    sql: `select convert_to(t, 'UTF8') as key from ${strings} union all values ('\\x63e9'::bytea), ('\\x610062')`,
    narrowed: true,
  },
  {
    name: 'uuid',
    sql: "select ('00000000-0000-0000-0000-00000000000' || to_hex(n))::uuid as key from generate_series(0, 15) n",
    narrowed: true,
  },
  {
    name: 'smallint',
    sql: 'select n::smallint as key from generate_series(-3, 3) n union all values (32767::smallint)',
    narrowed: true,
  },
  { name: 'integer', sql: 'select n as key from generate_series(-3, 3) n union all values (32768)', narrowed: true },
  {
    name: 'bigint',
    sql: 'values (0::bigint), (1), (-1), (9223372036854775807), (-9223372036854775808), (7)',
    narrowed: true,
  },
  { name: 'char(3)', sql: `select t::char(3) as key from ${strings}`, narrowed: false },
  { name: 'citext', sql: `select t::citext as key from ${strings}`, narrowed: false },
  { name: 'name', sql: `select t::name as key from ${strings}`, narrowed: false },
  { name: 'numeric', sql: 'values (1::numeric), (1.0), (01), (0)', narrowed: false },
  { name: 'an enum', sql: "values ('a'::word), ('A'), ('b')", narrowed: false },
  { name: 'boolean', sql: 'values (true), (false)', narrowed: false },
])('$name', ({ sql, narrowed }) => {
  const named = `select v.* from (${sql}) as v (key)`

  test('no row is passed by, whichever key is asked for', async () => {
    await inSession(source, async (session) => {
      const every = await streamAll(session, ask(named))
      for (const key of [...KEYS, NUL]) {
        const { all, some } = await bothWays(session, named, [key], every)
        expect(some, JSON.stringify(key)).toEqual(all)
      }
    })
  })

  test('nor where all are', async () => {
    const { all, some } = await inSession(source, (session) => bothWays(session, named, KEYS))
    expect(some).toEqual(all)
  })

  test(narrowed ? 'no others come' : 'the server cannot tell them, and all come', async () => {
    const keys = ['a', '1'].map(keyFromText)
    const seen = await inSession(source, (session) => bothWays(session, named, keys))
    expect(seen.came).toBe(narrowed ? seen.all.length : seen.of)
  })
})

test('any rows and any keys', async () => {
  const any = fc.array(fc.oneof(fc.constantFrom(...TEXTS), fc.string({ unit: 'binary', maxLength: 4 })), {
    maxLength: 12,
  })
  const clean = any.map((all) => all.filter((text) => !text.includes('\0')))
  await inSession(source, (session) =>
    fc.assert(
      fc.asyncProperty(clean, any, fc.constantFrom('t', "convert_to(t, 'UTF8')"), async (rows, others, printed) => {
        const sql = `select ${printed} as key from unnest(array[${quoted(rows)}]::text[]) v (t)`
        const keys = [...others, ...rows.filter((_, index) => index % 2 === 0)].map(keyFromText)
        const { all, some } = await bothWays(session, sql, keys)
        expect(some).toEqual(all)
      }),
      { numRuns: 60 },
    ),
  )
})

// Moved inside the query, the condition would find a row that the query does not give: `a`, where it gives `A` alone.
test.each([
  "select distinct on (path) path::text as key from (values (1, 'A'::citext), (2, 'a')) v (n, path) order by path, n",
  "select path::text as key from (select distinct on (path) path from (select 1 as n, 'A'::citext as path union all select 2, 'a') v order by path, n) w",
  "select path as key from (select distinct on (path) path from (select 1 as n, 'A' collate same_letters as path union all select 2, 'a') v order by path, n) w",
])('the query chooses its rows as it does for all: %s', async (sql) => {
  for (const key of ['a', 'A'].map(keyFromText)) {
    const { all, some } = await inSession(source, (session) => bothWays(session, sql, [key]))
    expect(some).toEqual(all)
  }
})

test('parameters of the query are where they were', async () => {
  const query = ask('select t as key, :n::int as n from unnest(:all::text[]) v (t) where t <> :not', {
    n: 3,
    all: ['a', "b'", '\\'],
    not: 'a',
  })
  const keys = ["b'", 'a', '$1', ':n'].map(keyFromText)
  const rows = await inSession(source, async (session) => {
    const found: Row[] = []
    for await (const page of session.stream(query, { columns: ['n', 'key'], only: { column: 'key', keys } }))
      found.push(...page)
    return found
  })
  expect(rows).toEqual([['3', "b'"]])
})

test.each([
  ') q) to stdout; select 1 --',
  ') as q offset 0) as q) to stdout --',
  "select 'a' as key) as q offset 0) as q) to '/tmp/x' --",
  'select 1; select 2',
])('text that closes more than it opened is refused: %s', async (sql) => {
  await expect(inSession(source, (session) => bothWays(session, sql, [keyFromText('a')]))).rejects.toThrow(/./)
})

test('an error of the query is still told at its place', async () => {
  const failing = inSession(source, async (session) => {
    const query = ask("select key, 1 / (n - 2) as x from (values ('a', 1), ('b', 2)) v (key, n)")
    for await (const _ of session.stream(query, {
      columns: ['key', 'x'],
      only: { column: 'key', keys: [keyFromText('a')] },
    }));
  })
  await expect(failing).rejects.toThrow('division by zero')
})

describe.each(['SQL_ASCII', 'LATIN1'])('in a database of %s', (encoding) => {
  let other: PostgresSource
  const name = () => `${db.name}_${encoding.toLowerCase()}`
  beforeAll(async () => {
    await db.client.query(
      `create database ${name()} encoding '${encoding}' lc_collate 'C' lc_ctype 'C' template template0`,
    )
    const url = new URL(db.url)
    url.pathname = `/${name()}`
    other = openTest({ url: url.href })
  })
  afterAll(async () => {
    await other?.close()
    await db.client.query(`drop database ${name()} with (force)`)
  })
  const sql = `select convert_from(b, '${encoding}') as key from (values ('\\xc3a9'::bytea), ('\\xe9'), ('\\x610a'), ('\\x5c'), ('')) v (b)`

  test.each([['é'], ['\\'], ['a\n'], ['日'], ['a\n', 'é', '日']])('%j', async (...keys) => {
    const { all, some } = await inSession(other, (session) => bothWays(session, sql, keys.map(keyFromText)))
    expect(some).toEqual(all)
  })

  test('bytes that are no text', async () => {
    const { all, some } = await inSession(other, (session) =>
      bothWays(session, sql, [keyFromBytes(Buffer.from([0xe9])), INVALID]),
    )
    expect(some).toEqual(all)
  })

  test('of plain keys no others come', async () => {
    const { came } = await inSession(other, (session) => bothWays(session, sql, [keyFromText('a\n')]))
    expect(came).toBe(1)
  })
})

test('text that is not of the encoding its database has', async () => {
  const name = `${db.name}_broken`
  await db.client.query(`create database ${name} encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C' template template0`)
  const url = new URL(db.url)
  url.pathname = `/${name}`
  const filled = new pg.Client({ connectionString: url.href })
  await filled.connect()
  await filled.query("create table rows as select convert_from('\\x63e9', 'SQL_ASCII') as key")
  await filled.end()
  await db.client.query(`update pg_database set encoding = pg_char_to_encoding('UTF8') where datname = '${name}'`)
  const broken = openTest({ url: url.href })
  const { all, some } = await inSession(broken, (session) => bothWays(session, 'select * from rows', [INVALID]))
  expect([all, some]).toEqual([[INVALID], [INVALID]])
  await broken.close()
  await db.client.query(`drop database ${name} with (force)`)
})

describe('all rows are read', () => {
  const server = { version: 180_000, encoding: 'UTF8' }
  const column = { name: 'key', type: 'text', oid: TEXT }
  const many = (count: number, length: number) =>
    Array.from({ length: count }, (_, n) => keyFromText(String(n).padEnd(length)))

  test.each([
    {
      name: 'for a server that looks through a list for each row',
      keys: many(1, 1),
      server: { ...server, version: 130_014 },
    },
    { name: 'for very many keys', keys: many(20_001, 1), server },
    { name: 'for very long ones', keys: many(1000, 5000), server },
  ])('$name', ({ keys, server }) => {
    expect(onlyKeys(column, keys, server)).toBeUndefined()
    expect(onlyKeys({ ...column, oid: BYTEA }, keys, server)).toBeUndefined()
  })

  test('and not for as many as are looked at again of two classes', () => {
    expect(onlyKeys(column, many(20_000, 100), server)).toBeDefined()
  })
})
