/** Solid Queue 1.x, which keeps jobs of each state in a table of their own. Read from its db/queue_schema.rb. */
import { type PostgresQueue, unseenQueue } from '../reading.js'
import { ageOrNone, columnsIn, nameOf, needTable, texts } from '../tables.js'

const TITLE = 'Solid Queue'
/** Its `process_alive_threshold` where nothing is set. */
const ALIVE = "interval '5 minutes'"

export const solidQueue: PostgresQueue = async (session, { name, schema = 'public' }) => {
  const table = (which: string, columns: readonly string[]) =>
    needTable(session, TITLE, schema, `solid_queue_${which}`, columns)
  const jobs = await table('jobs', ['id', 'queue_name'])
  const ready = await table('ready_executions', ['queue_name', 'created_at'])
  const scheduled = await table('scheduled_executions', ['queue_name', 'scheduled_at'])
  const claimed = await table('claimed_executions', ['job_id'])
  const failed = await table('failed_executions', ['job_id'])
  const processes = await table('processes', ['kind', 'last_heartbeat_at', 'metadata'])
  const workers = await texts(
    session,
    `SELECT coalesce(metadata::text, '') FROM ${processes} WHERE kind = 'Worker' AND last_heartbeat_at > now() - ${ALIVE}`,
  )
  const serving = workers.filter((metadata) => name === undefined || serves(metadata, name))
  if (name !== undefined && serving.length === 0) {
    const names = await texts(session, `SELECT DISTINCT queue_name FROM ${jobs} ORDER BY 1`)
    if (!names.includes(name)) throw unseenQueue(TITLE, name, names)
  }
  const mine = '($1::text IS NULL OR queue_name = $1)'
  const ofMine = `EXISTS (SELECT FROM ${jobs} j WHERE j.id = job_id AND ($1::text IS NULL OR j.queue_name = $1))`
  // Due, but still waiting for a dispatcher: it could have run.
  const due = `SELECT scheduled_at AS since FROM ${scheduled} WHERE ${mine} AND scheduled_at <= now()`
  const { rows } = await session.query({
    text: `SELECT w.n, w.age,
  (SELECT count(*) FROM ${claimed} WHERE ${ofMine}),
  (SELECT count(*) FROM ${scheduled} WHERE ${mine} AND scheduled_at > now()),
  (SELECT count(*) FROM ${failed} WHERE ${ofMine})
FROM (SELECT count(*) AS n, pg_catalog.floor(1000 * extract(epoch FROM now() - min(since))) AS age
  FROM (SELECT created_at AS since FROM ${ready} WHERE ${mine} UNION ALL ${due}) AS open) AS w`,
    values: [name ?? null],
  })
  const [waiting, age = null, active, delayed, lost] = rows[0] ?? []
  return {
    waiting: Number(waiting),
    oldest_job_age: ageOrNone(age),
    active: Number(active),
    delayed: Number(delayed),
    failed: Number(lost),
    workers: serving.length,
    paused: await paused(),
  }

  async function paused() {
    if ((await columnsIn(session, schema, 'solid_queue_pauses')) === undefined) return false
    const pauses = nameOf(schema, 'solid_queue_pauses')
    const found = await texts(session, `SELECT queue_name FROM ${pauses} WHERE ${mine} LIMIT 1`, [name ?? null])
    return found.length > 0
  }
}

/** Metadata of a worker, JSON as text: `{"queues":"mail,default*",…}`. */
function serves(metadata: string, name: string): boolean {
  const queues = /"queues"\s*:\s*(?:"([^"]*)"|\[([^\]]*)\])/.exec(metadata)
  const patterns = (queues?.[1] ?? queues?.[2] ?? '').split(',').map((one) => one.trim().replaceAll('"', ''))
  return patterns.some((one) => one === name || (one.endsWith('*') && name.startsWith(one.slice(0, -1))))
}
