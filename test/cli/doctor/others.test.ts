import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { type RedisServer, redisInstalled, startRedis } from '../../../fixtures/servers/redis.js'
import { type ScriptedTcp, silent, startScriptedTcp } from '../../../fixtures/servers/scripted-tcp.js'
import { type Sshd, sshdInstalled, startSshd } from '../../../fixtures/servers/sshd.js'
import { serverOrSkip } from '../../support/require-server.js'
import { directoryOf } from '../../support/run-cli.js'
import { s3 } from '../../support/s3.js'
import { runDoctor, seenBy } from './run-doctor.js'

const SECRET = 'a-Secret-of-nobody-1'

let place: ReturnType<typeof directoryOf>
let store: Awaited<ReturnType<typeof s3>>
let web: Server
let mute: ScriptedTcp

beforeAll(async () => {
  place = directoryOf()
  mkdirSync(join(place.path, 'uploads'))
  const user = (accessKey: string, media: readonly ('list' | 'get')[]) => ({
    accessKey,
    secretKey: SECRET,
    rights: { media },
  })
  store = await s3({ users: { lists: user('AKLISTS', ['list']), reads: user('AKREADS', ['get']) } })
  store.server.bucket('media')
  store.server.put('media', 'a.jpg', 'x')
  web = createServer((_, response) => response.writeHead(404).end())
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
  mute = await startScriptedTcp(silent)
})
afterAll(async () => {
  await Promise.all([store.stop(), mute.stop(), new Promise((resolve) => web.close(resolve))])
  place.remove()
})

const env = { SECRET, URL: inject('postgresUrl') }

function write(connections: Readonly<Record<string, string>>, checks: readonly string[] = []): void {
  const lines = Object.entries(connections).map(([name, fields]) => `  ${name}: { ${fields} }\n`)
  const listed = checks.length === 0 ? ['id: port, kind: tcp, host: 127.0.0.1, port: 1'] : checks
  writeFileSync(
    join(place.path, 'postflight.yaml'),
    `version: 1
secrets: { word: { env: SECRET }, url: { env: URL } }
${lines.length === 0 ? '' : 'connections:\n'}${lines.join('')}defaults: { owner: team-shop, severity: high, remediation: Restore it. }
checks:
${listed.map((check) => `  - { ${check} }\n`).join('')}`,
  )
}

const bucket = (accessKey: string, secretKey = '${secret.word}') =>
  `type: s3, bucket: media, endpoint: "${store.server.endpoint}", path_style: true, access_key: ${accessKey}, secret_key: "${secretKey}"`
const files = (connection: string, more = '') =>
  `id: files, kind: artifacts, rows: { connection: main, sql: select 'a.jpg' as path, key: path }, store: ${connection}, ${more}`
const uploads = () => `type: files, root: "${join(place.path, 'uploads')}"`
const MAIN = 'type: postgres, url: "${secret.url}"'

describe('a bucket', () => {
  it('that may be listed and read lacks nothing', async () => {
    write({ media: bucket(store.server.accessKey, store.server.secretKey), main: MAIN }, [files('media')])
    const { told, code } = await seenBy(place.path, env, 'media')
    expect(told).toMatchObject({ opened: true, tls: false, clock_skew_ms: 0, too_few: [], too_many: [] })
    expect(told.notes).toContain('whether it may write cannot be seen without writing')
    expect(code).toBe(0)
  })

  it.each([
    ['listed', 'AKREADS', 's3:ListBucket: listing is refused'],
    ['read', 'AKLISTS', 's3:GetObject: HEAD of an object is refused'],
  ])('that may not be %s', async (_, accessKey, right) => {
    write({ media: bucket(accessKey), main: MAIN }, [files('media')])
    const { told, code } = await seenBy(place.path, env, 'media')
    expect(told.too_few).toEqual([{ right, checks: ['files'] }])
    expect(code).toBe(1)
  })

  it.each([
    ['a wrong secret', () => bucket('AKREADS', 'wrong-Secret-77'), /credentials are wrong/],
    [
      'a bucket that is not there',
      () => bucket(store.server.accessKey, store.server.secretKey).replace('media', 'none'),
      /no such bucket/,
    ],
  ])('%s is exit 3, and no secret is told', async (_, fields, message) => {
    write({ media: fields() })
    const { told, code, stdout } = await seenBy(place.path, env, 'media')
    expect(told).toMatchObject({ opened: false, error: { message: expect.stringMatching(message) } })
    expect(stdout).not.toContain('wrong-Secret-77')
    expect(code).toBe(3)
  })
})

describe('a directory', () => {
  it('tells who looks, and whether they could write', async () => {
    write({ uploads: uploads() })
    const { told } = await seenBy(place.path, env, 'uploads')
    expect(told).toMatchObject({ opened: true, too_few: [], role: expect.any(String) })
    expect(told.too_many[0].right).toMatch(/^(root, who may write everywhere|may write into the directory)$/)
  })

  it('that is not there is exit 3', async () => {
    write({ uploads: 'type: files, root: ./nowhere' })
    const { told, code } = await seenBy(place.path, env, 'uploads')
    expect([told.opened, told.error.message, code]).toEqual([false, expect.stringContaining('does not exist'), 3])
  })
})

it('a web server that cannot list', async () => {
  write({ cdn: `type: http, url: "http://127.0.0.1:${(web.address() as AddressInfo).port}/"` })
  const { told, code } = await seenBy(place.path, env, 'cdn')
  expect([told.opened, told.tls, told.too_few, code]).toEqual([true, false, [], 0])
})

