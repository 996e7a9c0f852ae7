/** The rows a check is about, as a query. Light. */
import { quoteName } from '../../postgres/quote.js'
import type { UserQuery } from '../../postgres/source.js'

interface Counted {
  readonly table: string
  readonly where?: string | undefined
  readonly params?: UserQuery['params']
}

/** Undefined where `table` is not the name of one. */
export function countedRows({ table, where, params }: Counted): UserQuery | undefined {
  const name = quoteName(table)
  if (name === undefined) return undefined
  return {
    sql: where ?? 'true',
    params,
    path: [where === undefined ? 'table' : 'where'],
    around: { before: `SELECT 1 AS one FROM ${name} WHERE (\n`, after: '\n)', path: ['table'] },
  }
}
