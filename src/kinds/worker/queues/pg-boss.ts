/**
 * pg-boss. Version 10 and later: one table `job` parted by queue, and a register `queue`. Before: column names without
 * underscores and no register. Read from the sources of 10.4 and 9.0.
 */
import { noQueue, type PostgresQueue } from '../reading.js'
import { columnsIn, countJobs, nameOf, needTable, texts } from '../tables.js'

const TITLE = 'pg-boss'

export const pgBoss: PostgresQueue = async (session, { name = '', schema = 'pgboss' }) => {
  const registered = (await columnsIn(session, schema, 'queue')) !== undefined
  const [start, created] = registered ? ['start_after', 'created_on'] : ['startafter', 'createdon']
  const jobs = await needTable(session, TITLE, schema, 'job', ['name', 'state', start, created])
  const names = registered
    ? await texts(session, `SELECT name FROM ${nameOf(schema, 'queue')} ORDER BY name`)
    : await texts(session, seenNames(schema))
  if (!names.includes(name)) throw noQueue(TITLE, name, names)
  const open = "state::text IN ('created', 'retry')"
  return countJobs(session, {
    from: `${jobs} WHERE name = $1`,
    values: [name],
    counts: {
      waiting: `${open} AND ${start} <= now()`,
      active: "state::text = 'active'",
      delayed: `${open} AND ${start} > now()`,
      failed: "state::text IN ('failed', 'expired')",
    },
    since: `greatest(${start}, ${created})`,
  })
}

function seenNames(schema: string): string {
  return `SELECT DISTINCT name FROM ${nameOf(schema, 'job')} UNION SELECT name FROM ${nameOf(schema, 'archive')}
  UNION SELECT name FROM ${nameOf(schema, 'schedule')} ORDER BY 1`
}
