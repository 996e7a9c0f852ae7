/**
 * Sidekiq 5 to 8, from its wiki and its API (`Sidekiq::Queue`, `ProcessSet`, `WorkSet`). Times are seconds until 7 and
 * milliseconds from 8. `prefix` is a namespace of redis-namespace.
 */
import type { RedisReader } from '../../../redis/source.js'
import { count, hashValues, jsonOf, list, scored, serverTime } from '../keys.js'
import { noQueue, type RedisQueue } from '../reading.js'

const TITLE = 'Sidekiq'
/** A process beats every ten seconds, and is taken for dead after a minute. */
const ALIVE_MS = 60_000

export const sidekiq: RedisQueue = async (redis, { name = '', prefix }) => {
  const key = (part: string) => (prefix === undefined ? part : `${prefix}:${part}`)
  const queue = key(`queue:${name}`)
  const known = await list(redis, 'SMEMBERS', key('queues'))
  if (!known.includes(name) && (await count(redis, 'EXISTS', queue)) === 0) throw noQueue(TITLE, name, known)
  const now = await serverTime(redis)
  const length = await count(redis, 'LLEN', queue)
  const [last] = await list(redis, 'LRANGE', queue, '-1', '-1')
  const scheduled = await ofQueue(redis, key('schedule'), name)
  // Due, but not yet put into the queue: nobody polls.
  const due = scheduled.filter((at) => at <= now)
  const since = [...due, ...(last === undefined ? [] : [millis(jsonOf(last, queue)['enqueued_at'], now)])]
  return {
    waiting: length + due.length,
    delayed: scheduled.length - due.length,
    failed: (await ofQueue(redis, key('retry'), name)).length,
    dead: (await ofQueue(redis, key('dead'), name)).length,
    oldest_job_age: Math.max(0, now - Math.min(now, ...since)),
    paused: (await count(redis, 'SISMEMBER', key('paused'), name)) === 1,
    ...(await processes(redis, key, name, now)),
  }
}

/** Times, in milliseconds, at which jobs of this queue stand in a set that holds those of all queues. */
async function ofQueue(redis: RedisReader, set: string, name: string): Promise<readonly number[]> {
  const times: number[] = []
  for await (const { member, score } of scored(redis, set)) {
    if (jsonOf(member, set)['queue'] === name) times.push(score * 1000)
  }
  return times
}

async function processes(redis: RedisReader, key: (part: string) => string, name: string, now: number) {
  let workers = 0
  let active = 0
  for (const identity of await list(redis, 'SMEMBERS', key('processes'))) {
    const [info = '', beat = ''] = await list(redis, 'HMGET', key(identity), 'info', 'beat')
    if (info === '' || millis(Number(beat), now) < now - ALIVE_MS) continue
    const queues: unknown = jsonOf(info, key(identity))['queues']
    if (Array.isArray(queues) && queues.includes(name)) workers++
    // `work` from 7 on, `workers` before.
    for (const part of ['work', 'workers']) {
      for await (const work of hashValues(redis, key(`${identity}:${part}`))) {
        if (jsonOf(work, key(identity))['queue'] === name) active++
      }
    }
  }
  return { workers, active }
}

function millis(time: unknown, now: number): number {
  if (typeof time !== 'number' || !Number.isFinite(time)) return now
  return time > 100_000_000_000 ? time : time * 1000
}
