import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectionSchema, type PostgresSpec } from '../../src/connections/schema.js'
import { openPostgres } from '../../src/postgres/connect.js'
import type { PostgresSource, Session, UserQuery } from '../../src/postgres/source.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'

const never = new AbortController().signal
const ask = (sql: string, params?: UserQuery['params']): UserQuery => ({ sql, path: ['sql'], params })

let db: TestDatabase
let source: PostgresSource

beforeAll(async () => {
  db = await createDatabase()
  await db.client.query(`
    create table people (id int primary key, name text, note text, photo bytea, amount numeric, at timestamptz);
    insert into people values (1, 'Ann', E'tab\\there\\nnewline\\\\slash', '\\x00ff61', 12345678901234567890.5, '2026-01-02 03:04:05+02');
    insert into people values (2, 'Bjørn', null, null, null, null), (3, '', '', '', 'NaN', null);
  `)
  source = openPostgres('main', connectionSchema.parse({ type: 'postgres', url: db.url }) as PostgresSpec, {
    env: {},
    version: '1.2.3',
  })
})
afterAll(async () => {
  await source?.close()
  await db?.drop()
})

const inSession = <T>(use: (session: Session) => Promise<T>): Promise<T> => source.withSession({ signal: never }, use)

async function all(session: Session, query: UserQuery, columns?: readonly string[]) {
  const rows = []
  for await (const page of session.stream(query, columns ? { columns } : {})) rows.push(...page)
  return rows
}

describe('a session', () => {
  test('reads cells as bytes, by select and by stream alike', async () => {
    const sql = 'select id, name, note, photo, amount, at from people order by id'
    const [selected, streamed] = await inSession(async (session) => [
      (await session.select(ask(sql), { limit: 10 })).rows,
      await all(session, ask(sql)),
    ])
    expect(selected).toEqual([
      ['1', 'Ann', 'tab\there\nnewline\\slash', '\x00\xffa', '12345678901234567890.5', '2026-01-02 01:04:05+00'],
      ['2', 'Bj\xc3\xb8rn', null, null, null, null],
      ['3', '', '', '', 'NaN', null],
    ])
    expect(streamed).toEqual(selected)
  })
})
