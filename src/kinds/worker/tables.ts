/** What the readers of queues in PostgreSQL share: which columns there are, and one counting query. */
import { CheckError } from '../../lib/errors.js'
import { quoteIdentifier } from '../../postgres/quote.js'
import type { Cell, Session } from '../../postgres/source.js'
import type { Observed } from '../kind.js'
import type { QueueReading } from './reading.js'

/** Names of its columns; undefined where there is no such table or view, or its schema may not be used. */
export async function columnsIn(
  session: Session,
  schema: string,
  table: string,
): Promise<ReadonlySet<string> | undefined> {
  const { rows } = await session.query({
    text: `SELECT a.attname FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
  WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'f') AND a.attnum > 0 AND NOT a.attisdropped`,
    values: [schema, table],
  })
  return rows.length === 0 ? undefined : new Set(rows.map(([name]) => name ?? ''))
}

/** The table as SQL. Says by name what is missing: another version of the library, another schema, another database. */
export async function needTable(
  session: Session,
  title: string,
  schema: string,
  table: string,
  columns: readonly string[],
): Promise<string> {
  const found = await columnsIn(session, schema, table)
  const at = { path: ['queue'] }
  if (found === undefined) {
    const hint = 'name its `schema`; the queue may live in another database'
    throw new CheckError(`there is no table ${schema}.${table}, where ${title} keeps its jobs`, { at, hint })
  }
  const missing = columns.filter((column) => !found.has(column))
  if (missing.length > 0) {
    throw new CheckError(`${schema}.${table} has no column ${missing.join(', ')}`, {
      at,
      hint: `its schema is of another version of ${title}; run its migrations, or count with \`sql\``,
    })
  }
  return nameOf(schema, table)
}

export function nameOf(schema: string, table: string): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`
}

/** Conditions on one job, in SQL of our own. */
export interface Counting {
  /** FROM and what follows it, up to WHERE with its condition. `$1` is the name of the queue. */
  readonly from: string
  readonly values: readonly (string | null)[]
  readonly counts: Readonly<Partial<Record<'waiting' | 'active' | 'delayed' | 'failed' | 'dead', string>>>
  /** Since when a waiting job could have run. */
  readonly since: string
}

/** Times without zone are UTC, as these libraries write them: the session's zone is UTC. */
export async function countJobs(session: Session, { from, values, counts, since }: Counting): Promise<QueueReading> {
  const names = Object.keys(counts) as (keyof typeof counts)[]
  const columns = names.map((name) => `pg_catalog.count(*) FILTER (WHERE ${counts[name]})`)
  const oldest = `pg_catalog.floor(1000 * extract(epoch FROM now() - min(${since}) FILTER (WHERE ${counts.waiting})))`
  const { rows } = await session.query({ text: `SELECT ${[...columns, oldest].join(', ')} FROM ${from}`, values })
  const cells = rows[0] ?? []
  const counted = Object.fromEntries(names.map((name, index) => [name, Number(cells[index] ?? 0)]))
  return { ...counted, oldest_job_age: ageOrNone(cells[names.length] ?? null) }
}

/** Milliseconds; 0 where nothing waits. */
export function ageOrNone(cell: Cell): Observed {
  return cell === null ? 0 : Math.max(0, Number(cell))
}

/** First column of each row, as text. */
export async function texts(
  session: Session,
  text: string,
  values: readonly (string | null)[] = [],
): Promise<readonly string[]> {
  const { rows } = await session.query({ text, values })
  return rows.flatMap(([cell]) => (cell === null || cell === undefined ? [] : [cell]))
}