serverOrSkip('redis-server', redisInstalled())('a redis server', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis({
      password: SECRET,
      settings: [
        ['user', 'reader', 'on', `>${SECRET}`, '~*', '-@all', '+@read', '+select', '+ping', '+info', '+time'],
        ['user', 'blind', 'on', `>${SECRET}`, '~*', '-@all', '+ping'],
      ],
    })
  })
  afterAll(() => server?.stop())

  const look = (user: string) => {
    const login = user === '' ? '' : `user: ${user}, `
    const queue = `type: redis, host: 127.0.0.1, port: ${server.port}, ${login}password: "\${secret.word}"`
    write({ queue }, ['id: queue, kind: redis, connection: queue'])
    return seenBy(place.path, env, 'queue')
  }

  it('whose user may do everything', async () => {
    const { told, code, stdout } = await look('')
    expect(told).toMatchObject({
      server: expect.stringMatching(/^(Redis|Valkey) \d/),
      role: 'default',
      standing: 'primary',
      tls: false,
      too_few: [],
      too_many: [{ right: 'may write: +@all', fix: expect.stringContaining('-@all +@read') }],
    })
    expect(Math.abs(told.clock_skew_ms)).toBeLessThan(1000)
    // ACL GETUSER answers with digests of passwords.
    expect(stdout).not.toMatch(/[0-9a-f]{64}/)
    expect(code).toBe(0)
  })

  it('whose user may only read', async () => {
    const { told, code } = await look('reader')
    expect([told.too_few, told.too_many, code]).toEqual([[], [], 0])
    expect(told.notes).toEqual([expect.stringContaining('which it may not ask')])
  })

  it('whose user may not ask how the server is', async () => {
    const { told, code } = await look('blind')
    expect(told.too_few).toEqual([expect.objectContaining({ checks: ['queue'], fix: 'ACL SETUSER blind +info' })])
    expect(code).toBe(1)
  })
})

serverOrSkip('sshd', sshdInstalled())('a host reached by ssh', () => {
  let sshd: Sshd
  beforeAll(async () => {
    sshd = await startSshd()
  })
  afterAll(() => sshd?.stop())

  it('tells its system, the account and its clock; a directory there is asked there', async () => {
    const there = `${uploads()}, from: { ssh: old }`
    write({ old: JSON.stringify(sshd.connection).slice(1, -1), there })
    const { stdout, code } = await runDoctor(place.path, env, { json: true, timeoutMs: 60_000 })
    const [old, directory] = JSON.parse(stdout).connections
    expect(old).toMatchObject({ opened: true, server: expect.stringMatching(/^Linux /), tls: true, clock_skew_ms: 0 })
    expect(directory).toMatchObject({ opened: true, from: 'ssh old', role: old.role })
    expect(code).toBe(0)
  })
})

describe('all of them', () => {
  it('are looked at side by side, each with its own deadline', async () => {
    const connection = `type: postgres, url: "postgresql://u@127.0.0.1:${mute.port}/x"`
    write({ one: connection, two: connection, three: connection, main: MAIN })
    const running = runDoctor(place.path, env, { json: true, timeoutMs: 1500 })
    // One after the other, the next would be tried only once the one before is given up.
    await vi.waitFor(() => expect(mute.open()).toBe(3), { timeout: 10_000, interval: 5 })
    const { stdout, code } = await running
    const { connections } = JSON.parse(stdout)
    expect(connections.map(({ opened }: { opened: boolean }) => opened)).toEqual([false, false, false, true])
    expect(connections[0].error.message).toMatch(/no answer within 1.5s/)
    expect(code).toBe(3)
  })

  it('are told in 80 columns, without a secret or an escape', async () => {
    write(
      {
        main: MAIN,
        'a-rather-long-name-of-a-connection': 'type: files, root: "/no\\e[2Jwhere"',
        web: `type: http, url: "http://user:${SECRET}@127.0.0.1:1/"`,
        media: bucket('AKREADS'),
      },
      [files('media')],
    )
    const { stdout, stderr, code } = await runDoctor(place.path, env)
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
    expect(stdout).toMatch(/^CONNECTION +TYPE +OPENED +LATENCY +TLS +CLOCK +RIGHTS\nmain +postgres +yes/)
    expect(stdout).toContain('could not be opened: ')
    expect(stdout).toMatch(/1 right too few, 1 too many: rights lack \(exit 1\)\.\nNothing|Nothing was checked\.\n$/)
    expect(stdout + stderr).not.toMatch(new RegExp(`${SECRET}|\\x1b`))
    expect(code).toBe(1)
  })

  it('those no check uses are looked at, too; --connection looks at one', async () => {
    write({ uploads: uploads(), gone: 'type: files, root: ./nowhere' })
    const all = JSON.parse((await runDoctor(place.path, env, { json: true })).stdout).connections
    expect(all.map(({ name }: { name: string }) => name)).toEqual(['uploads', 'gone'])
    expect((await seenBy(place.path, env, 'uploads')).code).toBe(0)
  })

  it.each([
    ['no connections', {}, {}, /have no connections/],
    ['one that is not there', { main: MAIN }, { connection: 'mian' }, /there is no connection "mian"/],
    ['a role for two databases', { main: MAIN, old: MAIN }, { createRole: 'r' }, /several databases/],
    [
      'a role for no database',
      { uploads: 'type: files, root: .' },
      { createRole: 'r' },
      /no connection of type postgres/,
    ],
    [
      'a role for a bucket',
      { uploads: 'type: files, root: .', main: MAIN },
      { createRole: 'r', connection: 'uploads' },
      /is of type files/,
    ],
  ])('%s is a usage error', async (_, connections, asked, message) => {
    write(connections as Readonly<Record<string, string>>)
    await expect(runDoctor(place.path, env, asked)).rejects.toThrow(message)
  })
})
