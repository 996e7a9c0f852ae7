/** Looks with one check of kind `worker`, as the engine does. */

import { openConnections } from '../../../src/connections/connections.js'
import type { ConnectionSpec } from '../../../src/connections/schema.js'
import { connectionSchema } from '../../../src/connections/schema.js'
import { worker } from '../../../src/kinds/worker/kind.js'
import { openers } from '../../support/openers.js'
import type { Ran, RunOptions } from '../run.js'
import { runKind } from '../run.js'

export interface Look {
  readonly close: () => Promise<void>
  readonly look: (spec: unknown, more?: RunOptions) => Promise<Ran>
}

/** `main`: a database; `queue`: a Redis server. */
export function looking(urls: { readonly postgres?: string; readonly redis?: string }): Look {
  const specs: Record<string, ConnectionSpec> = {
    ...(urls.postgres === undefined ? {} : { main: connectionSchema.parse({ type: 'postgres', url: urls.postgres }) }),
    ...(urls.redis === undefined ? {} : { queue: connectionSchema.parse({ type: 'redis', url: urls.redis }) }),
  }
  const connections = openConnections(specs, { openers, env: process.env, version: '0.0.0', scratch: '/nowhere' })
  return {
    close: connections.closeAll,
    look: (spec, more = {}) =>
      runKind(worker, spec, {
        ...('main' in specs ? { postgres: connections.postgres('main') } : {}),
        ...('main' in specs ? { writer: connections.seenFrom('local').connections.writer('main') } : {}),
        ...('queue' in specs ? { redis: connections.seenFrom('local').connections.redis('queue') } : {}),
        now: () => new Date(),
        ...more,
      }),
  }
}

/** What a queue came to, without what the check has not asked for. */
export function reading({ observation }: Ran): Record<string, unknown> {
  const names = ['waiting', 'active', 'delayed', 'failed', 'dead', 'oldest_job_age', 'paused', 'workers']
  return Object.fromEntries(names.map((name) => [name, observation.subjects[name]]))
}

/** What a check came to, its findings by key. */
export async function missing(spec: object, more: RunOptions = {}) {
  const { findings, observation } = await looking({}).look(spec, more)
  const { subjects, gaps, notes } = observation
  const said = Object.fromEntries(findings.map(({ key, reason }) => [key, reason]))
  return { ...subjects, subjects, gaps, notes, said }
}
