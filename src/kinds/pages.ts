/**
 * A large table in ranges of its pages, read by as many sessions as are free. What is summed of them adds up to what is
 * summed of all of it, however it is divided.
 */
import type { SqlSession } from '../sql/source.js'

/** Pages from the first on and before the last; without one, from the beginning, or to the end. */
export interface Pages {
  readonly from?: number
  readonly before?: number
}

/** 128 MiB as a rule. Of less another session is no gain. */
const LEAST_PAGES = 16_384
/** More than are read at once, for not all are done at the same pace. */
const MOST_PARTS = 8

/** So many parts a table of so many pages is read in. */
export function partsFor(pages: number): number {
  return Math.max(1, Math.min(MOST_PARTS, Math.floor(pages / LEAST_PAGES)))
}

// Where the server reads a table by several workers it does so faster than we could. Without them, ranges of pages can be
// read from PostgreSQL 14 on. A table others inherit from has no pages for all of them.
const PAGES = `SELECT c.relpages::pg_catalog.text FROM pg_catalog.pg_class AS c
WHERE c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1) AND c.relkind OPERATOR(pg_catalog.=) 'r' AND NOT c.relhassubclass
  AND pg_catalog.current_setting('server_version_num')::pg_catalog.int4 OPERATOR(pg_catalog.>=) 140000
  AND pg_catalog.current_setting('enable_tidscan') OPERATOR(pg_catalog.=) 'on'
  AND '0' IN (pg_catalog.current_setting('max_parallel_workers_per_gather'), pg_catalog.current_setting('max_parallel_workers'))`

/** How many it has, where ranges of them are to be read; else none. `name`: quoted. */
export async function pagesOf(session: Pick<SqlSession, 'query'>, name: string): Promise<number> {
  const { rows } = await session.query({ text: PAGES, values: [name] })
  return Number(rows[0]?.[0] ?? 0)
}

export function divided(pages: number): readonly Pages[] {
  const parts = partsFor(pages)
  const each = Math.ceil(pages / parts)
  // The last has no end: what came since statistics were gathered belongs to it.
  return Array.from({ length: parts }, (_, at) => ({
    ...(at === 0 ? {} : { from: at * each }),
    ...(at === parts - 1 ? {} : { before: (at + 1) * each }),
  }))
}

/** The rows of these pages, in place of the table. `name`: quoted. */
export function inPages(name: string, { from, before }: Pages): string {
  const bounds = [
    ...(from === undefined ? [] : [`ctid OPERATOR(pg_catalog.>=) '(${from},0)'::pg_catalog.tid`]),
    ...(before === undefined ? [] : [`ctid OPERATOR(pg_catalog.<) '(${before},0)'::pg_catalog.tid`]),
  ]
  return bounds.length === 0 ? name : `(SELECT * FROM ${name} WHERE ${bounds.join(' AND ')}) AS t`
}
