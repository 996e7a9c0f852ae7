import { Big } from 'big.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CheckError } from '../../src/lib/errors.js'
import { PostgresError, type PostgresSource } from '../../src/postgres/source.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { ask, inSession, openTest, streamAll, until, WAYS } from './open.js'

let db: TestDatabase
let source: PostgresSource

beforeAll(async () => {
  db = await createDatabase()
  await db.client.query(`
    create table people (id int primary key, name text, note text, photo bytea, amount numeric, at timestamptz);
    insert into people values
      (1, 'Ann', E'tab\\there\\nnewline\\\\slash\\r\\b\\f\\v', '\\x00ff615c0a09', 12345678901234567890.5, '2026-01-02 03:04:05+02'),
      (2, 'Bjørn', null, null, null, null),
      (3, '', '\\N', '', 'NaN', null);
  `)
  await db.client.query(`alter role current_user in database ${db.name} set datestyle = 'German'`)
  await db.client.query(`alter role current_user in database ${db.name} set timezone = 'Asia/Tokyo'`)
  await db.client.query(`alter role current_user in database ${db.name} set bytea_output = 'escape'`)
  await db.client.query(`alter role current_user in database ${db.name} set client_encoding = 'LATIN1'`)
  await db.client.query(`alter role current_user in database ${db.name} set default_transaction_read_only = off`)
  source = openTest({ url: db.url })
})
afterAll(async () => {
  await source?.close()
  await db?.drop()
})

describe('cells', () => {
  const sql = 'select id, name, note, photo, amount, at from people order by id'
  const rows = [
    [
      '1',
      'Ann',
      'tab\there\nnewline\\slash\r\b\f\v',
      '\x00\xffa\\\n\t',
      '12345678901234567890.5',
      '2026-01-02 01:04:05+00',
    ],
    ['2', 'Bj\xc3\xb8rn', null, null, null, null],
    ['3', '', '\\N', '', 'NaN', null],
  ]
  test('are the same bytes by select and by stream, whatever the role is set to', async () => {
    await inSession(source, async (session) => {
      expect((await session.select(ask(sql), { limit: 10 })).rows).toEqual(rows)
      expect(await streamAll(session, ask(sql))).toEqual(rows)
    })
  })
  test('come by the columns asked for, in that order', async () => {
    const found = await inSession(source, (session) => streamAll(session, ask(sql), ['amount', 'id']))
    expect(found).toEqual(rows.map((row) => [row[4], row[0]]))
  })
  test('are none where no column is asked for, but the rows are there', async () => {
    expect(await inSession(source, (session) => streamAll(session, ask(sql), []))).toEqual([[], [], []])
  })
  test('of one empty text are no empty row', async () => {
    expect(await inSession(source, (session) => streamAll(session, ask("select ''::text as a")))).toEqual([['']])
  })
  test('are described by type', async () => {
    const columns = await inSession(source, (session) =>
      session.describe(ask("select 1::bigint as a, 'x'::char(3) as b, '{1}'::int[] as c, at from people")),
    )
    expect(columns.map(({ name, type }) => [name, type])).toEqual([
      ['a', 'bigint'],
      ['b', 'character'],
      ['c', 'integer[]'],
      ['at', 'timestamp with time zone'],
    ])
  })
})

test('select stops at its limit; count counts all', async () => {
  await inSession(source, async (session) => {
    const query = ask('select * from generate_series(1, 500)')
    expect((await session.select(query, { limit: 3 })).rows).toHaveLength(3)
    expect(await session.count(query)).toBe(500n)
  })
})

test('a session says what server it is on, and shows itself', async () => {
  await inSession(source, async (session) => {
    expect(session.server.version).toBeGreaterThanOrEqual(130000)
    expect(session.server.inRecovery).toBe(false)
    expect(Math.abs(session.server.now - Date.now())).toBeLessThan(60_000)
    const { rows } = await session.query({
      text: 'select application_name, $1::text from pg_stat_activity where pid = pg_backend_pid()',
      values: ['é'],
    })
    expect(rows).toEqual([['postflight/1.2.3', '\xc3\xa9']])
  })
})

describe('parameters mean the same bound and as literals of COPY', () => {
  const cases: readonly (readonly [sql: string, params: Parameters<typeof ask>[1], row: readonly (string | null)[]])[] =
    [
      ["select :a || 'x' as v", { a: `it's \\ "q" ; -- $$` }, [`it's \\ "q" ; -- $$x`]],
      ['select (:n + 1)::text as v', { n: 41 }, ['42']],
      ['select (:n + 0.5::numeric) as v', { n: new Big('12345678901234567890') }, ['12345678901234567890.5']],
      ['select id as v from people where id = :id', { id: 2n }, ['2']],
      ['select id as v from people where id = any(:ids) order by id limit :n', { ids: [3, 2], n: 1 }, ['2']],
      [
        "select array_to_string(:list::text[], '|', 'NULL') as v",
        { list: ['a,b', 'c"d\\', '', null, 'null'] },
        ['a,b|c"d\\||NULL|null'],
      ],
      ['select coalesce(:x, true) as v', { x: null }, ['t']],
      ['select not :x as v', { x: true }, ['f']],
      ["select :c = 'ab'::char(2) as v", { c: 'ab' }, ['t']],
      ['select :t::timestamptz at time zone :z as v', { t: '2026-01-01 00:00Z', z: 'UTC' }, ['2026-01-01 00:00:00']],
      ["select ':a' || :a || $$:a$$ as v --:a", { a: 'ø' }, [':a\xc3\xb8:a']],
      ['select (array[1,2,3])[:lo:2]::text as v', { lo: 1 }, ['{1,2}']],
    ]
  test.each(cases)('%s', async (sql, params, row) => {
    await inSession(source, async (session) => {
      expect((await session.select(ask(sql, params), { limit: 2 })).rows).toEqual([row])
      expect(await streamAll(session, ask(sql, params))).toEqual([row])
    })
  })
})

