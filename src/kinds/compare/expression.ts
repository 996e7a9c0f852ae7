/** What of a column is hashed, as SQL, the same on both sides. Pure. */
import { quoteIdentifier } from '../../postgres/quote.js'
import { BPCHAR, COLLATED, HASHED, hashAlike, NUMERIC, type Method as RowMethod } from '../../postgres/row-hash.js'
import type { ColumnPair } from './pair.js'

export type { Method as RowMethod } from '../../postgres/row-hash.js'

/** `canonical`: SHA-256 of texts that both PostgreSQL and MySQL can make. */
export type Method = RowMethod | 'canonical'
export type Side = 'source' | 'target'

/** What is hashed of a column on one side. */
export function hashed(pair: ColumnPair, side: Side, method: RowMethod): string {
  const { column, transform } = pair[side]
  const value = transform === undefined ? quoteIdentifier(column.name) : `(\n${transform}\n)`
  const made = pair.source.transform !== undefined || pair.target.transform !== undefined
  if (made) return `(${value})::pg_catalog.text`
  if (method !== 'record' || !isAlike(pair)) return textOf(value, pair)
  return COLLATED.has(column.oid) ? `(${value} COLLATE pg_catalog."C")` : value
}

/** The value of a column of the key as it is printed, the same for all values that are equal. */
export function keyText(pair: ColumnPair, value: string): string {
  return textOf(value, pair)
}

function isAlike({ source, target }: ColumnPair): boolean {
  const [one, other] = [source.column.oid, target.column.oid]
  return HASHED.has(one) && HASHED.has(other) && hashAlike(one, other)
}

function textOf(value: string, { source, target }: ColumnPair): string {
  const oids = [source.column.oid, target.column.oid]
  // 1.0 and 1.00 are equal, and so are a padded and an unpadded character(n).
  if (oids.every((oid) => oid === NUMERIC)) return `pg_catalog.trim_scale(${value})::pg_catalog.text`
  if (oids.includes(BPCHAR)) return `pg_catalog.rtrim((${value})::pg_catalog.text, ' ')`
  return `(${value})::pg_catalog.text`
}
