/** The readers, by system. */
import type { PostgresQueue, RedisQueue } from '../reading.js'
import type { QueueSystem } from '../systems.js'

export const redisQueues: Partial<Readonly<Record<QueueSystem, RedisQueue>>> = {}
export const postgresQueues: Partial<Readonly<Record<QueueSystem, PostgresQueue>>> = {}
