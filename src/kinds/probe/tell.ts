/** Findings of one object. Pure. */
import { keyToJson } from '../../lib/key.js'
import type { Finding } from '../kind.js'
import { rowFacts } from '../row-facts.js'
import type { Listed } from './list.js'
import type { Answer, Unprobed } from './probe-one.js'

/** Only the first `limit` carry values: a report is no copy of the table. */
export function violationsOf(
  { object, fix: general }: Listed,
  { columns, rows, fixes }: Answer,
  limit: number,
): readonly Finding[] {
  return rows.map((row, index) => {
    const fix = fixes[index] ?? general
    return {
      finding: 'violations',
      ...keyToJson(object),
      ...(columns.length > 0 && index < limit ? { row: rowFacts(row, columns) } : {}),
      ...(fix === undefined ? {} : { fix }),
    }
  })
}

export function unprobedOf({ object }: Listed, { reason }: Unprobed): Finding {
  return { finding: 'unprobed', ...keyToJson(object), reason }
}
