/** How rows are told apart that a record lists one by one. Light. */
import type { SortedSpool } from '../../lib/spool.js'
import type { ListedTable } from './row-list.js'

export const ROW_CLASSES = ['rows_vanished', 'rows_changed', 'rows_appeared'] as const
export type RowClass = (typeof ROW_CLASSES)[number]

/** A table whose rows the record lists. */
export interface ListedOf extends ListedTable {
  /** As it was called then. */
  readonly name: string
}

/** Of a table that differs: the rows that are now in the buckets that do. */
export interface RowsNow {
  readonly rows: SortedSpool
  readonly mask: number
  readonly buckets: ReadonlySet<number>
}
