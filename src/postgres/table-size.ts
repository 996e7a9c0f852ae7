/** What the catalogue says of a table before it is read. */
import type { Session } from './source.js'

export interface TableSize {
  /** Of the rows themselves, without TOAST and indexes; partitions and children included. Absent for views. */
  readonly bytes?: number
  /** False where statistics were never gathered for a part of it that holds something: the planner guesses. */
  readonly analysed: boolean
}

// Before PostgreSQL 14 a table that was never analysed has 0 rows in the catalogue instead of -1.
const TEXT = `
WITH RECURSIVE part AS (
  SELECT pg_catalog.to_regclass($1)::pg_catalog.oid AS oid
  UNION
  SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN part ON i.inhparent OPERATOR(pg_catalog.=) part.oid
), sized AS (
  SELECT c.reltuples, c.relpages, pg_catalog.pg_relation_size(c.oid) AS bytes
  FROM pg_catalog.pg_class c JOIN part ON c.oid OPERATOR(pg_catalog.=) part.oid
  WHERE c.relkind IN ('r', 'm')
)
SELECT pg_catalog.sum(bytes)::text,
  pg_catalog.bool_or(bytes > 0 AND (reltuples < 0 OR (reltuples = 0 AND relpages = 0)))
FROM sized`

/** `quoted` is the name as SQL. A table that is not there has no size. */
export async function tableSize(session: Pick<Session, 'query'>, quoted: string): Promise<TableSize> {
  const { rows } = await session.query({ text: TEXT, values: [quoted] })
  const [bytes = null, unknown = null] = rows[0] ?? []
  return { ...(bytes === null ? {} : { bytes: Number(bytes) }), analysed: unknown !== 't' }
}
