/**
 * Graphile Worker. Since 0.14 its tables are `_private_…`; 0.13 has `jobs` and `tasks`; before that `jobs` names the task
 * itself. Read from the migrations of 0.16.6. Its tables have row-level security: the role needs BYPASSRLS.
 */
import type { Session } from '../../../postgres/source.js'
import { noQueue, type PostgresQueue } from '../reading.js'
import { columnsIn, countJobs, nameOf, needTable, texts } from '../tables.js'

const TITLE = 'Graphile Worker'
const COLUMNS = ['run_at', 'attempts', 'max_attempts', 'locked_at', 'last_error']

export const graphileWorker: PostgresQueue = async (session, { name, schema = 'graphile_worker' }) => {
  const { jobs, tasks } = await tablesOf(session, schema)
  const identifiers =
    tasks === undefined ? `SELECT DISTINCT task_identifier FROM ${jobs}` : `SELECT identifier FROM ${tasks}`
  if (name !== undefined) {
    const names = await texts(session, `${identifiers} ORDER BY 1`)
    if (!names.includes(name)) throw noQueue(TITLE, name, names)
  }
  const mine =
    tasks === undefined ? 'task_identifier = $1' : `task_id IN (SELECT t.id FROM ${tasks} t WHERE t.identifier = $1)`
  const open = 'locked_at IS NULL AND attempts < max_attempts'
  return countJobs(session, {
    from: `${jobs} WHERE $1::text IS NULL OR ${mine}`,
    values: [name ?? null],
    counts: {
      waiting: `${open} AND run_at <= now()`,
      active: 'locked_at IS NOT NULL',
      delayed: `${open} AND run_at > now()`,
      failed: `${open} AND last_error IS NOT NULL`,
      dead: 'locked_at IS NULL AND attempts >= max_attempts',
    },
    since: 'run_at',
  })
}

async function tablesOf(session: Session, schema: string) {
  if ((await columnsIn(session, schema, '_private_jobs')) !== undefined) {
    const jobs = await needTable(session, TITLE, schema, '_private_jobs', [...COLUMNS, 'task_id'])
    return { jobs, tasks: await needTable(session, TITLE, schema, '_private_tasks', ['id', 'identifier']) }
  }
  const tasked = (await columnsIn(session, schema, 'tasks')) !== undefined
  const jobs = await needTable(session, TITLE, schema, 'jobs', [...COLUMNS, tasked ? 'task_id' : 'task_identifier'])
  return { jobs, tasks: tasked ? nameOf(schema, 'tasks') : undefined }
}
