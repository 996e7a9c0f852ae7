/** How many rows the optimiser expects of a query, by what EXPLAIN says of it as a table. Pure. */
import type { Answer } from './wire.js'

/** Of the outermost SELECT: of each table so many rows, of which so many percent are left. */
export function rowsOf({ columns, rows }: Answer): number {
  const at = (name: string): number => columns.findIndex((column) => column.name.toLowerCase() === name)
  const [id, table, expected, filtered] = [at('id'), at('table'), at('rows'), at('filtered')]
  const outermost = rows.filter((row) => row[id] === rows[0]?.[id] && row[table] !== null)
  // A query without a table gives a row; one the optimiser knows to give none names no table either.
  if (outermost.length === 0) return 1
  const each = outermost.map((row) => (Number(row[expected] ?? 1) * Number(row[filtered] ?? 100)) / 100)
  return Math.round(each.reduce((product, one) => product * one, 1))
}
