import { Big } from 'big.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sql } from '../../src/kinds/sql/kind.js'
import type { PostgresSource } from '../../src/postgres/source.js'
import { openTest, until } from '../postgres/open.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { checkOf, contextOf, runKind } from './run.js'

let db: TestDatabase
let postgres: PostgresSource

beforeAll(async () => {
  db = await createDatabase()
  await db.client.query(`
    create table orders (id bigint primary key, customer int, email text, photo bytea, amount numeric);
    insert into orders select i, i, 'alice' || i || '@example.org', '\\xff', i + 0.10 from generate_series(1, 2500) i;
    insert into orders values (9007199254740993, null, null, null, 'NaN');
  `)
  postgres = openTest({ url: db.url })
})
afterAll(async () => {
  await postgres?.close()
  await db?.drop()
})

const run = (spec: Record<string, unknown>, showData = false) =>
  runKind(sql, { connection: 'main', ...spec }, { postgres, showData })

describe('violations', () => {
  test('none', async () => {
    const { observation, findings } = await run({ violations: 'select id from orders where id < 0' })
    expect(observation.subjects).toEqual({ violations: 0 })
    expect(findings).toEqual([])
  })

  test('each is a finding, in pages, and none shows a value unasked', async () => {
    const { observation, findings, largest } = await run({ violations: 'select * from orders' })
    expect(observation.subjects).toEqual({ violations: 2501 })
    expect(findings).toHaveLength(2501)
    // What one read of the socket holds: at most 64 KiB.
    expect(largest).toBeLessThan(10_000)
    expect(JSON.stringify(findings)).not.toContain('alice')
    expect(new Set(findings.map((finding) => JSON.stringify(finding)))).toEqual(new Set(['{"finding":"violations"}']))
  })

  test('show names the columns and how many rows carry them', async () => {
    const { findings } = await run({
      violations: 'select * from orders order by id desc',
      show: { columns: ['amount', 'id', 'photo', 'customer'], limit: 2 },
    })
    expect(findings.slice(0, 3)).toEqual([
      { finding: 'violations', row: { amount: 'NaN', id: '9007199254740993', photo: null, customer: null } },
      { finding: 'violations', row: { amount: 2500.1, id: 2500, photo: '\\xff', customer: 2500 } },
      { finding: 'violations' },
    ])
    expect(findings).toHaveLength(2501)
    expect(JSON.stringify(findings)).not.toContain('alice')
  })

  test('a column `fix` that show names is the statement that mends it, of every row', async () => {
    const violations = `select id, case when id <> 2 then 'FIX ' || id end as fix from orders where id < 4 order by id`
    const { findings } = await run({ violations, show: { columns: ['id', 'fix'], limit: 1 } })
    expect(findings).toEqual([
      { finding: 'violations', row: { id: 1 }, fix: 'FIX 1' },
      { finding: 'violations' },
      { finding: 'violations', fix: 'FIX 3' },
    ])
    expect((await run({ violations })).findings).toEqual(findings.map(({ finding }) => ({ finding })))
  })

  test('--show-data shows all columns of the first few', async () => {
    const { findings } = await run({ violations: 'select id, email from orders order by id' }, true)
    expect(findings[0]).toEqual({ finding: 'violations', row: { id: 1, email: 'alice1@example.org' } })
    expect(findings.filter((finding) => finding.row !== undefined)).toHaveLength(5)
  })

  test('parameters', async () => {
    const spec = { violations: 'select id from orders where email = :email', params: { email: 'alice7@example.org' } }
    expect((await run(spec)).observation.subjects).toEqual({ violations: 1 })
  })

  test.each([
    [{ violations: 'select id from orders', show: { columns: ['nope'] } }, 'no column "nope"'],
    [
      { violations: 'select id, id from orders', show: { columns: ['id'] } },
      'two columns of the query are called "id"',
    ],
    [{ violations: 'select idd from orders' }, 'column "idd" does not exist'],
  ])('%o is an error', async (spec, message) => {
    await expect(run(spec)).rejects.toMatchObject({
      message: expect.stringContaining(message),
      at: { path: ['violations'] },
    })
  })

  test('a reader that leaves early leaves nothing running', async () => {
    const { observe } = await sql.load()
    const check = checkOf(sql, { connection: 'main', violations: 'select * from generate_series(1, 10000000)' })
    for await (const _ of observe(check, contextOf({ postgres }))) break
    await until(async () => {
      const { rows } = await db.client.query(
        "select 1 from pg_stat_activity where application_name like 'postflight%' and datname = current_database() and state <> 'idle'",
      )
      return rows.length === 0
    })
  })

  test('an abort ends it', async () => {
    const signal = AbortSignal.timeout(50)
    const running = runKind(sql, { connection: 'main', violations: 'select pg_sleep(600)' }, { postgres, signal })
    await expect(running).rejects.toThrow('stopped')
  })
})

