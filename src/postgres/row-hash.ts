/** One number of 64 bits of several values of a row, as SQL, and which types are hashed as they are. Pure. */
import { BIGINT, BYTEA, INTEGER, SMALLINT, TEXT, UUID, VARCHAR } from './type-oids.js'

/**
 * How rows are hashed. `record`: as PostgreSQL hashes rows from 14 on. `text`: the values as text by PostgreSQL's hash
 * of texts. `portable`: the values as text by SHA-256.
 */
export type Method = 'record' | 'text' | 'portable'

const NAME = 19
export const BPCHAR = 1042
export const NUMERIC = 1700

/** Hashed alike in every database, and equal only if they mean the same. Anything else is hashed as text. */
export const HASHED: ReadonlySet<number> = new Set([
  ...[16, BYTEA, 18, NAME, BIGINT, SMALLINT, INTEGER, TEXT, VARCHAR, BPCHAR, UUID, NUMERIC],
  // float4, float8, date, time, timestamp, timestamptz, interval, timetz, jsonb, inet, cidr, macaddr, macaddr8
  ...[700, 701, 1082, 1083, 1114, 1184, 1186, 1266, 3802, 869, 650, 829, 774],
  // Arrays of: boolean, bytea, bigint, smallint, integer, text, varchar, uuid, numeric, float4, float8, date, timestamp, timestamptz, jsonb
  ...[1000, 1001, 1016, 1005, 1007, 1009, 1015, 2951, 1231, 1021, 1022, 1182, 1115, 1185, 3807],
])

/** Types that were widened keep their hash. */
const FAMILIES: readonly ReadonlySet<number>[] = [new Set([SMALLINT, INTEGER, BIGINT]), new Set([TEXT, VARCHAR])]

/** Types that have a collation, by which they could be hashed: two servers may not have the same. */
export const COLLATED: ReadonlySet<number> = new Set([TEXT, VARCHAR, BPCHAR, 1009, 1015])

/** Whether equal values of the two types have the same hash. */
export function hashAlike(one: number, other: number): boolean {
  return one === other || FAMILIES.some((family) => family.has(one) && family.has(other))
}

/**
 * With a seed that differs from row to row, values that change places between rows change the sum of all hashes; without
 * one, PostgreSQL's hash of a row misses more than half of such swaps.
 */
export function hashOf(values: readonly string[], seed: string, method: Method): string {
  if (method === 'record') return `pg_catalog.hash_record_extended(ROW(${values.join(', ')}), ${seed})`
  // Bytes are quicker to count, but two databases may keep the same text in other bytes.
  const length = method === 'portable' ? 'length' : 'octet_length'
  const text = values.map((value) => measured(value, length)).join(' || ')
  if (method === 'text') return `pg_catalog.hashtextextended(${text}, ${seed})`
  const bytes = `pg_catalog.convert_to((${seed})::pg_catalog.text || '/' || ${text}, 'UTF8')`
  const hex = `pg_catalog.encode(pg_catalog.substring(pg_catalog.sha256(${bytes}), 1, 8), 'hex')`
  return `('x' || ${hex})::pg_catalog."bit"(64)::pg_catalog.int8`
}

/**
 * Keeps the server from working out what a subquery makes wherever it is named. A literal in quotes is a bigint at once; a
 * plain 0 becomes one too late, and then no parallel worker is given any of it.
 */
export const FENCE = " OFFSET '0'"

/** For what stands in for a seed where rows have no key. */
export function hashOfHash(hash: string): string {
  return `pg_catalog.hashtextextended((${hash})::pg_catalog.text, 0)`
}

/** Its length before each value keeps apart what moves from one column to the next; NULL is no value at all. */
function measured(value: string, length: string): string {
  return `COALESCE(pg_catalog.${length}(${value})::pg_catalog.text || ':' || ${value}, '-')`
}
