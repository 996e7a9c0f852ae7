import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { directoryOf, runCli } from '../support/run-cli.js'

const CHECKS = `version: 1
name: shop
secrets: { url: { env: SHOP_URL } }
connections: { main: { type: postgres, url: "\${secret.url}" } }
defaults: { owner: team-shop, severity: high, remediation: Restore it. }
checks:
  - { id: orders, kind: rows, connection: main, table: orders, expect: { count: { gte: 60 } } }
  - { id: customers, kind: rows, connection: main, table: customers, expect: { count: { gte: 1 } } }
  - { id: even, kind: sql, connection: main, violations: select id from orders where id % 2 = 1, expect: { violations: { lte: 40 } } }
`

let database: TestDatabase
let place: ReturnType<typeof directoryOf>
const env = () => ({ SHOP_URL: database.url, LANG: 'C.UTF-8', COLUMNS: '80' })
const postflight = (...args: string[]) => runCli(args, { cwd: place.path, env: env() })
const file = (name: string) => readFileSync(join(place.path, name), 'utf8')
const flat = (text: string) => text.replace(/\s+/g, ' ')

// Three runs: sixty rows are lost before the last, which mends one check and breaks another.
beforeAll(async () => {
  database = await createDatabase()
  place = directoryOf({ 'postflight.yaml': CHECKS })
  await database.client.query(
    'create table orders as select generate_series(1, 100) id; create table customers as select generate_series(1, 7) id',
  )
  const run = (...flags: string[]) => postflight('verify', '--history', 'kept', '--quiet', ...flags)
  await run()
  await run()
  await database.client.query('delete from orders where id > 40')
  await run('--reporter', 'ndjson:run.ndjson', '--reporter', 'html:live.html', '--findings', 'lists')
})
afterAll(async () => {
  place.remove()
  await database.drop()
})

describe('report --trend', () => {
  it('tells what the newest run of a history changed, and ends as that run ended', async () => {
    const { code, stdout, stderr } = await postflight('report', '--trend', '--history', 'kept')
    expect(stderr).toBe('')
    expect(code).toBe(1)
    expect(stdout).toContain('trend · shop')
    expect(flat(stdout)).toContain('held against 2 earlier runs')
    expect(flat(stdout)).toMatch(/worse ✖ fail, was pass orders mended ✔ pass, was fail even/)
    expect(flat(stdout)).toContain('count ██▁ 100 → 40 (-60)')
    expect(stdout).not.toMatch(/^customers$/m)
    expect(Math.max(...stdout.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(80)
  })

  it('tells the same of the recorded run alone, for it carries its past', async () => {
    const [kept, alone] = await Promise.all([
      postflight('report', '--trend', '--history', 'kept'),
      postflight('report', '--trend', 'run.ndjson'),
    ])
    expect(alone).toEqual(kept)
  })

  it('holds a recorded run against the runs of a history that came before it', async () => {
    const { code, stdout } = await postflight('report', '--trend', 'run.ndjson', '--history', 'kept')
    expect(code).toBe(1)
    expect(flat(stdout)).toContain('held against 2 earlier runs')
  })

  it('--quiet leaves out how subjects moved', async () => {
    const { stdout } = await postflight('report', '--trend', '--history', 'kept', '--quiet')
    expect(stdout).toContain('worse')
    expect(stdout).not.toContain('count')
  })

  it.each([
    [['--trend'], '--trend needs a recorded run or a history'],
    [['--trend', '--history', 'kpet'], '--history kpet is not a directory'],
    [['--history', 'kept'], '--history is what --trend holds runs against'],
    [['--trend', '--history', 'kept', '--findings', 'lists'], '--trend is for a terminal'],
    [['--trend', '--history', 'lists'], '--history lists holds no run yet'],
    [[], 'name the recorded run that is to be shown'],
  ])('refuses %j', async (flags, words) => {
    const { code, stdout, stderr } = await postflight('report', ...flags)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(words)
  })

  it('says that a run without a past has none', async () => {
    const [start = '', ...rest] = file('run.ndjson').split('\n')
    const { history: _, ...bare } = JSON.parse(start)
    writeFileSync(join(place.path, 'bare.ndjson'), [JSON.stringify(bare), ...rest].join('\n'))
    const { code, stderr } = await postflight('report', '--trend', 'bare.ndjson')
    expect(code).toBe(2)
    expect(stderr).toContain('bare.ndjson was recorded without a history')
  })
})

describe('the page of a run', () => {
  it('is the same to the byte when the recorded run is told again', async () => {
    await postflight('report', 'run.ndjson', '--reporter', 'html:again.html')
    expect(file('again.html')).toBe(file('live.html'))
  })

  it('tells what changed since the last run', () => {
    const text = flat(file('live.html').replace(/<[^>]*>/g, ' '))
    expect(text).toContain('Since the last run')
    expect(text).toMatch(/Worse 1 .{0,40}pass .{0,20}fail orders/)
    expect(text).toMatch(/Mended 1 .{0,40}fail .{0,20}pass even/)
  })

  it('names the lists of all findings', () => {
    expect(file('live.html')).toContain('lists/')
  })
})
