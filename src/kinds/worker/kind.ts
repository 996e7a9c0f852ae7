/** Kind `worker`: whether a background worker lives, keeps up and has what its jobs need. */
import { defineKind, type ReadStep } from '../kind.js'
import { schema, type WorkerSpec } from './fields.js'
import { lint } from './lint.js'
import { present } from './present.js'
import { subjects } from './subjects.js'
import { SYSTEMS } from './systems.js'

export const worker = defineKind({
  name: 'worker',
  summary: 'Looks at a background worker: its process, heartbeat and queue, and all its jobs need, as its own user.',
  schema,
  uses,
  subjects,
  plan,
  present,
  waits: true,
  timeoutMs: 30_000,
  // Processes, files, variables and hosts are seen from there; databases are reached from here in any case.
  moves: () => true,
  lint,
  load: () => import('./observe.js'),
})

function uses({ heartbeat, queue, canary }: WorkerSpec): readonly string[] {
  const named = [
    heartbeat?.connection,
    queue?.connection,
    canary?.enqueue.connection,
    canary?.done.connection,
    canary?.clean_up.connection,
  ]
  return [...new Set(named.filter((name) => name !== undefined))]
}

function plan({ running, heartbeat, queue, needs, same_as, canary }: WorkerSpec): readonly ReadStep[] {
  const steps: (ReadStep | undefined)[] = [
    running && { what: 'the processes, by name or command line', cost: 'one listing of /proc' },
    heartbeat && { what: 'the newest heartbeat', connection: heartbeat.connection, cost: 'one query' },
    queue && {
      what: queue.system === undefined ? 'jobs that wait' : `the queue of ${SYSTEMS[queue.system].title}`,
      connection: queue.connection,
      cost: 'a few reading statements',
    },
    needs && { what: 'variables, files and hosts its jobs need', cost: 'one connection to each host' },
    same_as && { what: `keyed digests of ${same_as.env.length} variables in two places` },
    canary && { what: 'a canary: one job is enqueued and removed again (only with --allow-writes)' },
  ]
  return steps.filter((step) => step !== undefined)
}
