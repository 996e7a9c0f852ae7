/**
 * Rows of which nothing need be made: a key that no store minds and, where there is one, a size in plain digits. In a sound
 * system nearly all are such, and go from the socket to the spool as the bytes they are. What is in any way out of the
 * ordinary is left to `read-rows.ts`, which knows what to make of it.
 */
import type { PlainLines } from '../../lib/spool-log.js'
import { PLAIN_ROW } from './claim.js'
import type { Rules } from './rules.js'
import type { RowsSpec } from './schema.js'

type Query = Pick<RowsSpec, 'key' | 'store'> & Partial<Pick<RowsSpec, 'size' | 'checksum' | 'time'>>

/** Undefined where the query or the check wants more of each row. */
export function plainRows({ key, store, size, checksum, time }: Query, rules: Rules): PlainLines | undefined {
  if (rules.rewrite !== undefined || store !== undefined || rules.storeOf(null) === undefined) return undefined
  if (checksum !== undefined || time !== undefined) return undefined
  if (size === undefined) return { sized: false, head: PLAIN_ROW }
  const { column, unit = 'B', tolerance = 0 } = typeof size === 'object' ? size : { column: size }
  return unit !== 'B' || tolerance !== 0 || column === key ? undefined : { sized: true, head: PLAIN_ROW }
}
