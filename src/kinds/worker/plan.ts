/** What a worker check reads, in the order it is told. */
import type { Reading, ReadStep } from '../kind.js'
import type { WorkerSpec } from './fields.js'
import { SYSTEMS } from './systems.js'

export function plan({ running, heartbeat, queue, needs, same_as, canary }: WorkerSpec): readonly ReadStep[] {
  const steps: (ReadStep | undefined)[] = [
    running && { what: 'the processes, by name or command line', cost: 'one listing of /proc' },
    heartbeat && {
      what: 'the newest heartbeat',
      connection: heartbeat.connection,
      cost: 'one query',
      reading: query(heartbeat.sql, ['heartbeat', 'sql']),
    },
    heartbeat?.hosts === undefined
      ? undefined
      : {
          what: 'how many hosts have sent one',
          connection: heartbeat.connection,
          cost: 'one query',
          reading: query(heartbeat.hosts, ['heartbeat', 'hosts']),
        },
    queue && {
      what: queue.system === undefined ? 'jobs that wait' : `the queue of ${SYSTEMS[queue.system].title}`,
      connection: queue.connection,
      cost: 'a few reading statements',
      ...(queue.sql === undefined ? {} : { reading: query(queue.sql, ['queue', 'sql']) }),
      ...(queue.system !== undefined && SYSTEMS[queue.system].on === 'postgres' ? { wants: ['tables'] as const } : {}),
    },
    needs && { what: 'variables, files and hosts its jobs need', cost: 'one connection to each host' },
    same_as && { what: `keyed digests of ${same_as.env.length} variables in two places` },
    ...(canary === undefined ? [] : canarySteps(canary)),
  ]
  return steps.filter((step) => step !== undefined)
}

function canarySteps({ enqueue, done, clean_up }: NonNullable<WorkerSpec['canary']>): readonly ReadStep[] {
  const what = 'a canary: one job is enqueued and removed again (only with --allow-writes)'
  const writers = [...new Set([enqueue.connection, clean_up.connection])].filter((name) => name !== undefined)
  const writing = writers.map((connection): ReadStep => ({ what, connection, wants: ['writes'] }))
  if (done.connection === undefined || done.sql === undefined) return writing.length === 0 ? [{ what }] : writing
  const reading = query(done.sql, ['canary', 'done', 'sql'], { token: 'token' })
  const looked: ReadStep = { what: 'whether the canary was worked off', connection: done.connection, reading }
  return [...(writing.length === 0 ? [{ what }] : writing), looked]
}

function query(sql: string, path: readonly string[], params?: Readonly<Record<string, string>>): Reading {
  return { type: 'query', query: { sql, path, ...(params === undefined ? {} : { params }) } }
}
