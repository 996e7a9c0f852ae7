/** What the queries of a comparison are made from, for one side of it. Pure. */
import { quoteName } from '../../postgres/quote.js'
import type { UserQuery } from '../../sql/source.js'
import type { Method, Side } from './expression.js'
import type { Pairing } from './pair.js'
import type { SideSpec } from './schema.js'

export interface Hashing {
  readonly pairing: Pairing
  readonly side: Side
  readonly spec: SideSpec
  readonly method: Method
}

/** The text of each column of a key; of a row without one, its hash. */
export type KeyCells = readonly (string | null)[]

/** Rows of the table, or of what stands `from` it, for which the condition holds. */
export function rowsOf(spec: SideSpec, before: string, after: string, from = quoteName(spec.table)): UserQuery {
  return {
    sql: spec.where ?? 'true',
    params: spec.params,
    path: [spec.where === undefined ? 'table' : 'where'],
    around: { before: `${before} ${from} WHERE (\n`, after: `\n)${after}`, path: ['table'] },
  }
}
