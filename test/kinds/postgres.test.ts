import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PostgresServer, startPostgres } from '../../fixtures/servers/postgres.js'
import { dripping, silent, startScriptedTcp } from '../../fixtures/servers/scripted-tcp.js'
import type { PostgresSpec } from '../../src/connections/schema.js'
import { postgres } from '../../src/kinds/postgres/kind.js'
import { openTest } from '../postgres/open.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { runKind } from './run.js'

const SECRET = 'a-Password-of-the-database'

async function look(spec: Partial<PostgresSpec>, more: object = {}, timeoutMs = 5000) {
  const source = openTest(spec)
  try {
    const run = runKind(postgres, { connection: 'main', ...more }, { postgres: source, check: { timeoutMs } })
    const { observation } = await run
    expect(JSON.stringify(observation)).not.toContain(SECRET)
    return observation
  } finally {
    await source.close()
  }
}

describe('a database', () => {
  let database: TestDatabase
  let role: string
  let at: (more: Partial<PostgresSpec>) => Partial<PostgresSpec>
  beforeAll(async () => {
    database = await createDatabase()
    role = `plain_${database.name}`
    await database.client.query(`create role ${role} login password '${SECRET}'`)
    const url = new URL(database.url)
    at = (more) => ({
      host: url.hostname,
      port: Number(url.port),
      database: database.name,
      user: role,
      password: SECRET,
      ...more,
    })
  })
  afterAll(async () => {
    await database.client.query(`drop role ${role}`)
    await database.drop()
  })

  it('says which it is, as whom, and how the server stands', async () => {
    const { subjects, notes } = await look(at({}))
    expect(subjects).toMatchObject({
      reachable: true,
      failed_step: 'none',
      in_recovery: false,
      read_only: false,
      database: database.name,
      user: role,
      superuser: false,
      encrypted: false,
      server_address: `${new URL(database.url).hostname}:${new URL(database.url).port}`,
      system_identifier: expect.stringMatching(/^\d{15,}$/),
      version: expect.stringMatching(/^\d+\.\d+/),
      latency: expect.any(Number),
      uptime: expect.any(Number),
      connections: expect.any(Number),
      max_connections: expect.any(Number),
    })
    expect(subjects['connections']).toBeGreaterThan(0)
    expect(notes?.join()).toContain('pg_read_all_stats')
  })

  it('knows a superuser, and a role that begins read-only', async () => {
    expect((await look({ url: database.url })).subjects).toMatchObject({ superuser: true, read_only: false })
    await database.client.query(`alter role ${role} set default_transaction_read_only = on`)
    expect((await look(at({}))).subjects).toMatchObject({ superuser: false, read_only: true, in_recovery: false })
  })

  it.each<readonly [string, Partial<PostgresSpec>, string, RegExp]>([
    ['a wrong password', { password: 'wrong-password' }, 'handshake', /password .* refused/],
    ['an unknown database', { database: 'nowhere' }, 'handshake', /no database "nowhere"/],
    ['TLS it does not offer', { sslmode: 'require' }, 'handshake', /does not offer TLS/],
    ['a port nobody listens on', { port: 1 }, 'connect', /nothing listens there/],
    ['a name nobody has', { host: 'nowhere.invalid' }, 'name', /not known/],
  ])('that is not reached by %s says which step failed', async (_, spec, step, text) => {
    const { subjects, notes } = await look(at(spec))
    expect(subjects).toMatchObject({
      reachable: false,
      failed_step: step,
      in_recovery: { unobserved: expect.stringContaining(step) },
    })
    expect(notes?.join()).toMatch(text)
  })

  it('that lets no more sessions in is not reached', async () => {
    await database.client.query(`alter role ${role} connection limit 0`)
    const { subjects, notes } = await look(at({}))
    expect(subjects).toMatchObject({ reachable: false, failed_step: 'handshake' })
    expect(notes?.join()).toContain('too many connections')
  })

  it('whose connection is described wrongly is an error of ours, not of the server', async () => {
    await expect(look(at({ sslmode: 'verify-full' }))).rejects.toThrow('no root certificate')
  })
})

describe('a standby', () => {
  let home: string
  let server: PostgresServer
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'postflight-standby-'))
    // The server runs as another user where the tests run as root.
    chmodSync(home, 0o755)
    const dataDir = join(home, 'data')
    await (await startPostgres({ dataDir, password: SECRET })).stop()
    writeFileSync(join(dataDir, 'standby.signal'), '')
    server = await startPostgres({ dataDir, password: SECRET })
  }, 60_000)
  afterAll(async () => {
    await server?.stop()
    rmSync(home, { recursive: true, force: true })
  })

  it('is told from a primary, and one that receives nothing is not up to date', async () => {
    const { subjects } = await look({ url: server.url }, { standby: true })
    expect(subjects).toMatchObject({ reachable: true, in_recovery: true, read_only: true, receiving: false })
    expect(subjects['replay_lag']).not.toBe(0)
  })
})

describe('a server that misbehaves', () => {
  it.each([
    ['says nothing', silent],
    ['sends a byte a second', dripping('R\0\0\0\u0008')],
    ['speaks another protocol', (socket: { write: (text: string) => void }) => socket.write('220 mail.test\r\n')],
    ['hangs up', (socket: { destroy: () => void }) => socket.destroy()],
  ])('that %s is not reached, in time, and nothing stays open', async (_, play) => {
    const server = await startScriptedTcp(play)
    const began = performance.now()
    const spec = { host: '127.0.0.1', port: server.port, user: 'u', database: 'd', password: SECRET }
    const { subjects } = await look({ ...spec, sslmode: 'disable' }, {}, 1500)
    expect(performance.now() - began).toBeLessThan(2500)
    expect(subjects).toMatchObject({
      reachable: false,
      failed_step: 'handshake',
      database: { unobserved: expect.any(String) },
    })
    await expect.poll(server.open).toBe(0)
    await server.stop()
  })

  it('is given up within the timeout of the check where that is shorter than that of the connection', async () => {
    const server = await startScriptedTcp(silent)
    const spec = { host: '127.0.0.1', port: server.port, user: 'u', database: 'd', connect_timeout: 60_000 }
    const { notes } = await look(spec, {}, 1500)
    expect(notes?.join()).toContain('no answer within')
    await expect.poll(server.open).toBe(0)
    await server.stop()
  })
})

it('is not looked at from elsewhere', () => {
  expect(postgres.moves?.(postgres.schema.parse({ connection: 'main' }), {})).toContain('use tcp from there')
})
