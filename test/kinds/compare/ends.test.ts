/** Comparisons that are ended in the middle: by a server, by a deadline, by whoever asked for them. Two real servers. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type PostgresServer, startPostgres } from '../../../fixtures/servers/postgres.js'
import { until } from '../../postgres/open.js'
import { openTwo, type TwoDatabases } from './two-databases.js'

// The side that is left would run to the end of its time, 30 seconds, were it not ended.
vi.setConfig({ testTimeout: 20_000 })

let server: PostgresServer
let two: TwoDatabases
beforeAll(async () => {
  server = await startPostgres()
  two = await openTwo({ target: server.url })
  await two.both('create table t (id int primary key, a text)')
  await two.both("insert into t select i, 'x' from generate_series(1, 20000) i")
})
afterAll(async () => {
  // The last test has stopped the server of the target, and what was in it is gone.
  await two?.close().catch(() => undefined)
  await server?.stop()
})
afterEach(() => expect.poll(() => running('source')).toBe(0))

/** Slow enough to be met at it, and to be noticed should it go on. */
const SLOW = { where: 'pg_sleep(0.01) is not null' }
const SLOW_ON_BOTH = { source: SLOW, target: SLOW }

const BACKENDS = "from pg_stat_activity where datname = current_database() and application_name = 'postflight/1.2.3'"

async function running(side: 'source' | 'target'): Promise<number> {
  const { rows } = await two[side].client.query(
    `select pid ${BACKENDS} and query like '%pg_sleep%' and state = 'active'`,
  )
  return rows.length
}

async function started(): Promise<void> {
  await until(async () => (await running('source')) === 1 && (await running('target')) === 1)
}

/** What it fails with; what it found would be wrong. */
async function failure(ran: Promise<unknown>): Promise<string> {
  return ran.then(
    () => 'it came to an end',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
}

test.each(['source', 'target'] as const)('the session of the %s is ended by its server', async (side) => {
  const ran = failure(two.compare(SLOW_ON_BOTH))
  await started()
  await two[side].client.query(`select pg_terminate_backend(pid) ${BACKENDS}`)
  expect(await ran).toMatch(/the server ended the session: .*administrator command/)
})

test('a deadline ends it on both sides', async () => {
  const deadline = new AbortController()
  const ran = failure(two.compare(SLOW_ON_BOTH, { signal: deadline.signal }))
  await started()
  deadline.abort(new Error('it took longer than 5m'))
  expect(await ran).toBe('stopped: it took longer than 5m')
  expect(await running('target')).toBe(0)
})

test('while it reads, nothing is locked beyond what any SELECT locks', async () => {
  const stop = new AbortController()
  const ran = failure(two.compare(SLOW_ON_BOTH, { signal: stop.signal }))
  await started()
  for (const side of ['source', 'target'] as const) {
    const { rows } = await two[side].client.query(
      `select distinct mode from pg_locks where locktype <> 'virtualxid' and pid in (select pid ${BACKENDS})`,
    )
    expect(rows).toEqual([{ mode: 'AccessShareLock' }])
  }
  stop.abort(new Error('that was enough'))
  await ran
})

test('the server of the target stops', async () => {
  const ran = failure(two.compare(SLOW_ON_BOTH))
  await started()
  await two.target.client.end()
  await server.stop()
  expect(await ran).toMatch(/the server ended the session|the connection was lost/)
})
