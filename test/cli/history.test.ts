import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { RunRecord } from '../../src/history/run-record.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { directoryOf, runCli } from '../support/run-cli.js'

let database: TestDatabase
let place: ReturnType<typeof directoryOf>

beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database.drop())
beforeEach(async () => {
  place = directoryOf()
  await database.client.query('drop table if exists orders; create table orders as select generate_series(1, 100) id')
})
afterEach(() => place.remove())

const CHECK = `version: 1
name: shop
secrets: { url: { env: SHOP_URL } }
connections: { main: { type: postgres, url: "\${secret.url}" } }
defaults: { owner: team-shop, severity: high, remediation: Restore it. }
checks:
  - { id: orders, kind: rows, connection: main, table: orders, expect: { count: { gte: 1, since_last: { drop_at_most: 1% } } } }
`

function verify(...flags: string[]) {
  writeFileSync(join(place.path, 'postflight.yaml'), CHECK)
  return runCli(['verify', ...flags], { cwd: place.path, env: { SHOP_URL: database.url, LANG: 'C.UTF-8' } })
}
const flat = (text: string) => text.replace(/\s+/g, ' ')
const shrink = (to: number) => database.client.query('delete from orders where id > $1', [to])
const keptRuns = () => readdirSync(join(place.path, 'kept')).sort()

it('holds a run against the one before, however that ended', async () => {
  const first = await verify('--history', 'kept')
  expect(first.code).toBe(0)
  expect(flat(first.stdout)).toContain('left out: the history has no earlier run that measured this check')
  await shrink(99)
  expect((await verify('--history', 'kept')).code).toBe(0)
  await shrink(50)
  const lost = await verify('--history', 'kept')
  expect(lost.code).toBe(1)
  expect(lost.stdout).toContain('since_last')
  // Of the run that failed, too, it is known what it measured.
  expect((await verify('--history', 'kept')).code).toBe(0)
  expect(keptRuns()).toHaveLength(4)
})

it('keeps what was measured and no more', async () => {
  await verify('--history', 'kept')
  const [file = ''] = keptRuns()
  const record = JSON.parse(readFileSync(join(place.path, 'kept', file), 'utf8')) as RunRecord
  expect(record).toMatchObject({
    v: 1,
    name: 'shop',
    exit: 0,
    checks: { orders: { outcome: 'pass', subjects: { count: 100 } } },
  })
  expect(JSON.stringify(record)).not.toContain(database.url)
})

it('says without a history that nothing was held against an earlier run', async () => {
  expect(flat((await verify()).stdout)).toContain('left out: no history is kept: --history DIR')
})

it('goes on beside a damaged record, and says which it is', async () => {
  await verify('--history', 'kept')
  const file = '20990101T000000Z-abcdef.json'
  writeFileSync(join(place.path, 'kept', file), '{"v":1,')
  await shrink(50)
  const run = await verify('--history', 'kept')
  expect(run.code).toBe(1)
  expect(flat(run.stdout)).toContain(`records of the history in kept cannot be read and are passed over: ${file}`)
})

it('ends with 5 where the run cannot be kept, with 2 where there can be no history', async () => {
  const unkept = await verify('--history', '/proc')
  expect(unkept.code).toBe(5)
  expect(unkept.stderr).toContain('a report could not be written: the history in /proc')
  writeFileSync(join(place.path, 'file'), '')
  const none = await verify('--history', 'file')
  expect(none.code).toBe(2)
  expect(none.stderr).toContain('--history file cannot be made a directory')
})

it('keeps no part of a divided run, for it measured the whole of nothing', async () => {
  await verify('--history', 'kept', '--shard', '1/2')
  expect(keptRuns()).toEqual([])
})

it('loses no run of two at once', async () => {
  await Promise.all([verify('--history', 'kept'), verify('--history', 'kept')])
  expect(keptRuns()).toHaveLength(2)
})
