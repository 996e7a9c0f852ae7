/** What the readers of queues in Redis share: typed replies, and pages through what may be long. */
import { CheckError } from '../../lib/errors.js'
import type { ReadCommand, RedisReader, Reply } from '../../redis/source.js'

export async function count(redis: RedisReader, command: ReadCommand, ...args: readonly string[]): Promise<number> {
  const reply = await redis.call(command, ...args)
  if (typeof reply !== 'number') throw new CheckError(`Redis answered ${command} with something that is no number`)
  return reply
}

export async function list(
  redis: RedisReader,
  command: ReadCommand,
  ...args: readonly string[]
): Promise<readonly string[]> {
  const reply = await redis.call(command, ...args)
  return Array.isArray(reply) ? reply.map((item: Reply) => String(item ?? '')) : []
}

/** Milliseconds since 1970 by the clock of the server, which all producers and workers share. */
export async function serverTime(redis: RedisReader): Promise<number> {
  const [seconds = '0', micros = '0'] = await list(redis, 'TIME')
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000)
}

/** More is not walked: the count would take longer than anybody waits. */
const MOST = 200_000
const PAGE = 1000

/** Members of a sorted set with their scores, by score. */
export async function* scored(
  redis: RedisReader,
  key: string,
): AsyncGenerator<{ readonly member: string; readonly score: number }, void, void> {
  for (let from = 0; from < MOST; from += PAGE) {
    const page = await list(redis, 'ZRANGE', key, String(from), String(from + PAGE - 1), 'WITHSCORES')
    for (let index = 0; index < page.length; index += 2) {
      yield { member: page[index] ?? '', score: Number(page[index + 1]) }
    }
    if (page.length < 2 * PAGE) return
  }
  throw new CheckError(`${key} has more than ${MOST} jobs; those of one queue cannot be told apart in time`)
}

/** Values of a hash, page by page. */
export async function* hashValues(redis: RedisReader, key: string): AsyncGenerator<string, void, void> {
  let cursor = '0'
  let seen = 0
  do {
    const reply = await redis.call('HSCAN', key, cursor, 'COUNT', String(PAGE))
    const [next, page] = Array.isArray(reply) ? (reply as readonly Reply[]) : []
    cursor = String(next ?? '0')
    const cells = Array.isArray(page) ? (page as readonly Reply[]) : []
    for (let index = 1; index < cells.length; index += 2) yield String(cells[index] ?? '')
    seen += cells.length / 2
    if (seen > MOST)
      throw new CheckError(`${key} has more than ${MOST} entries; those of one queue cannot be counted in time`)
  } while (cursor !== '0')
}

/** A JSON object somebody else wrote; what it is not is an error, in words that hold nothing of it. */
export function jsonOf(text: string, key: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>
  } catch {
    // Said below, without the text.
  }
  throw new CheckError(`an entry of ${key} is not the JSON this queue writes`)
}
