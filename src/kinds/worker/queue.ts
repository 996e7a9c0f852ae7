/** What waits in the queue, by a query of the check file or by the tables and keys of a known system. */
import { CheckError, UsageError } from '../../lib/errors.js'
import { formatDuration } from '../../lib/units.js'
import type { UserQuery } from '../../postgres/source.js'
import type { Check, Context } from '../kind.js'
import { standbyNotes } from '../standby.js'
import type { QueueSpec, WorkerSpec } from './fields.js'
import { AHEAD_MS, ageOf, oneRow } from './one-row.js'
import type { Part } from './part.js'
import { postgresQueues, redisQueues } from './queues/index.js'
import type { QueueReading } from './reading.js'
import { SYSTEMS } from './systems.js'

export async function readQueue(
  queue: QueueSpec,
  check: Check<WorkerSpec>,
  context: Context,
  signal: AbortSignal,
): Promise<Part> {
  const { system, sql } = queue
  if (system === undefined) return readSql({ sql: sql ?? '', path: ['queue', 'sql'] }, queue, check, context, signal)
  const { on, title } = SYSTEMS[system]
  if (on === 'redis') {
    const source = opened(title, 'redis', () => context.connections.redis(queue.connection))
    const read = redisQueues[system]
    if (read === undefined) throw new CheckError(`${title} cannot be read yet`)
    return told(await source.read({ signal }, (redis) => read(redis, queue)))
  }
  const source = opened(title, 'postgres', () => context.connections.postgres(queue.connection))
  const read = postgresQueues[system]
  if (read === undefined) throw new CheckError(`${title} cannot be read yet`)
  return source.withSession({ signal, timeoutMs: check.timeoutMs }, async (session) => {
    const part = told(await read(session, queue))
    return { ...part, notes: [...(part.notes ?? []), ...standbyNotes(session.server, queue.connection)] }
  })
}

function told({ notes, ...subjects }: QueueReading): Part {
  return { subjects, notes: notes ?? [] }
}

/** The check names a connection of a type this queue does not live in; the schema only knows that it may be either. */
function opened<T>(title: string, type: string, open: () => T): T {
  try {
    return open()
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const at = { path: ['queue', 'connection'] }
    throw new CheckError(error.message, { at, cause: error, hint: `${title} needs a connection of type ${type}` })
  }
}

async function readSql(
  query: UserQuery,
  { connection }: QueueSpec,
  check: Check<WorkerSpec>,
  context: Context,
  signal: AbortSignal,
): Promise<Part> {
  const source = opened('a queue given as `sql`', 'postgres', () => context.connections.postgres(connection))
  return source.withSession({ signal, timeoutMs: check.timeoutMs }, async (session) => {
    const { cells, columns } = await oneRow(session, query, 2)
    const [count = null, oldest = null] = cells
    if (count === null || !/^\d+$/.test(count)) {
      throw new CheckError('the first column is no number of jobs', { at: { path: query.path }, hint: 'use count(*)' })
    }
    const waiting = Number(count)
    const age = columns.length < 2 ? undefined : ageOf(oldest, columns[1], session.server.now, query.path)
    return {
      subjects: { waiting, oldest_job_age: oldestAge(waiting, age, columns.length) },
      notes: [...aheadNotes(age), ...standbyNotes(session.server, connection)],
    }
  })
}

function oldestAge(waiting: number, age: number | undefined, columns: number) {
  if (columns < 2) return { unobserved: 'the query has no second column, the time of the oldest job' }
  if (age !== undefined) return Math.max(0, age)
  return waiting === 0 ? 0 : { unobserved: 'jobs wait, but the query gives no time of the oldest' }
}

/** A job that is due later has age 0; so would one whose time is written in another zone. */
function aheadNotes(age: number | undefined): readonly string[] {
  if (age === undefined || age >= -AHEAD_MS) return []
  const ahead = `the oldest job is dated ${formatDuration(-age)} ahead of the clock of the database`
  return [`${ahead}: it is due later, or its time has no zone and is not UTC`]
}
