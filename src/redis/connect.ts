/** Opens the Redis server a connection describes. Nothing is sent yet, and the client is loaded with the first command. */
import type { RedisSpec } from '../connections/schema.js'
import { RedisError, type RedisSource } from './source.js'

export function openRedis(name: string, _spec: RedisSpec): RedisSource {
  return {
    label: name,
    read: () => Promise.reject(new RedisError(`${name}: not yet`)),
    close: async () => undefined,
  }
}
