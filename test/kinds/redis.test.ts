import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RedisOptions, type RedisServer, redisInstalled, startRedis } from '../../fixtures/servers/redis.js'
import { startScriptedRedis } from '../../fixtures/servers/scripted-redis.js'
import { answering, dripping, silent, startScriptedTcp } from '../../fixtures/servers/scripted-tcp.js'
import { makeTlsMaterial } from '../../fixtures/servers/tls.js'
import { redis } from '../../src/kinds/redis/kind.js'
import { openRedis } from '../../src/redis/connect.js'
import { serverOrSkip } from '../support/require-server.js'
import { runKind } from './run.js'

const SECRET = 'a-Password-of-redis-2'

async function look(spec: object, timeoutMs = 3000) {
  const { observation } = await runKind(redis, { host: '127.0.0.1', ...spec }, { check: { timeoutMs } })
  return observation
}

/** As an application would. */
async function write({ host, port }: RedisServer, ...command: readonly [string, ...string[]]): Promise<unknown> {
  const { Redis } = await import('ioredis')
  const client = new Redis({ host, port, password: SECRET })
  client.on('error', () => {})
  const [reply] = await Promise.allSettled([client.call(...command)])
  client.disconnect()
  return reply
}

serverOrSkip('redis-server', redisInstalled())('a redis-server', () => {
  let server: RedisServer
  const others: RedisServer[] = []
  const another = async (options: RedisOptions) => {
    const started = await startRedis(options)
    others.push(started)
    return started
  }
  beforeAll(async () => {
    server = await startRedis({ password: SECRET, settings: [['maxmemory', '100mb']] })
    await write(server, 'MSET', 'a', '1', 'b', '2')
  })
  afterAll(async () => {
    await Promise.all([server, ...others].map((one) => one?.stop()))
  })

  it('that is whole is seen whole', async () => {
    const { subjects, method } = await look({ port: server.port, password: SECRET })
    expect(method).toBe('socket')
    expect(subjects).toMatchObject({
      reachable: true,
      failed_step: 'none',
      role: 'master',
      master_link: 'none',
      loading: false,
      keys: 2,
      maxmemory_policy: 'noeviction',
      max_memory: 100 * 1024 * 1024,
      rdb_last_bgsave_ok: true,
      aof_enabled: false,
      aof_last_write_ok: true,
      evicted_keys: 0,
      latency: expect.any(Number),
      used_memory: expect.any(Number),
      max_clients: expect.any(Number),
      connected_clients: expect.any(Number),
      version: expect.stringMatching(/^\d+\.\d+/),
    })
  })

  it('of a connection is seen too, and nothing was written', async () => {
    const { port } = server
    const source = openRedis('queue', {
      type: 'redis',
      limit: 1,
      connect_timeout: 2000,
      host: '127.0.0.1',
      port,
      password: SECRET,
    })
    const { observation } = await runKind(redis, { connection: 'queue' }, { redis: source })
    await source.close()
    expect(observation.subjects).toMatchObject({ reachable: true, keys: 2 })
  })

  it.each([
    ['without the password', {}, 'handshake', /NOAUTH.*password/],
    ['with a wrong one', { password: 'wrong-password' }, 'handshake', /the password was refused/],
    ['on another port', { port: 1 }, 'connect', /connection refused/],
    ['by a name nobody has', { host: 'nowhere.invalid' }, 'name', /nowhere\.invalid/],
  ])('%s is not reached, and the step is told', async (_, more, step, text) => {
    const { subjects, notes } = await look({ port: server.port, ...more })
    expect(subjects).toMatchObject({ reachable: false, failed_step: step, keys: { unobserved: expect.any(String) } })
    expect(notes?.join()).toMatch(text)
    expect(JSON.stringify([subjects, notes])).not.toContain(SECRET)
  })

  it('started with appendonly over a snapshot shows that its keys are gone', async () => {
    await write(server, 'SAVE')
    const moved = await another({ password: SECRET })
    copyFileSync(join(server.dir, 'dump.rdb'), join(moved.dir, 'kept.rdb'))
    const healthy = await another({
      password: SECRET,
      settings: [
        ['dbfilename', 'kept.rdb'],
        ['dir', moved.dir],
      ],
    })
    expect((await look({ port: healthy.port, password: SECRET })).subjects).toMatchObject({ keys: 2 })
    const trap = await another({
      password: SECRET,
      settings: [
        ['dbfilename', 'kept.rdb'],
        ['dir', moved.dir],
        ['appendonly', 'yes'],
      ],
    })
    expect((await look({ port: trap.port, password: SECRET })).subjects).toMatchObject({ keys: 0, aof_enabled: true })
  })

  it('that cannot save says so, though it answers', async () => {
    const broken = await another({ password: SECRET })
    await write(broken, 'SET', 'a', '1')
    rmSync(broken.dir, { recursive: true })
    await write(broken, 'BGSAVE')
    await expect
      .poll(async () => (await look({ port: broken.port, password: SECRET })).subjects)
      .toMatchObject({ reachable: true, rdb_last_bgsave_ok: false })
  })

  it('that speaks TLS is believed only where its certificate is', async () => {
    const material = makeTlsMaterial()
    const home = mkdtempSync(join(tmpdir(), 'postflight-redis-tls-'))
    const file = (name: string, text: string) => {
      writeFileSync(join(home, name), text)
      return join(home, name)
    }
    const { cert, key } = material.served['good.test']
    const tls = { cert: file('cert.pem', cert), key: file('key.pem', key) }
    const ca = file('ca.pem', material.ca)
    const secured = await another({ password: SECRET, tls: { ...tls, ca } })
    const spec = { port: secured.port, password: SECRET, tls: true }
    expect((await look({ ...spec, ca })).subjects).toMatchObject({ reachable: true, keys: 0 })
    const { subjects, notes } = await look(spec)
    rmSync(home, { recursive: true })
    expect(subjects).toMatchObject({ reachable: false, failed_step: 'handshake' })
    expect(notes?.join()).toContain('TLS failed')
  })

  it('that is a replica without its master says that the link is down', async () => {
    const replica = await another({ password: SECRET, settings: [['replicaof', '127.0.0.1', '1']] })
    expect((await look({ port: replica.port, password: SECRET })).subjects).toMatchObject({
      role: 'slave',
      master_link: 'down',
    })
  })

  it('whose user may not ask leaves unobserved what was not told', async () => {
    await write(server, 'ACL', 'SETUSER', 'meek', 'on', '>meek-password', '+ping')
    const { subjects } = await look({ port: server.port, user: 'meek', password: 'meek-password' })
    expect(subjects).toMatchObject({
      reachable: true,
      latency: expect.any(Number),
      loading: { unobserved: expect.stringContaining('NOPERM') },
      keys: { unobserved: expect.stringContaining('NOPERM') },
    })
  })
})

