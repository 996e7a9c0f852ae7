/**
 * BullMQ 4 to 6, from its key names and Lua scripts: `wait` is pushed left and taken from the right; until 6 a paused queue
 * had its jobs in `paused`; `delayed` is scored by the time in milliseconds times 4096. Without a worker, delayed jobs
 * stay there when they are due: they wait.
 */
import type { RedisReader } from '../../../redis/source.js'
import { count, jsonOf, list, serverTime } from '../keys.js'
import { noQueue, type RedisQueue } from '../reading.js'

const TITLE = 'BullMQ'
/** A job's place in a list says which is taken next, not which is the oldest; with retries the oldest is near the end. */
const LOOKED_AT = 100
const MOST_PRIORITIZED = 1000

export const bullmq: RedisQueue = async (redis, { name = '', prefix = 'bull' }) => {
  const key = (part: string) => `${prefix}:${name}:${part}`
  const there = await count(redis, 'EXISTS', key('meta'), key('id'), key('wait'), key('delayed'), key('failed'))
  if (there === 0) throw noQueue(TITLE, name)
  const now = await serverTime(redis)
  const [waiting, paused, markers] = await Promise.all([
    count(redis, 'LLEN', key('wait')),
    count(redis, 'LLEN', key('paused')),
    // Versions before 5 marked the end of the list with an entry that is no job.
    Promise.all(['wait', 'paused'].map((part) => list(redis, 'LRANGE', key(part), '-1', '-1'))),
  ])
  const marked = markers.flat().filter(isMarker).length
  const prioritized = await count(redis, 'ZCARD', key('prioritized'))
  const due = await count(redis, 'ZCOUNT', key('delayed'), '-inf', String((now + 1) * 4096 - 1))
  return {
    waiting: waiting + paused - marked + prioritized + due,
    active: await count(redis, 'LLEN', key('active')),
    delayed: (await count(redis, 'ZCARD', key('delayed'))) - due,
    failed: await count(redis, 'ZCARD', key('failed')),
    paused: (await count(redis, 'HEXISTS', key('meta'), 'paused')) === 1,
    oldest_job_age: Math.max(0, now - (await oldest(redis, key, now, due > 0))),
    ...(prioritized > MOST_PRIORITIZED
      ? { notes: [`of ${prioritized} prioritized jobs the first ${MOST_PRIORITIZED} were looked at for the oldest`] }
      : {}),
  }
}

type Key = (part: string) => string

async function oldest(redis: RedisReader, key: Key, now: number, due: boolean): Promise<number> {
  const [waiting, paused, prioritized, [, score] = []] = await Promise.all([
    list(redis, 'LRANGE', key('wait'), String(-LOOKED_AT), '-1'),
    list(redis, 'LRANGE', key('paused'), String(-LOOKED_AT), '-1'),
    list(redis, 'ZRANGE', key('prioritized'), '0', String(MOST_PRIORITIZED - 1)),
    due ? list(redis, 'ZRANGE', key('delayed'), '0', '0', 'WITHSCORES') : [],
  ])
  const ids = [...waiting, ...paused, ...prioritized].filter((id) => !isMarker(id))
  const since = await Promise.all(ids.map((id) => waitsSince(redis, key(id), now)))
  return Math.min(now, ...since, ...(score === undefined ? [] : [Math.floor(Number(score) / 4096)]))
}

/** `timestamp` is when it was added: a delay comes on top, and after an attempt it waits again. */
async function waitsSince(redis: RedisReader, key: string, now: number): Promise<number> {
  const [timestamp = '', opts = '', processed = ''] = await list(
    redis,
    'HMGET',
    key,
    'timestamp',
    'opts',
    'processedOn',
  )
  // Taken and removed since the list was read.
  if (timestamp === '') return now
  const delay = opts === '' ? 0 : Number(jsonOf(opts, key)['delay'] ?? 0)
  return Math.max(Number(timestamp) + (Number.isFinite(delay) ? delay : 0), Number(processed))
}

function isMarker(id: string): boolean {
  return id.startsWith('0:')
}