describe('errors are placed in the text of the check file', () => {
  const cases: readonly (readonly [sql: string, params: Parameters<typeof ask>[1], at: string])[] = [
    ['select id\nfrom people\nwhere nme is null', undefined, 'nme'],
    ["select '𝒳é', :a::int, nme from people", { a: 'a long value' }, 'nme'],
    ['select id from (select 1 as id', undefined, '(select'],
    ['select id from people where', undefined, ''],
    ['select :missing', undefined, ':missing'],
    ["select :n + 'x'::text", { n: 1 }, "+ 'x'"],
  ]
  const ways: typeof WAYS = { ...WAYS, estimate: (session, query) => session.estimate(query) }
  describe.each(Object.keys(ways))('by %s', (way) => {
    test.each(cases)('%s', async (sql, params, at) => {
      const error = await inSession(
        source,
        (session) => ways[way]?.(session, ask(sql, params)) ?? Promise.resolve(),
      ).catch((e) => e)
      if (!(error instanceof CheckError)) return expect.fail('nothing failed')
      expect(error.at?.path).toEqual(['sql'])
      expect(error.at?.offset).toBe(at === '' ? sql.length : sql.indexOf(at))
    })
  })

  test('an error in our own text before it names the field that is behind it', async () => {
    const around = { before: 'SELECT FROM "nowhere" WHERE (\n', after: '\n)', path: ['table'] }
    const error = await inSession(source, (session) => session.count({ sql: 'true', path: ['where'], around })).catch(
      (e) => e,
    )
    expect(error).toBeInstanceOf(PostgresError)
    expect(error.at).toEqual({ path: ['table'] })
    expect(error.message).toContain('relation "nowhere" does not exist')
  })
})

test.each([
  ['select 1 as a, 2 as a', undefined, 'two columns of the query are called "a"'],
  ['select 1 as a', ['b'], 'the query has no column "b"'],
])('a stream of %s, columns %s, is refused', async (sql, columns, message) => {
  await expect(inSession(source, (session) => streamAll(session, ask(sql), columns))).rejects.toThrow(message)
})

test('a stream keeps the order of the query and hands out pages', async () => {
  const sizes: number[] = []
  let last = 0
  await inSession(source, async (session) => {
    for await (const page of session.stream(ask('select i from generate_series(1, 25000) i order by i'))) {
      sizes.push(page.length)
      for (const [cell] of page) expect(Number(cell)).toBe(++last)
    }
  })
  expect(last).toBe(25_000)
  // A page is what one read of the socket holds: at most 64 KiB.
  expect(Math.max(...sizes)).toBeLessThanOrEqual(10_000)
})

test('a reader that stops reading stops the server, and gets every row when it goes on', async () => {
  await inSession(source, async (session) => {
    const rows = session.stream(ask("select i, repeat('x', 100) as filler from generate_series(1, 300000) i"))
    let count = (await rows.next()).value?.length ?? 0
    // Without back-pressure 30 MB would pass within moments and the server would be done.
    let blocked = 0
    await until(async () => {
      const { rows: found } = await db.client.query(
        "select state, wait_event from pg_stat_activity where datname = current_database() and application_name like 'postflight%'",
      )
      const waits = found.some((row) => row.state === 'active' && row.wait_event === 'ClientWrite')
      blocked = waits ? blocked + 1 : 0
      expect(found.every((row) => row.state !== 'idle in transaction')).toBe(true)
      return blocked > 20
    })
    for await (const page of rows) count += page.length
    expect(count).toBe(300_000)
  })
})

test('a session takes one statement at a time', async () => {
  await inSession(source, async (session) => {
    const first = session.query({ text: 'select 1' })
    await expect(session.query({ text: 'select 2' })).rejects.toThrow('one statement at a time')
    await first
  })
})

test('a database without an encoding gives its bytes as they are', async () => {
  const name = `${db.name}_ascii`
  await db.client.query(`create database ${name} encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C' template template0`)
  const url = new URL(db.url)
  url.pathname = `/${name}`
  const ascii = openTest({ url: url.href })
  try {
    const rows = await inSession(ascii, async (session) => {
      // As text of the database: bytes that are UTF-8, bytes that are not, and a name that is neither.
      const sql =
        "select convert_from(b, 'SQL_ASCII') as name from (values ('\\xc3a9'::bytea), ('\\xe9'), ('\\x610a')) v (b)"
      const all = await streamAll(session, ask(sql))
      // The same session still reads text.
      expect((await session.select(ask("select 'é' as x"), { limit: 1 })).rows).toEqual([['\xc3\xa9']])
      return all
    })
    expect(rows).toEqual([['\xc3\xa9'], ['\xe9'], ['a\n']])
    await expect(
      inSession(ascii, (session) => session.select(ask("select convert_from('\\xe9', 'SQL_ASCII')"), { limit: 1 })),
    ).rejects.toThrow(/invalid byte sequence/)
  } finally {
    await ascii.close()
    await db.client.query(`drop database ${name} with (force)`)
  }
})
