/** A cell as an exact value, by the type of its column. */
import { Big } from 'big.js'
import { keyFromLatin1, keyToText } from '../lib/key.js'
import type { Scalar } from '../lib/value.js'
import type { Cell, Column } from './source.js'
import { BYTEA } from './type-oids.js'

/**
 * bigint as `bigint`, numeric as `Big`, small integers and floats as `number`, boolean, everything else the text
 * PostgreSQL prints (bytea as `\x…`). `undefined` for NaN and infinities, which are no numbers to compare with.
 */
export function scalarOf(cell: Cell, column: Column): Scalar | undefined {
  if (cell === null) return null
  switch (column.type) {
    case 'boolean':
      return cell === 't'
    case 'bigint':
      return BigInt(cell)
    case 'smallint':
    case 'integer':
    case 'oid':
    case 'real':
    case 'double precision':
      return Number.isFinite(Number(cell)) ? Number(cell) : undefined
    case 'numeric':
      return /^-?\d/.test(cell) ? new Big(cell) : undefined
    default:
      return cellText(cell, column)
  }
}

export function cellText(cell: string, column: Column): string {
  return column.oid === BYTEA ? `\\x${Buffer.from(cell, 'latin1').toString('hex')}` : keyToText(keyFromLatin1(cell))
}