describe('value', () => {
  const cases: readonly (readonly [text: string, value: unknown])[] = [
    ['select count(*) from orders', 2501n],
    ['select 9007199254740993::bigint', 9007199254740993n],
    ["select '12345678901234567890.10'::numeric", new Big('12345678901234567890.10')],
    ['select 7', 7],
    ['select 0.5::float8', 0.5],
    ['select true', true],
    ["select 'Bjørn'", 'Bjørn'],
    ["select '5'::text", '5'],
    ['select null::int', null],
    ["select '\\xff00'::bytea", '\\xff00'],
    ["select '2026-01-02 03:04+02'::timestamptz", '2026-01-02 01:04:00+00'],
    ['select \'{"a": 1}\'::jsonb', '{"a": 1}'],
  ]
  test.each(cases)('%s', async (text, value) => {
    const { observation } = await run({ sql: text })
    expect(observation.subjects['value']).toEqual(value)
  })

  test.each([
    ['select 1 where false', 'gives no row'],
    ['select * from generate_series(1, 3)', 'several rows'],
    ['select 1, 2', '2 columns'],
    ['select from orders limit 1', '0 columns'],
    ["select 'NaN'::numeric", 'not a number'],
    ["select 'infinity'::float8", 'not a number'],
    ['select email::int from orders', 'invalid input syntax for type integer: "…"'],
  ])('%s is an error', async (text, message) => {
    await expect(run({ sql: text })).rejects.toThrow(message)
  })
})

describe('lint', () => {
  const cases = [
    { spec: { violations: 'select 1' }, problems: [] },
    { spec: { sql: 'select 1' }, problems: [] },
    { spec: {}, problems: ['either'] },
    { spec: { sql: 'select 1', violations: 'select 1' }, problems: ['either'] },
    { spec: { sql: 'select 1', show: { columns: ['a'] } }, problems: ['`show` is about violations'] },
    { spec: { violations: 'select :a', params: { b: 1 } }, problems: ['":a" is not in params', 'never uses'] },
    { spec: { violations: 'select 1;' }, problems: ['may not end it'] },
    { spec: { violations: 'delete from orders' }, problems: ['begins with'] },
  ]
  test.each(cases)('$spec', ({ spec, problems }) => {
    const found = sql.lint?.(sql.schema.parse({ connection: 'main', ...spec })) ?? []
    expect(found).toHaveLength(problems.length)
    problems.forEach((text, index) => {
      expect(found[index]?.message).toContain(text)
    })
  })

  test('the subject that is not measured says why, and only violations have a default', () => {
    const subjects = (spec: Record<string, unknown>) =>
      Object.fromEntries(sql.subjects(sql.schema.parse({ connection: 'main', ...spec })).map((one) => [one.name, one]))
    expect(subjects({ violations: 'select 1' })).toMatchObject({
      violations: { default: { level: 'expect', matcher: 0 } },
      value: { unobserved: expect.any(String) },
    })
    expect(subjects({ sql: 'select 1' })['violations']).toMatchObject({ unobserved: expect.any(String) })
    expect(subjects({ sql: 'select 1' })['value']).not.toHaveProperty('unobserved')
  })
})

describe('a finding in words', () => {
  test.each([
    [{ finding: 'violations' }, 'a row, not shown'],
    [
      { finding: 'violations', row: { id: 5, name: 'x "y"\n', gone: null } },
      'id = 5, name = "x \\"y\\"\\n", gone = NULL',
    ],
  ])('%o', (finding, headline) => expect(sql.present(finding)).toEqual({ headline, detail: [] }))
})
