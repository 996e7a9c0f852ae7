import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { resource } from '../../src/kinds/resource/kind.js'
import type { PostgresSource } from '../../src/postgres/source.js'
import { openTest } from '../postgres/open.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { runKind } from './run.js'

let db: TestDatabase
let postgres: PostgresSource
let plain: PostgresSource
let application: pg.Client[]
const roles = { plain: '', app: '' }

const as = (role: string) => {
  const url = new URL(db.url)
  url.username = role
  url.password = 'secret-enough'
  return url.href
}

beforeAll(async () => {
  db = await createDatabase()
  roles.plain = `${db.name}_plain`
  roles.app = `${db.name}_äpp`
  await db.client.query(`
    create role ${roles.plain} login password 'secret-enough';
    create role "${roles.app}" login password 'secret-enough' connection limit 4;
    alter database ${db.name} connection limit 10;
  `)
  postgres = openTest({ url: db.url })
  plain = openTest({ url: as(roles.plain) })
  application = [1, 2, 3].map(() => new pg.Client({ connectionString: as(roles.app) }))
  await Promise.all(application.map((client) => client.connect()))
})
afterAll(async () => {
  await Promise.all([postgres?.close(), plain?.close(), ...(application ?? []).map((client) => client.end())])
  await db.client.query(`alter database ${db.name} connection limit -1`)
  const dropper = new pg.Client({ connectionString: db.url.replace(/\/[^/]*$/, '/postgres') })
  await db.drop()
  await dropper.connect()
  await dropper.query(`drop role ${roles.plain}; drop role "${roles.app}"`)
  await dropper.end()
})

const measure = async (spec: Record<string, unknown>, source = postgres, now?: () => Date) => {
  const options = { postgres: source, ...(now === undefined ? {} : { now }) }
  return (await runKind(resource, { connection: 'main', ...spec }, options)).observation
}

it('counts against the limit of the database, where fewer are left of it than of the server', async () => {
  const { subjects, notes } = await measure({ measure: 'connections_used' })
  // Three of the application, that of the test, and our own.
  expect(subjects).toEqual({ value: 5, used: 5, free: 5, total: 10 })
  expect(notes).toEqual([`counted against the connection limit of database ${db.name}`])
})

it('counts those of others as well for a role that may not see what they are', async () => {
  // The source that asked before keeps its connection for a while.
  const { rows } = await db.client.query(
    'select count(*)::int as n from pg_stat_activity where datname = current_database()',
  )
  const { subjects, notes } = await measure({ measure: 'connections_used' }, plain)
  expect(subjects['used']).toBe(rows[0].n + 1)
  expect(notes).toContain(
    'the role lacks pg_read_all_stats: parallel and other workers may be counted as connections too',
  )
})

it('counts against the limit of the role the application connects as', async () => {
  const { subjects } = await measure({ measure: 'connections_free', user: roles.app })
  expect(subjects).toEqual({ value: 1, used: 3, free: 1, total: 4 })
})

it('tells what is used once every pool is full, with those of others beside', async () => {
  const pools = [{ user: roles.app, size: 5, instances: 4 }]
  const { subjects } = await measure({ measure: 'connections_used', pools })
  expect(subjects['when_full']).toBe(20 + (subjects['used'] as number) - 3)
})

it('counts against max_connections without those reserved', async () => {
  await db.client.query(`alter database ${db.name} connection limit -1`)
  try {
    const { rows } = await db.client.query(
      "select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int - coalesce(current_setting('reserved_connections', true), '0')::int as usable",
    )
    expect((await measure({ measure: 'connections_used' })).subjects['total']).toBe(rows[0].usable)
  } finally {
    await db.client.query(`alter database ${db.name} connection limit 10`)
  }
})

it('says which role is not there', async () => {
  await expect(measure({ measure: 'connections_used', user: 'no_such_role' })).rejects.toThrow(
    'the server has no role "no_such_role"',
  )
})

it.each([
  ['right', 0, /by [\d.]+m?s, give or take/],
  ['behind', 90_000, /^the database is behind by (1m 30s|1m 29s|89\.9s)/],
  ['ahead', -90_000, /^the database is ahead by 1m 30s/],
])('tells how far a clock is off that is %s', async (_, off, said) => {
  const { subjects, notes } = await measure({ measure: 'clock_skew' }, postgres, () => new Date(Date.now() + off))
  expect(Math.abs((subjects['value'] as number) - Math.abs(off))).toBeLessThan(1000)
  expect(notes?.[0]).toMatch(said)
})
