import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type RedisServer, redisInstalled, startRedis } from '../../../fixtures/servers/redis.js'
import { serverOrSkip } from '../../support/require-server.js'
import { type Look, looking, reading } from './look.js'

serverOrSkip('redis-server', redisInstalled())('queues in Redis', () => {
  let server: RedisServer
  let redis: Redis
  let looks: Look

  beforeAll(async () => {
    server = await startRedis()
    redis = new Redis(server.url)
    looks = looking({ redis: server.url })
  })
  beforeEach(() => redis.flushall())
  afterAll(async () => {
    redis.disconnect()
    await looks.close()
    await server.stop()
  })

  const HOUR = 3600
  const now = () => Date.now() / 1000

  // As lib/sidekiq/client.rb, job_retry.rb and launcher.rb of Sidekiq 7 write them.
  describe('of Sidekiq', () => {
    const look = (name: string, more = {}) =>
      looks.look({ queue: { system: 'sidekiq', connection: 'queue', name, ...more } })
    const job = (queue: string, more = {}) =>
      JSON.stringify({ class: 'Mail', args: ['secret'], jid: String(Math.random()), queue, created_at: now(), ...more })

    it('count a job in each state, those of other queues left out', async () => {
      await redis.sadd('queues', 'mail', 'other')
      await redis.lpush('queue:mail', job('mail', { enqueued_at: now() - HOUR }), job('mail', { enqueued_at: now() }))
      await redis.lpush('queue:other', job('other'))
      await redis.zadd('schedule', now() + HOUR, job('mail'), now() + HOUR, job('other'))
      await redis.zadd('retry', now() + 60, job('mail', { error_class: 'E' }), now() + 60, job('other'))
      await redis.zadd('dead', now(), job('mail'), now(), job('mail'), now(), job('other'))
      const mine = reading(await look('mail'))
      expect(mine).toMatchObject({ waiting: 2, delayed: 1, failed: 1, dead: 2, active: 0, workers: 0, paused: false })
      expect(mine['oldest_job_age']).toBeGreaterThanOrEqual(HOUR * 1000)
      expect(mine['oldest_job_age']).toBeLessThan(HOUR * 1000 + 60_000)
    })

    it('read the milliseconds of Sidekiq 8', async () => {
      await redis.sadd('queues', 'mail')
      await redis.lpush('queue:mail', job('mail', { enqueued_at: Math.round(now() * 1000) - 60_000 }))
      const { oldest_job_age: age } = reading(await look('mail'))
      expect(age).toBeGreaterThanOrEqual(60_000)
      expect(age).toBeLessThan(120_000)
    })

    it('count scheduled jobs that are due and that nobody moves as waiting', async () => {
      await redis.sadd('queues', 'mail')
      await redis.zadd('schedule', now() - 120, job('mail'))
      const { waiting, delayed, oldest_job_age: age } = reading(await look('mail'))
      expect({ waiting, delayed }).toEqual({ waiting: 1, delayed: 0 })
      expect(age).toBeGreaterThanOrEqual(119_000)
    })

    it('know the processes that serve the queue and have beaten lately', async () => {
      await redis.sadd('queues', 'mail')
      const process = async (identity: string, queues: string[], beat: number) => {
        await redis.sadd('processes', identity)
        await redis.hset(identity, {
          info: JSON.stringify({ hostname: identity, queues }),
          beat,
          busy: 1,
          quiet: 'false',
        })
      }
      await process('new:1:a', ['mail', 'default'], now())
      await process('new:2:b', ['default'], now())
      await process('old:1:c', ['mail'], now() - 3 * HOUR)
      await redis.sadd('processes', 'gone:1:d')
      await redis.hset('new:1:a:work', 't1', JSON.stringify({ queue: 'mail', payload: '{}', run_at: 1 }))
      expect(reading(await look('mail'))).toMatchObject({ workers: 1, active: 1 })
    })

    it('go by the prefix of a namespace', async () => {
      await redis.sadd('shop:queues', 'mail')
      await redis.lpush('shop:queue:mail', job('mail', { enqueued_at: now() }))
      expect(reading(await look('mail', { prefix: 'shop' }))).toMatchObject({ waiting: 1 })
      await expect(look('mail')).rejects.toThrow('there is no queue "mail" of Sidekiq')
    })

    it('show nothing of a job that is not as Sidekiq writes it', async () => {
      await redis.sadd('queues', 'mail')
      await redis.lpush('queue:mail', 'a-secret that is no JSON')
      const error = await look('mail').catch((thrown: unknown) => String(thrown))
      expect(error).toContain('an entry of queue:mail is not the JSON this queue writes')
      expect(error).not.toContain('a-secret')
    })
  })

  // As kombu/transport/redis.py of kombu 5 writes them.
  describe('of Celery', () => {
    const look = (name: string, more = {}) =>
      looks.look({ queue: { system: 'celery', connection: 'queue', name, ...more } })
    const SEPARATOR = '\u0006\u0016'

    it('count what waits in all priority steps, and what workers have fetched', async () => {
      await redis.lpush('celery', '{}', '{}')
      await redis.lpush(`celery${SEPARATOR}3`, '{}')
      await redis.hset('unacked', 'tag1', JSON.stringify([{ body: 'secret' }, '', 'celery']))
      await redis.hset('unacked', 'tag2', JSON.stringify([{ body: 'secret' }, '', 'other']))
      expect(reading(await look('celery'))).toMatchObject({ waiting: 3, active: 1 })
    })

    it('are empty where the queue is bound and has no list', async () => {
      await redis.sadd('_kombu.binding.mail', ['mail', '', 'mail'].join(SEPARATOR))
      await redis.sadd('_kombu.binding.celery.pidbox', ['', '', 'celery@host.celery.pidbox'].join(SEPARATOR))
      expect(reading(await look('mail'))).toMatchObject({ waiting: 0, active: 0 })
      const error = await look('mial').catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ message: 'there is no queue "mial" of Celery', hint: 'there are: mail' })
    })

    it('go by the global prefix', async () => {
      await redis.lpush('shop_celery', '{}')
      expect(reading(await look('celery', { prefix: 'shop_' }))).toMatchObject({ waiting: 1 })
    })
  })

  it('are errors where the server is gone', async () => {
    const gone = looking({ redis: 'redis://127.0.0.1:1/0' })
    const look = gone.look({ queue: { system: 'celery', connection: 'queue', name: 'celery' } })
    await expect(look).rejects.toThrow(/refused/)
    await gone.close()
  })
})
