import type { ChildProcess } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { decode, encode } from '../../src/snapshot/format.js'
import type { Snapshot } from '../../src/snapshot/snapshot.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { directoryOf, runCli } from '../support/run-cli.js'
import { holdAgainst, take } from './record.js'

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

const HEAD = `version: 1
name: shop
secrets: { url: { env: SHOP_URL } }
connections: { main: { type: postgres, url: "\${secret.url}" } }
defaults: { owner: team-shop, severity: high, remediation: Restore it. }
checks:
`
const ORDERS =
  '{ id: orders, kind: rows, connection: main, table: orders, expect: { count: { gte: 1, baseline: { drop_at_most: 1% } } } }'
const NO_TABLE = '{ id: gone, kind: rows, connection: main, table: nowhere, expect: { count: { baseline: same } } }'
const FAILING = '{ id: few, kind: rows, connection: main, table: orders, expect: { count: { lt: 10 } } }'
const SUM =
  '{ id: sum, kind: sql, connection: main, sql: select sum(id) from orders, expect: { value: { baseline: same } } }'

const here = () => ({ cwd: place.path, env: { SHOP_URL: database.url } })
const checks = (...list: string[]) =>
  writeFileSync(join(place.path, 'postflight.yaml'), HEAD + list.map((check) => `  - ${check}\n`).join(''))
const file = () => readFileSync(join(place.path, 'before.snapshot'))
const recorded = (): Snapshot => {
  const decoded = decode(file())
  if ('wrong' in decoded) throw new Error(decoded.wrong)
  return decoded.value as Snapshot
}
const shrink = (to: number) => database.client.query('delete from orders where id > $1', [to])

describe('taking a record', () => {
  it('keeps what was measured of every check, and no more', async () => {
    checks(ORDERS, SUM)
    expect((await take(here())).code).toBe(0)
    expect(recorded()).toMatchObject({
      name: 'shop',
      databases: { main: database.name },
      checks: {
        orders: { kind: 'rows', outcome: 'pass', subjects: { count: 100 }, unobserved: {} },
        sum: { kind: 'sql', subjects: { value: 5050 } },
      },
    })
    expect(JSON.stringify(recorded())).not.toContain(new URL(database.url).password)
    expect(readdirSync(place.path).toSorted()).toEqual(['before.snapshot', 'postflight.yaml'])
  })

  it('is no failure where a check fails already', async () => {
    checks(ORDERS, FAILING)
    expect((await take(here())).code).toBe(0)
    expect(recorded().checks['few']).toMatchObject({ outcome: 'fail', subjects: { count: 100 } })
  })

  it('ends with 3 where something was not observed, and keeps why', async () => {
    checks(ORDERS, NO_TABLE)
    const taken = await take(here())
    expect(taken.code).toBe(3)
    expect(JSON.parse(taken.stdout).unobserved).toEqual([
      { check: 'gone', subject: 'count', reason: expect.stringContaining('nowhere') },
    ])
    expect(recorded().checks['gone']?.unobserved).toHaveProperty('count')
  })

  it('writes over nothing unless it is told to', async () => {
    checks(ORDERS)
    writeFileSync(join(place.path, 'before.snapshot'), 'the record of last year')
    expect((await take(here())).refused).toContain('is there already')
    expect(file().toString()).toBe('the record of last year')
    expect((await take(here(), { force: true })).code).toBe(0)
    expect(recorded().checks).toHaveProperty('orders')
  })

  it.each([
    ['no-such-directory/before.snapshot', 'cannot be written'],
    ['.', 'is a directory'],
  ])('refuses %s before anything is read', async (output, words) => {
    checks(ORDERS)
    expect((await take(here(), { output })).refused).toContain(words)
  })

  it('says what it keeps, in 80 columns, and how to go on', async () => {
    checks(ORDERS, NO_TABLE, FAILING)
    const { code, stdout } = await take(here(), { json: false, quiet: false })
    expect(code).toBe(3)
    expect(stdout).toContain('2 subjects of 3 checks')
    expect(stdout).toContain('failing before the move: few')
    expect(stdout).toContain('postflight verify --baseline before.snapshot')
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })
})

describe('a record that is interrupted', () => {
  it('ends at once where a server says nothing, and nothing is written', async () => {
    checks(ORDERS)
    const mute = createServer((socket) => void socket.on('error', () => {})).listen(0, '127.0.0.1')
    await once(mute, 'listening')
    const { port } = mute.address() as AddressInfo
    const connected = once(mute, 'connection')
    let child: ChildProcess | undefined
    const env = { SHOP_URL: `postgres://u@127.0.0.1:${port}/shop?sslmode=disable` }
    const taking = runCli(['snapshot', '-o', 'before.snapshot'], {
      cwd: place.path,
      env,
      started: (one) => {
        child = one
      },
    })
    await connected
    child?.kill('SIGINT')
    const { code, stderr } = await taking
    mute.close()
    expect([code, readdirSync(place.path)]).toEqual([130, ['postflight.yaml']])
    expect(stderr).toContain('no record is written')
    // Less than it would wait for an answer.
  }, 6000)
})

