/** Findings of one object. Pure. */
import { keyToJson } from '../../lib/key.js'
import { toldOf } from '../fix-column.js'
import type { Finding } from '../kind.js'
import type { Listed } from './list.js'
import type { Answer, Unprobed } from './probe-one.js'

/** Only the first `limit` carry values: a report is no copy of the table. A statement of the probe wins over that of the list. */
export function violationsOf(
  { object, fix: general }: Listed,
  { columns, rows }: Answer,
  limit: number,
): readonly Finding[] {
  return rows.map((row, index) => {
    const { fix = general, ...values } = toldOf(row, columns, index < limit)
    return { finding: 'violations', ...keyToJson(object), ...values, ...(fix === undefined ? {} : { fix }) }
  })
}

export function unprobedOf({ object }: Listed, { reason }: Unprobed): Finding {
  return { finding: 'unprobed', ...keyToJson(object), reason }
}
