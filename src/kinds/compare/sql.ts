/**
 * The queries of a comparison, the same for both sides but for names. The condition of the check file stands in the
 * innermost one; all else is ours. Pure.
 *
 * q: what is hashed of each row (c0, c1 …), its key as it is (r0 …) and the hash of the key (k). Kept apart by a fence,
 * for the server would otherwise work each of them out again wherever it is named.
 * r: the hash of the row (h), its key as text (t0 …) and, of columns that may differ by something, the values (v0 …), which
 * are then no part of the hash.
 */
import { paramText } from '../../postgres/param.js'
import { quoteIdentifier, quoteLiteral, quoteName } from '../../postgres/quote.js'
import { FENCE, hashOf, hashOfHash } from '../../postgres/row-hash.js'
import type { UserQuery } from '../../postgres/source.js'
import type { Pages } from '../pages.js'
import { canonicalBuckets, canonicalColumns, canonicalDigest, canonicalKeys, canonicalValues } from './canonical.js'
import { hashed, keyText, type RowMethod } from './expression.js'
import { type Hashing, type KeyCells, rowsOf } from './hashing.js'
import { rowsIn } from './parts.js'
import { toleratedText } from './tolerated.js'

/** Of two databases of PostgreSQL. */
type RowHashing = Hashing & { readonly method: RowMethod }

function isOfRows(hashing: Hashing): hashing is RowHashing {
  return hashing.method !== 'canonical'
}

/** Of each bucket: its number, how many rows, the sum of their hashes. `mask`: a power of two, less one. */
export function digestQuery(hashing: Hashing, mask: number, pages: Pages = {}): UserQuery {
  if (!isOfRows(hashing)) return canonicalDigest(hashing, mask)
  // Here with all columns: what may differ is looked at only where something does.
  const before = `SELECT b, pg_catalog.count(*) AS n, pg_catalog.sum(h) AS s FROM (SELECT ${bucket(mask)} AS b, h FROM (`
  const from = rowsIn(hashing.spec.table, pages)
  return hashedRows(hashing, before, `) AS r${FENCE}) AS z GROUP BY b`, { all: true, from })
}

/** Of each row in one of the buckets: its hash, its key as text, and the values of columns with a tolerance. */
export function bucketsQuery(hashing: Hashing, mask: number, buckets: readonly number[]): UserQuery {
  if (!isOfRows(hashing)) return canonicalBuckets(hashing, mask, buckets)
  const where = `${bucket(mask)} OPERATOR(pg_catalog.=) ANY ('{${buckets.join(',')}}'::pg_catalog.int8[])`
  return hashedRows(hashing, `SELECT ${told(hashing)} FROM (`, `) AS r WHERE ${where}`)
}

/** The same of each row with one of the keys. */
export function keysQuery(hashing: Hashing, keys: readonly KeyCells[]): UserQuery {
  if (!isOfRows(hashing)) return canonicalKeys(hashing, keys)
  if (hashing.pairing.key.length > 0) {
    return hashedRows(hashing, `SELECT ${told(hashing)} FROM (`, ') AS r', { from: asked(hashing, keys) })
  }
  const hashes = arrayOf(keys.map(([hash]) => hash ?? null))
  const where = `h OPERATOR(pg_catalog.=) ANY (${hashes}::pg_catalog.int8[])`
  return hashedRows(hashing, `SELECT ${told(hashing)} FROM (`, `) AS r WHERE ${where}`)
}

/** Of each row with one of the keys: a hash of each column, or its value where it has a tolerance; and its key as text. */
export function columnsQuery(hashing: Hashing, keys: readonly KeyCells[]): UserQuery {
  if (!isOfRows(hashing)) return canonicalColumns(hashing, keys)
  const { pairing, method } = hashing
  const hashes = pairing.columns.map(({ tolerance }, index) =>
    tolerance === undefined ? `${hashOf([`c${index}`], '0', method)} AS h${index}` : `v${index}`,
  )
  const texts = pairing.key.map((pair, index) => `${keyText(pair, `r${index}`)} AS t${index}`)
  const { before, after } = plainRows(hashing)
  const select = `SELECT ${[...hashes, ...texts].join(', ')} FROM (${before}`
  return rowsOf(hashing.spec, select, `${after}) AS q`, asked(hashing, keys))
}

