/** A Redis connection of a check file: opened when first used, kept for the next reader, dropped on an abort. */
import type { RedisSpec } from '../connections/schema.js'
import { type LoggedIn, logIn, orAborted } from './login.js'
import { readerOf } from './reader.js'
import { placeOf, type RedisSettings, redisSettings } from './settings.js'
import { type ReadOptions, RedisError, type RedisSource } from './source.js'

/** How long one that waited may take to show that it still lives. */
const STILL_THERE_MS = 1000

/** Connects to nothing yet, and never throws: a wrong configuration is the error of the first reader. */
export function openRedis(name: string, spec: RedisSpec): RedisSource {
  const idle: LoggedIn[] = []
  let closed = false
  const label = labelOf(name, () => redisSettings(spec))

  const enter = async ({ signal, onStep }: ReadOptions): Promise<LoggedIn> => {
    for (let waiting = idle.pop(); waiting !== undefined; waiting = idle.pop()) {
      onStep?.('response')
      if (await stillThere(waiting, signal)) return waiting
      waiting.client.drop()
      signal.throwIfAborted()
    }
    return logIn(redisSettings(spec), { label, signal, onStep, connectTimeoutMs: spec.connect_timeout })
  }

  return {
    label,
    read: async (options, use) => {
      const { signal } = options
      if (closed) throw new Error(`${label} is closed`)
      signal.throwIfAborted()
      const session = await enter(options)
      let whole = false
      try {
        const result = await orAborted(use(readerOf(session)), signal)
        whole = true
        return result
      } catch (error) {
        // An answer of the server, even one that refuses, leaves the connection as it was.
        whole = error instanceof RedisError && !signal.aborted
        throw signal.aborted ? signal.reason : error
      } finally {
        if (whole && !closed && session.client.alive()) idle.push(session)
        else session.client.drop()
      }
    },
    close: async () => {
      closed = true
      for (const { client } of idle.splice(0)) client.drop()
    },
  }
}

async function stillThere({ client }: LoggedIn, outer: AbortSignal): Promise<boolean> {
  if (!client.alive()) return false
  try {
    await orAborted(client.send('PING', []), AbortSignal.any([outer, AbortSignal.timeout(STILL_THERE_MS)]))
    return true
  } catch {
    return false
  }
}

function labelOf(name: string, settings: () => RedisSettings): string {
  try {
    return `${name} (${placeOf(settings())})`
  } catch {
    return name
  }
}
