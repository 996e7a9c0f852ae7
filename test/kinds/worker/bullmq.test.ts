import { Queue, Worker } from 'bullmq'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RedisServer, redisInstalled, startRedis } from '../../../fixtures/servers/redis.js'
import { serverOrSkip } from '../../support/require-server.js'
import { type Look, looking, reading } from './look.js'

serverOrSkip('redis-server', redisInstalled())('a queue of the real BullMQ', () => {
  let server: RedisServer
  let looks: Look
  const open: { close: () => Promise<void> }[] = []

  beforeAll(async () => {
    server = await startRedis()
    looks = looking({ redis: server.url })
  })
  afterAll(async () => {
    await Promise.all(open.map((one) => one.close()))
    await looks.close()
    await server.stop()
  })

  const connection = () => ({ host: server.host, port: server.port })
  const made = (name: string) => {
    const queue = new Queue(name, { connection: connection() })
    open.push(queue)
    return queue
  }
  const look = (name: string) => looks.look({ queue: { system: 'bullmq', connection: 'queue', name } })

  it('counts as the library counts, a job in each state', async () => {
    const queue = made('all')
    await queue.addBulk([
      { name: 'a', data: {} },
      { name: 'b', data: {}, opts: { lifo: true } },
      { name: 'c', data: {}, opts: { priority: 5 } },
      { name: 'd', data: {}, opts: { delay: 3_600_000 } },
    ])
    await failed(queue, 2)
    const mine = reading(await look('all'))
    const theirs = await queue.getJobCounts()
    expect(mine).toMatchObject({
      waiting: (theirs['waiting'] ?? 0) + (theirs['prioritized'] ?? 0),
      active: theirs['active'],
      delayed: theirs['delayed'],
      failed: theirs['failed'],
      paused: false,
    })
    expect(mine).toMatchObject({ waiting: 3, delayed: 1, failed: 2 })
  })

  it('says how old the oldest is, whatever its place in the list', async () => {
    const queue = made('old')
    const now = Date.now()
    await queue.add('old', {}, { timestamp: now - 3_600_000 })
    await queue.add('next', {}, { lifo: true })
    await queue.add('older', {}, { timestamp: now - 7_200_000, priority: 9 })
    const { oldest_job_age: age } = reading(await look('old'))
    expect(age).toBeGreaterThanOrEqual(7_200_000)
    expect(age).toBeLessThan(7_260_000)
  })

  it('takes the age of a job that was delayed from when it was due', async () => {
    const queue = made('was-delayed')
    const job = await queue.add('d', {}, { timestamp: Date.now() - 86_400_000, delay: 86_400_000 })
    await job.promote().catch(() => undefined)
    const { oldest_job_age: age } = reading(await look('was-delayed'))
    expect(age).toBeLessThan(60_000)
  })

  it('counts delayed jobs that are due and that nobody takes as waiting', async () => {
    const queue = made('due')
    await queue.add('d', {}, { timestamp: Date.now() - 120_000, delay: 60_000 })
    const { waiting, delayed, oldest_job_age: age } = reading(await look('due'))
    expect({ waiting, delayed }).toEqual({ waiting: 1, delayed: 0 })
    expect(age).toBeGreaterThanOrEqual(60_000)
    expect(age).toBeLessThan(90_000)
  })

  it('counts a job that a worker has taken and does not finish', async () => {
    const queue = made('stuck')
    await queue.add('long', {})
    let done = () => {}
    const busy = new Promise<void>((resolve) => {
      done = resolve
    })
    const worker = new Worker('stuck', () => busy, { connection: connection() })
    open.push(worker)
    await new Promise<void>((resolve) => worker.once('active', () => resolve()))
    const { active, waiting } = reading(await look('stuck'))
    done()
    expect({ active, waiting }).toEqual({ active: 1, waiting: 0 })
  })

  it('sees that a queue is paused, and still counts what waits', async () => {
    const queue = made('paused')
    await queue.add('a', {})
    await queue.pause()
    expect(reading(await look('paused'))).toMatchObject({ paused: true, waiting: 1 })
  })

  it('counts jobs of a queue paused by a version before 6, and not its marker', async () => {
    const { Redis } = await import('ioredis')
    const redis = new Redis(server.url)
    await redis.hset('bull:legacy:meta', 'paused', '1')
    await redis.hset('bull:legacy:1', 'timestamp', String(Date.now() - 60_000), 'opts', '{}')
    await redis.rpush('bull:legacy:paused', '1', '0:0')
    redis.disconnect()
    const mine = reading(await look('legacy'))
    expect(mine).toMatchObject({ waiting: 1, paused: true })
    expect(mine['oldest_job_age']).toBeGreaterThanOrEqual(60_000)
  })

  it('is an age of 0 where nothing waits', async () => {
    await made('empty').waitUntilReady()
    expect(reading(await look('empty'))).toMatchObject({ waiting: 0, oldest_job_age: 0 })
  })

  it('takes a queue that was never there for a mistake', async () => {
    await expect(look('nowhere')).rejects.toThrow('there is no queue "nowhere" of BullMQ')
  })

  async function failed(queue: Queue, jobs: number) {
    const worker = new Worker(queue.name, null, { connection: connection(), autorun: false })
    open.push(worker)
    for (let index = 0; index < jobs; index++) await queue.add('bad', {}, { lifo: true })
    for (let index = 0; index < jobs; index++) {
      const job = await worker.getNextJob('token')
      if (job === undefined) throw new Error('no job')
      await job.moveToFailed(new Error('no'), 'token', false)
    }
  }
})
