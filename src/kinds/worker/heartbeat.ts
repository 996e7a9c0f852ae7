/** How old the newest heartbeat is, by the clock of the database it is written to. */
import { CheckError } from '../../lib/errors.js'
import { formatDuration } from '../../lib/units.js'
import type { Session, UserQuery } from '../../postgres/source.js'
import type { Check, Context } from '../kind.js'
import { standbyNotes } from '../standby.js'
import type { HeartbeatSpec, WorkerSpec } from './fields.js'
import { AHEAD_MS, ageOf, oneRow } from './one-row.js'
import type { Part } from './part.js'

export async function hearHeartbeat(
  heartbeat: HeartbeatSpec,
  check: Check<WorkerSpec>,
  context: Context,
  signal: AbortSignal,
): Promise<Part> {
  const source = context.connections.postgres(heartbeat.connection)
  return source.withSession({ signal, timeoutMs: check.timeoutMs }, async (session) => {
    const age = await newest(session, heartbeat)
    const hosts = heartbeat.hosts === undefined ? undefined : await countHosts(session, heartbeat.hosts)
    const none = 'there is no heartbeat: the query gives NULL'
    return {
      subjects: {
        heartbeat_age: age ?? { unobserved: none },
        ...(hosts === undefined ? {} : { heartbeats: hosts }),
      },
      gaps: age === undefined ? [none] : [],
      notes: standbyNotes(session.server, heartbeat.connection),
    }
  })
}

async function newest(session: Session, { sql }: HeartbeatSpec): Promise<number | undefined> {
  const query: UserQuery = { sql, path: ['heartbeat', 'sql'] }
  const { cells, columns } = await oneRow(session, query, 1)
  const age = ageOf(cells[0] ?? null, columns[0], session.server.now, query.path)
  if (age === undefined) return undefined
  if (age < -AHEAD_MS) {
    throw new CheckError(`the newest heartbeat lies ${formatDuration(-age)} ahead of the clock of the database`, {
      hint: 'a time without zone that is not UTC, or a clock that is wrong; its age cannot be told',
      at: { path: query.path },
    })
  }
  return Math.max(0, age)
}

async function countHosts(session: Session, sql: string): Promise<number> {
  const query: UserQuery = { sql, path: ['heartbeat', 'hosts'] }
  const { cells } = await oneRow(session, query, 1)
  const [cell] = cells
  if (cell === null || cell === undefined || !/^\d+$/.test(cell)) {
    throw new CheckError('the query gives no number of hosts', {
      at: { path: query.path },
      hint: 'use count(distinct …)',
    })
  }
  return Number(cell)
}
