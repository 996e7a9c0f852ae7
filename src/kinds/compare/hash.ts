/** One number of 64 bits of several values, as SQL. Pure. */
import type { Method } from './expression.js'

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

/** For what stands in for a seed where rows have no key. */
export function hashOfHash(hash: string): string {
  return `pg_catalog.hashtextextended((${hash})::pg_catalog.text, 0)`
}

/** Its length before each value keeps apart what moves from one column to the next; NULL is no value at all. */
function measured(value: string, length: string): string {
  return `COALESCE(pg_catalog.${length}(${value})::pg_catalog.text || ':' || ${value}, '-')`
}
