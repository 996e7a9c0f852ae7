import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RedisServer, redisInstalled, startRedis } from '../../fixtures/servers/redis.js'
import { answering, dripping, silent, startScriptedTcp } from '../../fixtures/servers/scripted-tcp.js'
import type { RedisSpec } from '../../src/connections/schema.js'
import { openRedis } from '../../src/redis/connect.js'
import type { RedisError, RedisReader } from '../../src/redis/source.js'
import { serverOrSkip } from '../support/require-server.js'

const SECRET = 'a-Password-of-redis-1'
const live = () => new AbortController().signal

function spec(fields: Partial<RedisSpec>): RedisSpec {
  return { type: 'redis', connect_timeout: 500, limit: 4, ...fields }
}

/** What one reader of a connection opened for it ends in. */
async function outcome(fields: Partial<RedisSpec>, signal = live(), use = (redis: RedisReader) => redis.call('PING')) {
  const source = openRedis('queue', spec(fields))
  const [result] = await Promise.allSettled([source.read({ signal }, use)])
  await source.close()
  return result?.status === 'fulfilled' ? result.value : (result?.reason as RedisError)
}

serverOrSkip('redis-server', redisInstalled())('a redis-server', () => {
  let server: RedisServer
  let open: RedisServer
  beforeAll(async () => {
    ;[server, open] = await Promise.all([startRedis({ password: SECRET }), startRedis()])
  })
  afterAll(async () => {
    await Promise.all([server?.stop(), open?.stop()])
  })

  const at = (more: Partial<RedisSpec>) => ({ host: server.host, port: server.port, ...more })

  it('answers a reader that has the password, as RESP2 does', async () => {
    const replies = await outcome({ url: server.url }, live(), async (redis) => [
      await redis.call('PING'),
      await redis.call('DBSIZE'),
      await redis.call('GET', 'nothing'),
      await redis.call('HGETALL', 'nothing'),
      await redis.call('SCAN', '0', 'COUNT', '10'),
    ])
    expect(replies).toEqual(['PONG', 0, null, [], ['0', []]])
  })

  it.each([
    ['no password', {}, { code: 'NOAUTH', step: 'handshake' }],
    ['a wrong password', { password: 'not-this-one' }, { code: 'WRONGPASS', step: 'handshake' }],
    ['an unknown user', { user: 'nobody', password: SECRET }, { code: 'WRONGPASS', step: 'handshake' }],
    ['a database it has not', { password: SECRET, database: 99 }, { code: 'ERR', step: 'handshake' }],
    ['TLS it does not speak', { password: SECRET, tls: true }, { code: 'ETIMEDOUT', step: 'handshake' }],
    ['a port nobody listens on', { port: 1 }, { code: 'ECONNREFUSED', step: 'connect' }],
    ['a name nobody has', { host: 'nowhere.invalid' }, { step: 'name' }],
  ])('says which step failed: %s', async (_, fields, wanted) => {
    const error = await outcome(at(fields))
    expect(error).toMatchObject({ name: 'RedisError', ...wanted })
    expect(JSON.stringify(error) + String(error)).not.toContain(SECRET)
  })

  it('says that a password is given where none is asked for', async () => {
    const remarks = await outcome({ port: open.port, password: 'x' }, live(), async (redis) => redis.remarks.join())
    expect(remarks).toBe('the server asks for no password, though one is given')
  })

  it.each([
    ['SET', 'a', '1'],
    ['CONFIG', 'SET', 'maxmemory', '1'],
    ['MEMORY', 'PURGE'],
    ['FLUSHALL'],
    ['EVAL', 'return 1', '0'],
    ['get', 'a'],
  ])('refuses %s %s before it is sent', async (...command) => {
    const calls = async () =>
      String(await outcome({ port: open.port }, live(), (redis) => redis.call('INFO', 'commandstats')))
        .split('\n')
        .filter((line) => !/^cmdstat_info/.test(line))
    const before = await calls()
    const refused = await outcome({ port: open.port }, live(), (redis) => redis.call(...(command as ['GET'])))
    expect(refused).toMatchObject({ name: 'RedisError', code: undefined, step: undefined })
    expect(await calls()).toEqual(before)
  })

  it('keeps a connection for the next reader and opens another where it was lost', async () => {
    const source = openRedis('queue', spec({ port: open.port, host: open.host }))
    const connections = async () => {
      const info = await source.read({ signal: live() }, (redis) => redis.call('INFO', 'stats'))
      return Number(/total_connections_received:(\d+)/.exec(String(info))?.[1])
    }
    const first = await connections()
    expect(await connections()).toBe(first)
    await kickClients(open)
    expect(await connections()).toBeGreaterThan(first)
    await source.close()
  })

  it('says that the server takes no more clients', async () => {
    const full = await startRedis({ settings: [['maxclients', '1']] })
    const source = openRedis('queue', spec({ port: full.port }))
    await source.read({ signal: live() }, (redis) => redis.call('PING'))
    const error = await outcome({ port: full.port })
    await source.close()
    await full.stop()
    expect(error).toMatchObject({ step: 'handshake', message: expect.stringContaining('max number of clients') })
  })
})

describe('a server that misbehaves', () => {
  it.each([
    ['says nothing', silent, { password: SECRET }, { code: 'ETIMEDOUT', step: 'handshake' }],
    ['sends a byte a second', dripping('+OK and no end'), { password: SECRET }, { step: 'handshake' }],
    ['speaks HTTP', answering('HTTP/1.1 400 Bad Request\r\n\r\n'), {}, { code: 'PROTOCOL' }],
    ['hangs up', (socket: { destroy: () => void }) => socket.destroy(), {}, { step: 'response' }],
    ['is loading', answering('-LOADING Redis is loading the dataset in memory\r\n'), {}, { code: 'LOADING' }],
  ])('that %s is an error in time, and nothing stays open', async (_, play, fields, wanted) => {
    const server = await startScriptedTcp(play)
    const error = await outcome({ host: server.host, port: server.port, ...fields })
    expect(error).toMatchObject({ name: 'RedisError', ...wanted })
    expect(String(error)).not.toContain(SECRET)
    await expect.poll(server.open).toBe(0)
    await server.stop()
  })

  it('is let go of when the reader is told to stop', async () => {
    const server = await startScriptedTcp(silent)
    const stop = new AbortController()
    const reading = outcome({ host: server.host, port: server.port }, stop.signal)
    await expect.poll(server.received).toContain('PING')
    stop.abort(new Error('enough'))
    expect(await reading).toMatchObject({ message: 'enough' })
    await expect.poll(server.open).toBe(0)
    await server.stop()
  })
})

/** As an administrator would: over a connection of its own. */
async function kickClients({ host, port }: RedisServer): Promise<void> {
  const { Redis } = await import('ioredis')
  const redis = new Redis({ host, port })
  await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
  redis.disconnect()
}
