/** Kind `worker`: whether a background worker lives, keeps up and has what its jobs need. */
import { defineKind } from '../kind.js'
import { schema, type WorkerSpec } from './fields.js'
import { lint } from './lint.js'
import { plan } from './plan.js'
import { present } from './present.js'
import { subjects } from './subjects.js'

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
