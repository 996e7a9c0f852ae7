/**
 * Columns that may differ by a tolerance. They are hashed with the others into the sums, which say only where to look:
 * rounded values would differ at every border of the rounding. Where sums differ, their values come with each row, and the
 * hash of the row leaves them out. Equal tables cost no more for it.
 */
import { CheckError } from '../../lib/errors.js'
import { quoteIdentifier } from '../../postgres/quote.js'
import type { Side } from './expression.js'
import type { TableColumn } from './layout.js'
import type { ColumnPair, Pairing } from './pair.js'
import { type Tolerance, within } from './tolerance.js'

const NUMBERS = new Set([20, 21, 23, 700, 701, 1700])
const DATE = 1082
/** date, timestamp, timestamptz */
const TIMES = new Set([DATE, 1114, 1184])

const MYSQL_TIMES: ReadonlySet<string> = new Set(['date', 'datetime', 'timestamp'])
const MYSQL_NUMBERS: ReadonlySet<string> = new Set(
  'tinyint smallint mediumint int bigint year decimal float double'.split(' '),
)

/** Errors: CheckError where a value of the column is not of what the tolerance measures. */
export function assertTolerable(name: string, tolerance: Tolerance, columns: readonly TableColumn[]): void {
  const fit = tolerance.by === 'time' ? TIMES : NUMBERS
  const inMysql = tolerance.by === 'time' ? MYSQL_TIMES : MYSQL_NUMBERS
  const odd = columns.find(({ oid, mysql }) => !(mysql === undefined ? fit.has(oid) : inMysql.has(mysql.type)))
  if (odd === undefined) return
  const wanted = tolerance.by === 'time' ? 'a date or a timestamp' : 'a number'
  throw new CheckError(`"${name}" is of type ${odd.type}, and the tolerance is one of ${wanted}`, {
    hint: 'numbers differ by 0.01 or 0.1%, times by 500ms or 2s; for anything else say with `transform` what is compared',
    at: { path: ['tolerance', name] },
  })
}

/** Its value as `within` reads it: a number, or microseconds since 1970. */
export function toleratedText({ source, target }: ColumnPair, side: Side): string {
  const { column } = side === 'source' ? source : target
  const value = quoteIdentifier(column.name)
  if (!TIMES.has(column.oid)) return `(${value})::pg_catalog.text`
  const at = column.oid === DATE ? `(${value})::pg_catalog."timestamp"` : value
  // As a single number of seconds, which older servers give as a float, the last digits would be lost.
  const seconds = `pg_catalog.date_part('epoch', pg_catalog.date_trunc('second', ${at}))::pg_catalog.int8::pg_catalog.numeric`
  const micros = `(pg_catalog.date_part('microseconds', ${at})::pg_catalog.int8 OPERATOR(pg_catalog.%) 1000000)`
  const all = `((${seconds} OPERATOR(pg_catalog.*) 1000000) OPERATOR(pg_catalog.+) ${micros})`
  return `CASE WHEN pg_catalog.isfinite(${value}) THEN ${all}::pg_catalog.text ELSE (${value})::pg_catalog.text END`
}

export function toleratedOf({ columns }: Pairing): readonly ColumnPair[] {
  return columns.filter(({ tolerance }) => tolerance !== undefined)
}

/** A row apart from its key: its hash, and what is compared by its value. */
export function rowText(hash: string, values: readonly (string | null)[]): string {
  return [hash, ...values.map((value) => value ?? '\\N')].join('\t')
}

/** Whether rows, as `rowText` has them, are the same but for what is tolerated; undefined where nothing is. */
export function alikeOf(pairing: Pairing): ((one: string, other: string) => boolean) | undefined {
  const tolerances = toleratedOf(pairing).map(({ tolerance }) => tolerance as Tolerance)
  if (tolerances.length === 0) return undefined
  const cells = (row: string) => row.split('\t').map((cell) => (cell === '\\N' ? null : cell))
  return (one, other) => {
    const [a, b] = [cells(one), cells(other)]
    return a[0] === b[0] && tolerances.every((tolerance, at) => within(tolerance, a[at + 1] ?? null, b[at + 1] ?? null))
  }
}
