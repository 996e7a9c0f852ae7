import type { ChildProcess } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { type CliResult, directoryOf, runCli } from '../support/run-cli.js'

let database: TestDatabase
let place: ReturnType<typeof directoryOf>

beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database.drop())
beforeEach(async () => {
  place = directoryOf()
  writeFileSync(join(place.path, 'postflight.yaml'), CHECK)
})
afterEach(async () => {
  await go()
  place.remove()
})

/** Waits for as long as the test holds the number 42. */
const CHECK = `version: 1
secrets: { url: { env: SHOP_URL } }
connections: { main: { type: postgres, url: "\${secret.url}", lock_timeout: 1m } }
defaults: { owner: team-shop, severity: high, remediation: Restore it. }
checks:
  - { id: waits, kind: sql, connection: main, sql: select count(pg_advisory_xact_lock_shared(42)), expect: { value: 1 } }
`
const stop = () => database.client.query('select pg_advisory_lock(42)')
const go = () => database.client.query('select pg_advisory_unlock_all()')

function verify(flags: readonly string[], started?: (child: ChildProcess) => void): Promise<CliResult> {
  const env = { SHOP_URL: database.url, LANG: 'C.UTF-8' }
  return runCli(['verify', ...flags], { cwd: place.path, env, ...(started === undefined ? {} : { started }) })
}
const BOTH = ['--history', 'kept', '--lock', 'run.lock']
const isLocked = () => vi.waitFor(() => expect(existsSync(join(place.path, 'run.lock'))).toBe(true), 20_000)
const reached = () =>
  vi.waitFor(async () => {
    const waiting = `select 1 from pg_stat_activity where wait_event = 'advisory' and datname = current_database()`
    expect((await database.client.query(waiting)).rowCount).toBe(1)
  }, 20_000)
const keptRuns = () => readdirSync(join(place.path, 'kept')).sort()

it('lets one run at a time through: the second runs nothing, says who is there and ends with 2', async () => {
  await stop()
  const first = verify(BOTH)
  await isLocked()
  const second = await verify(BOTH)
  expect(second.code).toBe(2)
  expect(second.stderr.replace(/\s+/g, ' ')).toMatch(/--lock run\.lock is held by process \d+ on .*: nothing was run/)
  expect(second.stdout).toBe('')
  await go()
  expect((await first).code).toBe(0)
  expect(keptRuns()).toHaveLength(1)
  expect(readdirSync(place.path).sort()).toEqual(['kept', 'postflight.yaml'])
})

it('loses nothing of many runs at once: as many are kept as were run', async () => {
  const runs = await Promise.all(Array.from({ length: 4 }, () => verify(BOTH)))
  const codes = runs.map(({ code }) => code)
  expect(codes).toContain(0)
  expect(codes.filter((code) => code !== 0 && code !== 2)).toEqual([])
  expect(keptRuns()).toHaveLength(codes.filter((code) => code === 0).length)
})

it('goes on after a run that was killed in the middle, with all that was kept before it', async () => {
  await verify(BOTH)
  const [before = ''] = keptRuns()
  await stop()
  const killed = verify(BOTH, (child) => void reached().then(() => child.kill('SIGKILL')))
  expect((await killed).code).toBe(null)
  expect(existsSync(join(place.path, 'run.lock'))).toBe(true)
  await go()
  const after = await verify(BOTH)
  expect(after.code, after.stderr).toBe(0)
  expect(after.stderr).not.toContain('sign of life')
  expect(keptRuns()).toHaveLength(2)
  for (const file of keptRuns()) JSON.parse(readFileSync(join(place.path, 'kept', file), 'utf8'))
  expect(keptRuns()[0]).toBe(before)
  expect(existsSync(join(place.path, 'run.lock'))).toBe(false)
})

it('is let go of by a run that was told to end, too', async () => {
  await stop()
  const run = await verify(BOTH, (child) => void reached().then(() => child.kill('SIGTERM')))
  expect(run.code).toBe(143)
  expect(existsSync(join(place.path, 'run.lock'))).toBe(false)
})
