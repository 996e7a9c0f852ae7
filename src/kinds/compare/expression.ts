/** What of a column is hashed, as SQL, the same on both sides. Pure. */
import { quoteIdentifier } from '../../postgres/quote.js'
import { BIGINT, BYTEA, INTEGER, SMALLINT, TEXT, UUID, VARCHAR } from '../../postgres/type-oids.js'
import type { ColumnPair } from './pair.js'

export type Side = 'source' | 'target'

/**
 * How rows are hashed. `record`: as PostgreSQL hashes rows from 14 on. `text`: the values as text by PostgreSQL's hash
 * of texts. `portable`: the values as text by SHA-256.
 */
export type Method = 'record' | 'text' | 'portable'

const NAME = 19
const BPCHAR = 1042
const NUMERIC = 1700

/** Hashed alike in every database, and equal only if they mean the same. Anything else is hashed as text. */
const HASHED = new Set([
  ...[16, BYTEA, 18, NAME, BIGINT, SMALLINT, INTEGER, TEXT, VARCHAR, BPCHAR, UUID, NUMERIC],
  // float4, float8, date, time, timestamp, timestamptz, interval, timetz, jsonb, inet, cidr, macaddr, macaddr8
  ...[700, 701, 1082, 1083, 1114, 1184, 1186, 1266, 3802, 869, 650, 829, 774],
  // Arrays of: boolean, bytea, bigint, smallint, integer, text, varchar, uuid, numeric, float4, float8, date, timestamp, timestamptz, jsonb
  ...[1000, 1001, 1016, 1005, 1007, 1009, 1015, 2951, 1231, 1021, 1022, 1182, 1115, 1185, 3807],
])

/** Types that were widened keep their hash. */
const FAMILIES: readonly ReadonlySet<number>[] = [new Set([SMALLINT, INTEGER, BIGINT]), new Set([TEXT, VARCHAR])]

/** Types that have a collation, by which they could be hashed: two servers may not have the same. */
const COLLATED = new Set([TEXT, VARCHAR, BPCHAR, 1009, 1015])

/** What is hashed of a column on one side. */
export function hashed(pair: ColumnPair, side: Side, method: Method): string {
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
  if (!HASHED.has(one) || !HASHED.has(other)) return false
  return one === other || FAMILIES.some((family) => family.has(one) && family.has(other))
}

function textOf(value: string, { source, target }: ColumnPair): string {
  const oids = [source.column.oid, target.column.oid]
  // 1.0 and 1.00 are equal, and so are a padded and an unpadded character(n).
  if (oids.every((oid) => oid === NUMERIC)) return `pg_catalog.trim_scale(${value})::pg_catalog.text`
  if (oids.includes(BPCHAR)) return `pg_catalog.rtrim((${value})::pg_catalog.text, ' ')`
  return `(${value})::pg_catalog.text`
}
