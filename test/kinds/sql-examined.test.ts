import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../../src/kinds/sql/kind.js'
import type { PostgresSource } from '../../src/postgres/source.js'
import { openTest } from '../postgres/open.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { runKind } from './run.js'

let db: TestDatabase
let postgres: PostgresSource
beforeAll(async () => {
  db = await createDatabase()
  postgres = openTest({ url: db.url })
})
afterAll(async () => {
  await postgres?.close()
  await db?.drop()
})

const run = (examined: string, more: Record<string, unknown> = { violations: 'select 1 where false' }) =>
  runKind(sql, { connection: 'main', examined, ...more }, { postgres })

test.each([
  ['there is something', 'select 3', { subjects: { examined: 3, violations: 0 } }],
  ['there is nothing, which is skipped', 'select 0', { subjects: { examined: 0 }, skip: expect.any(String) }],
  ['all can be looked into', 'select 3, 0', { subjects: { examined: 3, violations: 0 } }],
  [
    'some of it cannot, which is a gap',
    'select 3, 1',
    { subjects: { examined: 3, violations: 0 }, gaps: [expect.stringContaining('1 of what there is cannot')] },
  ],
  ['what is hidden is not nothing', 'select 0, 2', { subjects: { violations: 0 }, gaps: [expect.any(String)] }],
])('%s', async (_, examined, expected) => {
  const { observation } = await run(examined)
  expect(observation).toMatchObject(expected)
  expect(observation.skip === undefined).toBe(!('skip' in expected))
})

test.each([
  ['select null::int', 'cannot be seen'],
  ['select 1, null::int', 'cannot be seen'],
  ['select 1 where false', 'one row'],
  ['values (1), (2)', 'one row'],
  ['select 1, 2, 3', 'two columns'],
  ['select -1', 'whole numbers'],
  [`select 'many'`, 'whole numbers'],
])('%s tells nothing, so the check is an error', async (examined, message) => {
  await expect(run(examined)).rejects.toThrow(message)
})

test('a value is judged beside it, and skipped with it', async () => {
  expect((await run('select 2', { sql: 'select 7' })).observation.subjects).toEqual({ examined: 2, value: 7 })
  expect((await run('select 0', { sql: 'select 1/0' })).observation).toMatchObject({ subjects: { examined: 0 } })
})

test('each query takes the parameters it names, and one that none names is told', async () => {
  const more = { violations: 'select :b::int', params: { a: 1, b: 2 } }
  expect((await run('select :a::int', more)).observation.subjects).toEqual({ examined: 1, violations: 1 })
  const spec = { connection: 'main', examined: 'select 1', violations: 'select 1', params: { c: 1 } }
  expect(sql.lint?.(sql.schema.parse(spec) as never).map(({ message }) => message)).toEqual([
    'the SQL never uses the parameter "c" (as :c)',
  ])
})
