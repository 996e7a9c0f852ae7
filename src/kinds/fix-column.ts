/** The column `fix` of a query whose rows are violations: the statement that mends what a row tells of. */
import { cellText } from '../postgres/scalar.js'
import type { Column, Row } from '../postgres/source.js'
import type { Finding } from './kind.js'
import { rowFacts } from './row-facts.js'

export const FIX = 'fix'

/** What a finding shows of a row, all cells of which may be shown; `valued`: whether it carries more than the statement. */
export function toldOf(row: Row, columns: readonly Column[], valued: boolean): Pick<Finding, 'row' | 'fix'> {
  const { [FIX]: _, ...values } = valued ? rowFacts(row, columns) : {}
  const fix = fixOf(row, columns)
  return { ...(Object.keys(values).length === 0 ? {} : { row: values }), ...(fix === undefined ? {} : { fix }) }
}

function fixOf(row: Row, columns: readonly Column[]): string | undefined {
  const index = columns.findIndex(({ name }) => name === FIX)
  const column = columns[index]
  const cell = row[index] ?? null
  return column === undefined || cell === null ? undefined : cellText(cell, column)
}
