/** What a queue came to. A subject that a system cannot tell (see `systems.ts`) is left out. */
import { CheckError } from '../../lib/errors.js'
import type { Session } from '../../postgres/source.js'
import type { RedisReader } from '../../redis/source.js'
import type { Observed } from '../kind.js'
import type { QueueSpec } from './fields.js'
import type { QueueSubject } from './systems.js'

export type QueueReading = Partial<Readonly<Record<QueueSubject, Observed>>> & { readonly notes?: readonly string[] }

export type PostgresQueue = (session: Session, queue: QueueSpec) => Promise<QueueReading>

export type RedisQueue = (redis: RedisReader, queue: QueueSpec) => Promise<QueueReading>

/** A queue that was never there is not an empty one. */
export function noQueue(title: string, name: string, known: readonly string[] = []): CheckError {
  const shown = known.slice(0, 10).join(', ')
  return new CheckError(`there is no queue "${name}" of ${title}`, {
    at: { path: ['queue', 'name'] },
    hint: shown === '' ? 'check its name, and where its jobs are kept' : `there are: ${shown}`,
  })
}

/** Where a queue is known only by the jobs it has. */
export function unseenQueue(title: string, name: string, known: readonly string[]): CheckError {
  const shown = known.length === 0 ? '' : ` (there are jobs of ${known.slice(0, 10).join(', ')})`
  return new CheckError(`${title} has no job of a queue "${name}"${shown}`, {
    at: { path: ['queue', 'name'] },
    hint: `${title} keeps no list of its queues, so an idle one and a wrong name look the same; without \`name\` all are counted`,
  })
}
