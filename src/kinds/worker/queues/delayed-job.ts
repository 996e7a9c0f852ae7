/** delayed_job with Active Record. Read from the migration its generator writes (4.1). A job that is done is deleted. */
import { type PostgresQueue, unseenQueue } from '../reading.js'
import { countJobs, needTable, texts } from '../tables.js'

const TITLE = 'delayed_job'

export const delayedJob: PostgresQueue = async (session, { name, schema = 'public' }) => {
  const columns = ['queue', 'run_at', 'locked_at', 'failed_at', 'attempts']
  const jobs = await needTable(session, TITLE, schema, 'delayed_jobs', columns)
  if (name !== undefined) {
    const names = await texts(session, `SELECT DISTINCT queue FROM ${jobs} WHERE queue IS NOT NULL ORDER BY 1`)
    if (!names.includes(name)) throw unseenQueue(TITLE, name, names)
  }
  const idle = 'failed_at IS NULL AND locked_at IS NULL'
  return countJobs(session, {
    from: `${jobs} WHERE $1::text IS NULL OR queue = $1`,
    values: [name ?? null],
    counts: {
      waiting: `${idle} AND coalesce(run_at <= now(), true)`,
      active: 'failed_at IS NULL AND locked_at IS NOT NULL',
      delayed: `${idle} AND run_at > now()`,
      failed: 'failed_at IS NULL AND attempts > 0',
      dead: 'failed_at IS NOT NULL',
    },
    since: 'run_at',
  })
}
