/** Says in SQL which rows of a query have one of some keys in a column, where that is certain to the byte. */
import type { Connection } from 'mysql2'
import type { Key } from '../lib/key.js'
import { quoteIdentifier } from '../postgres/quote.js'
import { BYTEA } from '../postgres/type-oids.js'
import type { Column } from '../sql/source.js'
import type { Server } from './transaction.js'
import { command } from './wire.js'

/** In characters; the smallest packet that servers take where nothing is set is a mebibyte. */
const LONGEST = 512 * 1024

/** A condition on the column of `q`; undefined where its values are printed otherwise by a cast than by the protocol. */
export function onlyKeys({ name, type, oid }: Column, keys: readonly Key[]): string | undefined {
  if (oid !== BYTEA && type !== 'text') return undefined
  const list = keys.map((key) => `X'${Buffer.from(key, 'latin1').toString('hex')}'`).join(', ')
  if (list === '' || list.length > LONGEST) return undefined
  const column = `q.${quoteIdentifier(name)}`
  // As bytes: whatever its collation takes for the same is not.
  return `${oid === BYTEA ? column : `CAST(CONVERT(${column} USING utf8mb4) AS BINARY)`} IN (${list})`
}

/**
 * Moved into a query that groups by a collation for which `A` is `a`, the condition could choose other rows of it. Servers
 * that have no such switch move nothing.
 */
export async function withoutPushing(client: Connection, { mariadb }: Server): Promise<void> {
  const name = mariadb ? 'condition_pushdown_for_derived' : 'derived_condition_pushdown'
  await command(client, `SET SESSION optimizer_switch = '${name}=off'`).catch(() => {})
}
