/** What a check of kind `worker` can speak of. What it does not ask for is known beforehand not to be measured. */
import type { SubjectSpec } from '../kind.js'
import type { QueueSpec, WorkerSpec } from './fields.js'
import { type QueueSubject, SYSTEMS } from './systems.js'

export function subjects(spec: WorkerSpec): readonly SubjectSpec[] {
  return [
    ...processSubjects(spec),
    ...heartbeatSubjects(spec),
    ...queueSubjects(spec),
    ...needsSubjects(spec),
    ...canarySubjects(spec),
  ]
}

function given(asked: boolean, field: string): Pick<SubjectSpec, 'unobserved'> {
  return asked ? {} : { unobserved: `the check has no \`${field}\`` }
}

function processSubjects({ running }: WorkerSpec): readonly SubjectSpec[] {
  return [
    {
      name: 'running',
      type: 'count',
      unit: 'processes',
      meaning: 'Processes of the worker.',
      ...given(running !== undefined, 'running'),
      ...(running === undefined ? {} : { default: { level: 'expect', matcher: { gte: running.min } } }),
    },
    {
      name: 'started_before',
      type: 'count',
      unit: 'processes',
      meaning: 'Those that started before `running.since`.',
      ...given(running?.since !== undefined, 'running.since'),
      ...(running?.since === undefined ? {} : { default: { level: 'expect', matcher: 0 } }),
    },
  ]
}

function heartbeatSubjects({ heartbeat }: WorkerSpec): readonly SubjectSpec[] {
  return [
    {
      name: 'heartbeat_age',
      type: 'duration',
      meaning: 'Time since the newest heartbeat, by the clock of the database.',
      ...given(heartbeat !== undefined, 'heartbeat'),
    },
    {
      name: 'heartbeats',
      type: 'count',
      unit: 'hosts',
      meaning: 'Hosts that have sent one; a scheduler that runs twice has two.',
      ...given(heartbeat?.hosts !== undefined, 'heartbeat.hosts'),
    },
  ]
}

const QUEUE: readonly (SubjectSpec & { readonly name: QueueSubject })[] = [
  { name: 'waiting', type: 'count', unit: 'jobs', meaning: 'Jobs that may run now and that no worker has taken.' },
  { name: 'active', type: 'count', unit: 'jobs', meaning: 'Jobs that a worker has taken.' },
  { name: 'delayed', type: 'count', unit: 'jobs', meaning: 'Jobs that are to run later.' },
  {
    name: 'failed',
    type: 'count',
    unit: 'jobs',
    meaning: 'Jobs that failed: to be tried again, or for good where the system does not tell these apart.',
  },
  { name: 'dead', type: 'count', unit: 'jobs', meaning: 'Jobs that were given up.' },
  {
    name: 'oldest_job_age',
    type: 'duration',
    meaning: 'How long the oldest waiting job could have run already; 0 where none waits.',
  },
  {
    name: 'paused',
    type: 'boolean',
    meaning: 'Whether the queue is paused.',
    default: { level: 'warn', matcher: false },
  },
  {
    name: 'workers',
    type: 'count',
    unit: 'workers',
    meaning: 'Workers that are registered with the queue and have shown a sign of life.',
  },
]

function queueSubjects({ queue }: WorkerSpec): readonly SubjectSpec[] {
  return QUEUE.map((subject) => {
    const reason = queue === undefined ? 'the check has no `queue`' : cannotTell(queue, subject.name)
    return reason === undefined ? subject : { ...subject, unobserved: reason }
  })
}

/** Why this queue is known beforehand not to tell that subject. */
export function cannotTell({ system }: QueueSpec, subject: QueueSubject): string | undefined {
  if (system !== undefined) return SYSTEMS[system].cannot[subject]
  return subject === 'waiting' || subject === 'oldest_job_age'
    ? undefined
    : 'the queue is given as `sql`, which counts only what waits'
}

function needsSubjects({ needs, same_as }: WorkerSpec): readonly SubjectSpec[] {
  const logins = [...(needs?.postgres ?? []), ...(needs?.redis ?? []), ...(needs?.s3 ?? [])].filter(
    ({ login }) => login !== false,
  )
  return [
    {
      name: 'needs_missing',
      type: 'count',
      unit: 'needs',
      meaning: 'What a job needs and would not find.',
      ...given(needs !== undefined, 'needs'),
      ...(needs === undefined ? {} : { default: { level: 'expect', matcher: 0 } }),
    },
    {
      name: 'needs_met',
      type: 'count',
      unit: 'needs',
      meaning: 'What a job needs and would find.',
      ...given(needs !== undefined, 'needs'),
    },
    {
      name: 'logins',
      type: 'count',
      unit: 'logins',
      meaning: "Logins with the worker's own credentials that were tried and accepted.",
      ...(logins.length > 0
        ? {}
        : { unobserved: 'the check has no `needs.postgres`, `needs.redis` or `needs.s3` that logs in' }),
    },
    {
      name: 'env_differs',
      type: 'count',
      unit: 'variables',
      meaning: 'Variables that are not the same in the other place.',
      ...given(same_as !== undefined, 'same_as'),
      ...(same_as === undefined ? {} : { default: { level: 'expect', matcher: 0 } }),
    },
  ]
}

function canarySubjects({ canary }: WorkerSpec): readonly SubjectSpec[] {
  return [
    {
      name: 'canary',
      type: 'boolean',
      meaning: 'Whether a job of our own was done in time.',
      ...given(canary !== undefined, 'canary'),
      ...(canary === undefined ? {} : { default: { level: 'expect', matcher: true } }),
    },
    {
      name: 'canary_time',
      type: 'duration',
      meaning: 'How long it took from enqueueing to the result.',
      ...given(canary !== undefined, 'canary'),
    },
  ]
}
