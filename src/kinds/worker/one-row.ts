/** Queries of a check file that give one row, and how old a time in it is. */
import { CheckError } from '../../lib/errors.js'
import type { Cell, Column, Session, UserQuery } from '../../postgres/source.js'

export async function oneRow(
  session: Session,
  query: UserQuery,
  most: number,
): Promise<{ readonly cells: readonly Cell[]; readonly columns: readonly Column[] }> {
  const { columns, rows } = await session.select(query, { limit: 2 })
  const at = { path: query.path }
  if (columns.length === 0 || columns.length > most) {
    const wanted = most === 1 ? 'one' : `one or ${most}`
    throw new CheckError(`the query gives ${columns.length} columns; it must give ${wanted}`, { at })
  }
  const [cells] = rows
  if (cells === undefined)
    throw new CheckError('the query gives no row; it must give one', { at, hint: 'use max(), min() or count(*)' })
  if (rows.length > 1) throw new CheckError('the query gives several rows; it must give one', { at })
  return { cells, columns }
}

/** Clocks of hosts may differ by that much; a time further ahead would look fresh for long. */
export const AHEAD_MS = 5000

/**
 * Milliseconds before `now`; negative for a time ahead, undefined for NULL. Sessions run in UTC, so that a time without
 * zone is taken as UTC, as frameworks write it.
 */
export function ageOf(
  cell: Cell,
  column: Column | undefined,
  now: number,
  path: UserQuery['path'],
): number | undefined {
  if (column === undefined || !column.type.startsWith('timestamp')) {
    throw new CheckError(`the query gives ${column?.type ?? 'nothing'}; it must give a timestamp`, {
      at: { path },
      hint: 'use to_timestamp() for seconds since 1970',
    })
  }
  if (cell === null) return undefined
  const time = timeOf(cell)
  if (time === undefined) throw new CheckError('the time is infinite or before our era', { at: { path } })
  return now - time
}

/** ISO with a blank: 2026-11-30 02:15:00.123456+00. */
export function timeOf(cell: string): number | undefined {
  const match = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d+)?(?:\+00)?$/.exec(cell)
  if (match === null) return undefined
  const time = Date.parse(`${match[1]}T${match[2]}${(match[3] ?? '').slice(0, 4)}Z`)
  return Number.isNaN(time) ? undefined : time
}