describe('a server that misbehaves', () => {
  it.each([
    ['says nothing', silent, {}, 'response'],
    ['says nothing to the password', silent, { password: SECRET }, 'handshake'],
    ['says nothing to TLS', silent, { tls: true }, 'handshake'],
    ['sends a byte a second', dripping('$9999\r\n'), {}, 'response'],
    ['speaks another protocol', answering('220 mail.example.net\r\n'), {}, 'response'],
    ['is full', answering('-ERR max number of clients reached\r\n'), {}, 'handshake'],
  ])('that %s is not reached, in time, and nothing stays open', async (_, play, more, step) => {
    const server = await startScriptedTcp(play)
    const began = performance.now()
    const { subjects, notes } = await look({ port: server.port, ...more }, 1500)
    expect(performance.now() - began).toBeLessThan(2500)
    expect(subjects).toMatchObject({ reachable: false, failed_step: step, loading: { unobserved: expect.any(String) } })
    expect(JSON.stringify([subjects, notes])).not.toContain(SECRET)
    await expect.poll(server.open).toBe(0)
    await server.stop()
  })

  it('that is loading is reached, and says that it is loading', async () => {
    const server = await startScriptedRedis((command) =>
      command === 'INFO' ? 'role:master\r\nloading:1\r\n' : new Error('LOADING Redis is loading the dataset in memory'),
    )
    const { subjects } = await look({ port: server.port })
    await server.stop()
    expect(subjects).toMatchObject({
      reachable: true,
      loading: true,
      keys: { unobserved: expect.stringContaining('LOADING') },
      rdb_last_bgsave_ok: { unobserved: expect.any(String) },
    })
  })

  it('is sent nothing but PING, INFO and DBSIZE', async () => {
    const server = await startScriptedRedis(() => 'PONG')
    await look({ port: server.port })
    const sent = server.received().match(/[A-Za-z]{2,}/g)
    await server.stop()
    expect(sent?.map((word) => word.toUpperCase())).toEqual(['PING', 'INFO', 'DBSIZE'])
  })
})

describe('a check file', () => {
  const problems = (spec: object) => redis.lint?.(redis.schema.parse(spec)).map(({ message }) => message)

  it('names a connection or a host, not both and not neither', () => {
    expect(problems({})).toEqual(['a check of kind redis has either `connection` or `host`'])
    expect(problems({ connection: 'q', host: 'h' })).toEqual([
      'a check of kind redis has either `connection` or `host`',
    ])
    expect(problems({ connection: 'q', port: 1 })).toEqual([
      expect.stringContaining('`port` belongs to the connection'),
    ])
    expect(problems({ host: 'h', port: 1 })).toEqual([])
  })

  it('may look from elsewhere with a host, not with a connection', () => {
    expect(redis.moves?.(redis.schema.parse({ host: 'h' }), {})).toBe(true)
    expect(redis.moves?.(redis.schema.parse({ connection: 'q' }), {})).toContain('from where postflight runs')
  })
})
