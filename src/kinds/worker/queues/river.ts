/** River. Read from its migrations 002 to 006; `river_queue`, where pauses stand, is there since 004. */
import { noQueue, type PostgresQueue } from '../reading.js'
import { columnsIn, countJobs, nameOf, needTable, texts } from '../tables.js'

const TITLE = 'River'

export const river: PostgresQueue = async (session, { name, schema = 'public' }) => {
  const jobs = await needTable(session, TITLE, schema, 'river_job', ['queue', 'state', 'scheduled_at'])
  const registered = (await columnsIn(session, schema, 'river_queue'))?.has('paused_at') === true
  const queues = nameOf(schema, 'river_queue')
  if (name !== undefined) {
    const register = registered ? `SELECT name FROM ${queues} UNION ` : ''
    const names = await texts(session, `${register}SELECT DISTINCT queue FROM ${jobs} ORDER BY 1`)
    if (!names.includes(name)) throw noQueue(TITLE, name, names)
  }
  const state = 'state::text'
  const counted = await countJobs(session, {
    from: `${jobs} WHERE $1::text IS NULL OR queue = $1`,
    values: [name ?? null],
    counts: {
      waiting: `${state} = 'available' OR ${state} IN ('scheduled', 'retryable') AND scheduled_at <= now()`,
      active: `${state} = 'running'`,
      delayed: `${state} = 'scheduled' AND scheduled_at > now()`,
      failed: `${state} = 'retryable'`,
      dead: `${state} = 'discarded'`,
    },
    since: 'scheduled_at',
  })
  if (!registered) return { ...counted, paused: { unobserved: `there is no table ${schema}.river_queue` } }
  const mine = '($1::text IS NULL OR name = $1)'
  const paused = await texts(session, `SELECT name FROM ${queues} WHERE paused_at IS NOT NULL AND ${mine}`, [
    name ?? null,
  ])
  return { ...counted, paused: paused.length > 0 }
}
