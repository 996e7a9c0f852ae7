/** `examined`: how much there is to look at, asked before the query itself, in the same transaction. */
import { CheckError } from '../../lib/errors.js'
import { formatNumber } from '../../lib/text.js'
import type { Cell, SqlSession } from '../../sql/source.js'
import type { Observation } from '../kind.js'
import type { SqlSpec } from './kind.js'
import { examinedQuery } from './query.js'

/** With `skip` where there is nothing to look at, and with a gap where some of it cannot be looked into. */
export async function examine(spec: SqlSpec, session: SqlSession): Promise<Observation> {
  const query = examinedQuery(spec)
  if (query === undefined) return { subjects: {} }
  const at = { path: query.path }
  const { columns, rows } = await session.select(query, { limit: 2 })
  const [row] = rows
  if (row === undefined || rows.length > 1 || columns.length > 2)
    throw new CheckError('`examined` has to give one row of one or two columns', { at })
  const [there, unseen] = row.map((cell) => numberOf(cell, at))
  if (there === undefined || (columns.length === 2 && unseen === undefined))
    throw new CheckError('what there is to examine cannot be seen (`examined` is NULL)', {
      at,
      hint: 'see what the role of the connection has to be granted for this check',
    })
  const subjects = { examined: there }
  if (unseen !== undefined && unseen > 0)
    return {
      subjects,
      gaps: [`${formatNumber(unseen)} of what there is cannot be looked into by the role of the connection`],
    }
  return there === 0 ? { subjects, skip: 'there is nothing to examine (`examined` is 0)' } : { subjects }
}

/** Undefined for NULL. */
function numberOf(cell: Cell, at: { readonly path: readonly (string | number)[] }): number | undefined {
  if (cell === null) return undefined
  const value = Number(cell)
  if (!Number.isSafeInteger(value) || value < 0) throw new CheckError('`examined` has to give whole numbers', { at })
  return value
}
