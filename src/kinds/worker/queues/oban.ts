/**
 * Oban: `schema` is what it calls a prefix. Read from its migrations up to V12. Its leader makes due jobs available once a
 * second; those that are due and still scheduled wait for a leader that is not there.
 */
import { type PostgresQueue, unseenQueue } from '../reading.js'
import { countJobs, needTable, texts } from '../tables.js'

const TITLE = 'Oban'

export const oban: PostgresQueue = async (session, { name, schema = 'public' }) => {
  const jobs = await needTable(session, TITLE, schema, 'oban_jobs', ['queue', 'state', 'scheduled_at'])
  if (name !== undefined) {
    const names = await texts(session, `SELECT DISTINCT queue FROM ${jobs} ORDER BY 1`)
    if (!names.includes(name)) throw unseenQueue(TITLE, name, names)
  }
  const state = 'state::text'
  return countJobs(session, {
    from: `${jobs} WHERE $1::text IS NULL OR queue = $1`,
    values: [name ?? null],
    counts: {
      waiting: `${state} = 'available' OR ${state} IN ('scheduled', 'retryable') AND scheduled_at <= now()`,
      active: `${state} = 'executing'`,
      delayed: `${state} = 'scheduled' AND scheduled_at > now()`,
      failed: `${state} = 'retryable'`,
      dead: `${state} = 'discarded'`,
    },
    since: 'scheduled_at',
  })
}
