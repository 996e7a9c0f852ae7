/** The queues that can be read: what each lives in and which subjects it can tell. Light: read by schema and docs. */

export const QUEUE_SYSTEMS = [
  'bullmq',
  'sidekiq',
  'celery',
  'pg-boss',
  'graphile-worker',
  'solid_queue',
  'good_job',
  'oban',
  'river',
  'delayed_job',
] as const
export type QueueSystem = (typeof QUEUE_SYSTEMS)[number]

export const QUEUE_SUBJECTS = [
  'waiting',
  'active',
  'delayed',
  'failed',
  'dead',
  'oldest_job_age',
  'paused',
  'workers',
] as const
export type QueueSubject = (typeof QUEUE_SUBJECTS)[number]

export interface SystemFacts {
  /** As its own project writes it. */
  readonly title: string
  readonly on: 'redis' | 'postgres'
  /** A queue is always named; the keys of another are not to be guessed. */
  readonly named: boolean
  /** Subjects it cannot tell, and why. */
  readonly cannot: Readonly<Partial<Record<QueueSubject, string>>>
}

const NO_REGISTER = 'keeps no register of its workers in the database; use `running`, `heartbeat` or `canary`'

export const SYSTEMS: Readonly<Record<QueueSystem, SystemFacts>> = {
  bullmq: {
    title: 'BullMQ',
    on: 'redis',
    named: true,
    cannot: {
      dead: 'BullMQ calls jobs it has given up `failed`',
      workers: `BullMQ ${NO_REGISTER.replace(' in the database', '')}`,
    },
  },
  sidekiq: {
    title: 'Sidekiq',
    on: 'redis',
    named: true,
    cannot: {},
  },
  celery: {
    title: 'Celery',
    on: 'redis',
    named: true,
    cannot: {
      delayed: 'Celery keeps tasks with an ETA in its workers; they are among the `active`',
      failed: 'Celery does not keep failed tasks in its queue',
      dead: 'Celery does not keep failed tasks in its queue',
      oldest_job_age: 'messages of Celery carry no time',
      paused: 'a queue of Celery cannot be paused in Redis',
      workers: 'Celery keeps no heartbeat of its workers in Redis; use `running` or `canary`',
    },
  },
  'pg-boss': {
    title: 'pg-boss',
    on: 'postgres',
    named: true,
    cannot: {
      dead: 'pg-boss calls jobs it has given up `failed`; its dead letters are a queue of their own',
      paused: 'a queue of pg-boss cannot be paused',
      workers: `pg-boss ${NO_REGISTER}`,
    },
  },
  'graphile-worker': {
    title: 'Graphile Worker',
    on: 'postgres',
    named: false,
    cannot: { paused: 'Graphile Worker cannot pause a task', workers: `Graphile Worker ${NO_REGISTER}` },
  },
  solid_queue: {
    title: 'Solid Queue',
    on: 'postgres',
    named: false,
    cannot: { dead: 'Solid Queue calls jobs it has given up `failed`' },
  },
  good_job: {
    title: 'GoodJob',
    on: 'postgres',
    named: false,
    cannot: { paused: 'which queues GoodJob has paused is not read' },
  },
  oban: {
    title: 'Oban',
    on: 'postgres',
    named: false,
    cannot: { paused: 'Oban keeps in memory which queues are paused', workers: `Oban ${NO_REGISTER}` },
  },
  river: {
    title: 'River',
    on: 'postgres',
    named: false,
    cannot: { workers: `River ${NO_REGISTER}` },
  },
  delayed_job: {
    title: 'delayed_job',
    on: 'postgres',
    named: false,
    cannot: { paused: 'a queue of delayed_job cannot be paused', workers: `delayed_job ${NO_REGISTER}` },
  },
}
