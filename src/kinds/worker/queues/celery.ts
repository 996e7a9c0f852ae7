/**
 * Celery 4 and 5 on Redis, from kombu's transport: one list for each priority step, names of queues in the sets
 * `_kombu.binding.<exchange>`, and in `unacked` what workers have fetched. `prefix` is `global_keyprefix`.
 */
import type { RedisReader, Reply } from '../../../redis/source.js'
import { count, hashValues, jsonOf, list } from '../keys.js'
import { noQueue, type RedisQueue } from '../reading.js'

const TITLE = 'Celery'
const SEPARATOR = '\u0006\u0016'
/** kombu's `priority_steps` where nothing is set; 0 has no suffix. */
const STEPS = ['', ...['3', '6', '9'].map((step) => `${SEPARATOR}${step}`)]

export const celery: RedisQueue = async (redis, { name = '', prefix = '' }) => {
  const lists = STEPS.map((step) => `${prefix}${name}${step}`)
  const there = (await count(redis, 'EXISTS', ...lists)) > 0
  const bound = there ? [] : await boundQueues(redis, `${prefix}_kombu.binding.`)
  if (!there && !bound.includes(name)) throw noQueue(TITLE, name, bound)
  const lengths = await Promise.all(lists.map((key) => count(redis, 'LLEN', key)))
  let active = 0
  for await (const message of hashValues(redis, `${prefix}unacked`)) {
    // [message, exchange, routing key]; the routing key is the queue unless somebody routes otherwise.
    if (Object.values(jsonOf(message, `${prefix}unacked`))[2] === name) active++
  }
  return { waiting: lengths.reduce((sum, length) => sum + length, 0), active }
}

async function boundQueues(redis: RedisReader, start: string): Promise<readonly string[]> {
  const found = new Set<string>()
  let cursor = '0'
  do {
    const reply = await redis.call('SCAN', cursor, 'MATCH', `${escaped(start)}*`, 'COUNT', '1000')
    const [next, keys] = Array.isArray(reply) ? (reply as readonly Reply[]) : []
    cursor = String(next ?? '0')
    for (const key of Array.isArray(keys) ? (keys as readonly Reply[]) : []) {
      for (const member of await list(redis, 'SMEMBERS', String(key))) {
        const queue = member.split(SEPARATOR)[2]
        // Mailboxes of the workers themselves are no queues of tasks.
        if (queue !== undefined && !queue.endsWith('.pidbox')) found.add(queue)
      }
    }
  } while (cursor !== '0')
  return [...found].sort()
}

function escaped(text: string): string {
  return text.replaceAll(/[\\*?[\]]/g, '\\$&')
}
