/** The readers, by system. */
import type { PostgresQueue, RedisQueue } from '../reading.js'
import type { QueueSystem } from '../systems.js'
import { bullmq } from './bullmq.js'
import { celery } from './celery.js'
import { delayedJob } from './delayed-job.js'
import { goodJob } from './good-job.js'
import { graphileWorker } from './graphile-worker.js'
import { oban } from './oban.js'
import { pgBoss } from './pg-boss.js'
import { river } from './river.js'
import { sidekiq } from './sidekiq.js'
import { solidQueue } from './solid-queue.js'

export const redisQueues: Partial<Readonly<Record<QueueSystem, RedisQueue>>> = { bullmq, sidekiq, celery }

export const postgresQueues: Partial<Readonly<Record<QueueSystem, PostgresQueue>>> = {
  'pg-boss': pgBoss,
  'graphile-worker': graphileWorker,
  solid_queue: solidQueue,
  good_job: goodJob,
  oban,
  river,
  delayed_job: delayedJob,
}
