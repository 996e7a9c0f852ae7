import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rows } from '../../src/kinds/rows/kind.js'
import type { PostgresSource } from '../../src/postgres/source.js'
import { openTest } from '../postgres/open.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { runKind } from './run.js'

let db: TestDatabase
let postgres: PostgresSource

beforeAll(async () => {
  db = await createDatabase()
  await db.client.query(`
    create schema "Odd.Schema";
    create table orders (id int, state text);
    insert into orders select i, case when i % 4 = 0 then 'void' else 'paid' end from generate_series(1, 100) i;
    create table "Odd.Schema"."x""; drop table orders; --" (id int);
    create table nothing (id int);
    create view big as select 1 from generate_series(1, 3);
  `)
  postgres = openTest({ url: db.url })
})
afterAll(async () => {
  await postgres?.close()
  await db?.drop()
})

const count = async (spec: Record<string, unknown>) =>
  (await runKind(rows, { connection: 'main', ...spec }, { postgres })).observation.subjects['count']

describe('count', () => {
  const cases: readonly { readonly spec: Record<string, unknown>; readonly rows: number }[] = [
    { spec: { table: 'orders' }, rows: 100 },
    { spec: { table: 'public.orders' }, rows: 100 },
    { spec: { table: 'nothing' }, rows: 0 },
    { spec: { table: 'big' }, rows: 3 },
    { spec: { table: '"Odd.Schema"."x""; drop table orders; --"' }, rows: 0 },
    { spec: { table: 'orders', where: "state = 'void' -- only these" }, rows: 25 },
    { spec: { table: 'orders', where: 'state = :state and id <= :max', params: { state: 'paid', max: 8 } }, rows: 6 },
    { spec: { table: 'orders', where: 'id = any(:ids)', params: { ids: [1, 2, 999] } }, rows: 2 },
    { spec: { table: 'orders', where: 'null' }, rows: 0 },
    { spec: { table: 'orders', where: "state = 'x' or true" }, rows: 100 },
  ]
  test.each(cases)('$spec', async ({ spec, rows }) => expect(await count(spec)).toBe(rows))
})

describe('what cannot be counted is an error with its place', () => {
  const cases = [
    { spec: { table: 'Orders' }, message: 'relation "Orders" does not exist', at: { path: ['table'] } },
    { spec: { table: 'orders', where: 'stat = 1' }, message: 'column "stat"', at: { path: ['where'], offset: 0 } },
    { spec: { table: 'orders', where: 'true) or (true' }, message: 'closes no', at: { path: ['where'], offset: 4 } },
    {
      spec: { table: 'orders', where: 'id = :x' },
      message: '":x" is not in params',
      at: { path: ['where'], offset: 5 },
    },
    { spec: { table: 'a..b' }, message: 'not the name of a table', at: { path: ['table'] } },
  ]
  test.each(cases)('$spec', async ({ spec, message, at }) => {
    const error = await count(spec).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ message: expect.stringContaining(message), at })
  })
})

describe('lint', () => {
  const cases = [
    { spec: { table: 'shop.orders' }, paths: [] },
    { spec: { table: 'a..b' }, paths: [['table']] },
    { spec: { table: 'a', where: 'true;' }, paths: [['where']] },
    { spec: { table: 'a', where: 'x = :x' }, paths: [['where']] },
    { spec: { table: 'a', where: 'x = :x', params: { x: 1 } }, paths: [] },
    { spec: { table: 'a', params: { x: 1 } }, paths: [['params']] },
  ]
  test.each(cases)('$spec', ({ spec, paths }) => {
    const problems = rows.lint?.(rows.schema.parse({ connection: 'main', ...spec })) ?? []
    expect(problems.map((problem) => problem.path)).toEqual(paths)
  })
})