describe('holding a run against it', () => {
  it('lets through what is as it was', async () => {
    checks(ORDERS, SUM)
    await take(here())
    const { code, ends, events } = await holdAgainst(here())
    expect(code).toBe(0)
    expect(ends['sum']?.assertions[0]).toMatchObject({ op: 'baseline', ok: true })
    expect(events[0]).toMatchObject({ baseline: { file: 'before.snapshot', signed: 'no' } })
  })

  it('fails what dropped further than it may', async () => {
    checks(ORDERS)
    await take(here())
    await shrink(99)
    expect((await holdAgainst(here())).code).toBe(0)
    await shrink(98)
    expect((await holdAgainst(here())).code).toBe(1)
  })

  it('says what failed before the move already', async () => {
    checks(ORDERS, FAILING)
    await take(here())
    const { code, ends } = await holdAgainst(here())
    expect(code).toBe(1)
    expect(ends['few']?.notes).toEqual(['it failed before the move, too: count 100 then'])
    expect(ends['orders']?.notes).toEqual([])
  })

  it('cannot tell of what was not observed then', async () => {
    checks(ORDERS, NO_TABLE)
    await take(here())
    checks(ORDERS, NO_TABLE.replace('nowhere', 'orders'))
    const { code, ends } = await holdAgainst(here())
    expect(code).toBe(3)
    expect(ends['gone']?.message).toContain('was not measured when it was recorded')
  })

  it('cannot tell of a check the record does not have', async () => {
    checks(ORDERS)
    await take(here())
    checks(ORDERS, SUM)
    const { code, ends } = await holdAgainst(here())
    expect(code).toBe(3)
    expect(ends['sum']?.message).toContain('the baseline does not have the check "sum"')
  })

  it('cannot tell without a record, and drops it where that is asked for', async () => {
    checks(ORDERS)
    expect((await holdAgainst(here(), { baseline: undefined })).code).toBe(3)
    expect((await holdAgainst(here(), { baseline: undefined, 'no-baseline': true })).code).toBe(0)
  })
})

describe('a record that is refused', () => {
  beforeEach(async () => {
    checks(ORDERS)
    await take(here())
  })

  it.each<[string, () => void, string]>([
    ['cut short', () => writeFileSync(join(place.path, 'before.snapshot'), file().subarray(0, -1)), 'was cut short'],
    [
      'altered',
      () => {
        const bytes = file()
        bytes[150] = (bytes[150] ?? 0) ^ 1
        writeFileSync(join(place.path, 'before.snapshot'), bytes)
      },
      'was altered or damaged',
    ],
    [
      'of a newer version',
      () => writeFileSync(join(place.path, 'before.snapshot'), file().toString('latin1').replace('t 1\n', 't 9\n')),
      'was written by a newer postflight',
    ],
    ['no record', () => writeFileSync(join(place.path, 'before.snapshot'), 'PGDMP\0\0'), 'is not a record'],
    [
      'of another form',
      () => writeFileSync(join(place.path, 'before.snapshot'), encode({ checks: [] }).bytes),
      'does not know as a record',
    ],
    ['of other check files', () => checks(ORDERS), 'it was taken of "shop"'],
    ['of other checks', () => checks(SUM), 'none of its 1 check has the id'],
    ['of a check of another kind', () => checks(SUM.replace('id: sum', 'id: orders')), 'is of kind rows'],
  ])('%s', async (name, spoil, words) => {
    spoil()
    if (name === 'of other check files') {
      const path = join(place.path, 'postflight.yaml')
      writeFileSync(path, readFileSync(path, 'utf8').replace('name: shop', 'name: crm'))
    }
    expect((await holdAgainst(here())).refused).toContain(words)
  })

  it('of another database, unless it was renamed on the way', async () => {
    const other = await createDatabase()
    try {
      await other.client.query('create table orders as select generate_series(1, 100) id')
      const there = { ...here(), env: { SHOP_URL: other.url } }
      expect((await holdAgainst(there)).refused).toContain(`main was "${database.name}" then, and is "${other.name}"`)
      expect((await holdAgainst(there, { 'database-renamed': [`${database.name}=${other.name}`] })).code).toBe(0)
    } finally {
      await other.drop()
    }
  })

  it('ends the command with 2, in words', async () => {
    writeFileSync(join(place.path, 'before.snapshot'), file().subarray(0, 60))
    const env = { SHOP_URL: database.url }
    const { code, stderr } = await runCli(['verify', '--baseline', 'before.snapshot'], { cwd: place.path, env })
    expect(code).toBe(2)
    expect(stderr).toContain('--baseline before.snapshot was cut short')
  })
})

describe('a signature', () => {
  it('is checked with the other half of the key, and asked for where that is given', async () => {
    const key = join(place.path, 'before.key')
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }))
    writeFileSync(join(place.path, 'before.pub'), publicKey.export({ type: 'spki', format: 'pem' }))
    checks(ORDERS)
    expect((await take(here(), { sign: 'before.key' })).code).toBe(0)
    const { code, events } = await holdAgainst(here(), { 'verify-key': 'before.pub' })
    expect(code).toBe(0)
    expect(events[0]).toMatchObject({ baseline: { signed: 'checked' } })
    expect((await holdAgainst(here(), { 'verify-key': 'before.key' })).refused).toContain('does not hold a public key')
    await take(here(), { force: true })
    expect((await holdAgainst(here(), { 'verify-key': 'before.pub' })).refused).toContain('is not signed')
  })
})