/** Of each row with one of the keys: the text of each column, untransformed, and its key as text. */
export function valuesQuery(hashing: Hashing, keys: readonly KeyCells[]): UserQuery {
  if (!isOfRows(hashing)) return canonicalValues(hashing, keys)
  const { pairing, side, spec } = hashing
  const columns = pairing.columns.map(
    (pair, index) => `(${quoteIdentifier(pair[side].column.name)})::pg_catalog.text AS v${index}`,
  )
  const texts = pairing.key.map(
    (pair, index) => `${keyText(pair, quoteIdentifier(pair[side].column.name))} AS t${index}`,
  )
  return rowsOf(spec, `SELECT ${[...columns, ...texts].join(', ')} FROM`, '', asked(hashing, keys))
}

function bucket(mask: number): string {
  return `(k OPERATOR(pg_catalog.&) ${mask})`
}

function told({ pairing }: Hashing): string {
  const values = pairing.columns.flatMap(({ tolerance }, index) => (tolerance === undefined ? [] : [`v${index}`]))
  return ['h', ...pairing.key.map((_, index) => `t${index}`), ...values].join(', ')
}

interface Hashed {
  /** What stands in place of the table. */
  readonly from?: string | undefined
  /** Whether columns with a tolerance are hashed as well. */
  readonly all?: true
}

function hashedRows(hashing: RowHashing, before: string, after: string, { from, all }: Hashed = {}): UserQuery {
  const { pairing, method } = hashing
  const wanted = pairing.columns.flatMap(({ tolerance }, index) =>
    all === true || tolerance === undefined ? [`c${index}`] : [],
  )
  const rows = plainRows(hashing, all)
  const texts = pairing.key.map((pair, index) => `, ${keyText(pair, `r${index}`)} AS t${index}`).join('')
  const values = all === true ? '' : pairing.columns.map((one, at) => (one.tolerance ? `, v${at}` : '')).join('')
  const keyed = `SELECT k, ${hashOf(wanted, 'k', method)} AS h${texts}${values} FROM (${rows.before}`
  const alone = `SELECT h AS k, h FROM (SELECT ${hashOfHash(hashOf(wanted, '0', method))} AS h FROM (${rows.before}`
  return pairing.key.length > 0
    ? rowsOf(hashing.spec, `${before}${keyed}`, `${rows.after}) AS q${after}`, from)
    : rowsOf(hashing.spec, `${before}${alone}`, `${rows.after}) AS q${FENCE}) AS p${after}`, from)
}

function plainRows({ pairing, side, method }: RowHashing, all?: true) {
  const values = pairing.columns.map((pair, index) => `${hashed(pair, side, method)} AS c${index}`)
  const key = pairing.key.map((pair) => quoteIdentifier(pair[side].column.name))
  const tolerated = pairing.columns.flatMap((pair, index) =>
    pair.tolerance === undefined || all === true ? [] : [`${toleratedText(pair, side)} AS v${index}`],
  )
  const raw = key.map((name, index) => `${name} AS r${index}`)
  const ofKey = pairing.key.map((pair) => hashed(pair, side, method))
  const k = ofKey.length === 0 ? [] : [`${hashOf(ofKey, '0', method)} AS k`]
  return { before: `SELECT ${[...values, ...tolerated, ...raw, ...k].join(', ')} FROM`, after: FENCE }
}

/** The table, joined with a list of keys, in place of the table. */
function asked({ pairing, side, spec }: Hashing, keys: readonly KeyCells[]): string {
  const columns = pairing.key.map((pair, index) => ({
    ...pair[side].column,
    given: `"postflight key ${index}"`,
    index,
  }))
  const equals = keys.some((cells) => cells.includes(null)) ? 'IS NOT DISTINCT FROM' : '='
  const lists = columns.map(
    ({ index }) => `pg_catalog.unnest(${arrayOf(keys.map((cells) => cells[index] ?? null))}::pg_catalog.text[])`,
  )
  const on = columns.map(({ name, type, given }) => `t.${quoteIdentifier(name)} ${equals} (w.${given})::${type}`)
  const given = columns.map((column) => column.given)
  return `(SELECT t.* FROM ROWS FROM (${lists.join(', ')}) AS w(${given.join(', ')})
  JOIN ${quoteName(spec.table)} AS t ON ${on.join(' AND ')}) AS t`
}

function arrayOf(values: KeyCells): string {
  return quoteLiteral(paramText(values) ?? '{}')
}
