/** GoodJob 2 to 4. Read from its migrations and from its README on discarded jobs. */
import type { Session } from '../../../postgres/source.js'
import { type PostgresQueue, unseenQueue } from '../reading.js'
import { columnsIn, countJobs, nameOf, needTable, texts } from '../tables.js'

const TITLE = 'GoodJob'
/** When GoodJob itself takes a process for dead. */
const ALIVE = "interval '5 minutes'"

export const goodJob: PostgresQueue = async (session, { name, schema = 'public' }) => {
  const columns = ['queue_name', 'scheduled_at', 'performed_at', 'finished_at', 'error', 'created_at']
  const jobs = await needTable(session, TITLE, schema, 'good_jobs', columns)
  const found = await columnsIn(session, schema, 'good_jobs')
  if (name !== undefined) {
    const names = await texts(session, `SELECT DISTINCT queue_name FROM ${jobs} ORDER BY 1`)
    if (!names.includes(name)) throw unseenQueue(TITLE, name, names)
  }
  // Version 2 wrote a new row for each retry and left the old one behind.
  const final = found?.has('retried_good_job_id') === true ? ' AND retried_good_job_id IS NULL' : ''
  const idle = 'performed_at IS NULL AND finished_at IS NULL'
  const since = 'coalesce(scheduled_at, created_at)'
  const counted = await countJobs(session, {
    from: `${jobs} WHERE $1::text IS NULL OR queue_name = $1`,
    values: [name ?? null],
    counts: {
      waiting: `${idle} AND ${since} <= now()`,
      active: 'performed_at IS NOT NULL AND finished_at IS NULL',
      delayed: `${idle} AND ${since} > now()`,
      failed: 'finished_at IS NULL AND error IS NOT NULL',
      dead: `finished_at IS NOT NULL AND error IS NOT NULL${final}`,
    },
    since,
  })
  return { ...counted, workers: await workers(session, schema) }
}

async function workers(session: Session, schema: string) {
  if ((await columnsIn(session, schema, 'good_job_processes'))?.has('updated_at') !== true) {
    return { unobserved: `there is no table ${schema}.good_job_processes, which GoodJob 2.7 and later have` }
  }
  const processes = nameOf(schema, 'good_job_processes')
  return (await texts(session, `SELECT id::text FROM ${processes} WHERE updated_at > now() - ${ALIVE}`)).length
}
