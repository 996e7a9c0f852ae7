/** Columns and values of MySQL under the names and in the spelling of PostgreSQL, so that they are read the same way. */
import type { Field } from 'mysql2'
import { keyFromText } from '../lib/key.js'
import { BYTEA } from '../postgres/type-oids.js'
import type { Cell, Column } from '../sql/source.js'

/** As the protocol numbers them: https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html */
const NAMES: Readonly<Record<number, string>> = {
  0: 'numeric',
  1: 'integer',
  2: 'integer',
  3: 'integer',
  4: 'real',
  5: 'double precision',
  7: 'timestamp without time zone',
  8: 'bigint',
  9: 'integer',
  10: 'date',
  11: 'time without time zone',
  12: 'timestamp without time zone',
  13: 'integer',
  245: 'json',
  246: 'numeric',
}
const BIT = 16
const TEXTS = new Set([15, 249, 250, 251, 252, 253, 254])
/** The character set that is none. */
const BINARY = 63

export function columnOf({ name, columnType, type = columnType ?? -1, characterSet }: Field): Column {
  const binary = type === BIT || (TEXTS.has(type) && characterSet === BINARY)
  return { name, type: binary ? 'bytea' : (NAMES[type] ?? 'text'), oid: binary ? BYTEA : 0 }
}

/** One byte in each character. */
export function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null
  if (Buffer.isBuffer(value)) return value.toString('latin1')
  return keyFromText(String(value))
}
