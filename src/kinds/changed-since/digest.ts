/** Reads a table once: how many rows, and the sum of their hashes bucket by bucket. */
import { quoteIdentifier } from '../../postgres/quote.js'
import { FENCE, hashAlike, hashOf, hashOfHash } from '../../postgres/row-hash.js'
import type { Session } from '../../postgres/source.js'
import { inPages, type Pages } from '../pages.js'
import { shortHash, textOf } from './objects.js'
import type { ColumnEntry, Digest, Form, TableEntry } from './record.js'
import { formOf, type TableSeen } from './tables.js'

/** Rows in a bucket, about: so many are suspect where one of them differs. */
const ROWS_IN_BUCKET = 4096
const MOST_BUCKETS = 1024
/** Rows on a page, about. Sums that do not stay in the cache of a processor cost a tenth more: rather few buckets than too many. */
const ROWS_ON_PAGE = 25

export function maskFor(pages: number): number {
  const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, (pages * ROWS_ON_PAGE) / ROWS_IN_BUCKET)))
  return Math.min(MOST_BUCKETS, Math.max(1, wanted)) - 1
}

export type ReadTable = Exclude<TableEntry, { readonly unread: string }>

export interface DigestOptions {
  readonly digest: Digest
  /** Names of columns that are not hashed. */
  readonly exclude: ReadonlySet<string>
}

/** How the rows of a table are to be hashed. */
export function planOf(table: TableSeen, { digest, exclude }: DigestOptions) {
  const columns: ColumnEntry[] = []
  const leftOut: string[] = []
  for (const { name, oid } of table.columns) {
    const form = exclude.has(name) ? undefined : formOf(oid, digest)
    if (form === undefined) leftOut.push(name)
    else columns.push({ name, oid, form })
  }
  return { key: table.key, columns, left_out: leftOut, mask: maskFor(table.pages) }
}

/** Of a recorded table: which of its columns cannot be hashed as they were, for they are gone or of another type. */
export function unlikeColumns(columns: readonly ColumnEntry[], table: TableSeen, digest: Digest): readonly string[] {
  return columns.flatMap(({ name, oid, form }) => {
    const now = table.columns.find((column) => column.name === name)
    if (now === undefined) return [name]
    const native = form === 'value' || form === 'bytes'
    const alike = native ? hashAlike(oid, now.oid) : oid === now.oid || formOf(now.oid, digest) === form
    return alike ? [] : [name]
  })
}

export interface Reading {
  /** Quoted, schema.table. */
  readonly name: string
  readonly key: readonly string[]
  readonly columns: readonly ColumnEntry[]
  readonly mask: number
  readonly digest: Digest
  /** Of these, NULLs are counted. */
  readonly nullable: ReadonlySet<string>
  /** Whether each column has a digest of its own. */
  readonly byColumn?: boolean | undefined
  /** Of the rows in these alone. */
  readonly pages?: Pages | undefined
}

export interface Content {
  readonly rows: number
  readonly counts: readonly number[]
  readonly sums: readonly string[]
  /** By column. */
  readonly nulls: Readonly<Record<string, number>>
  /** The same; where they were asked for. */
  readonly columnSums: Readonly<Record<string, string>>
}

export async function contentOf(session: Session, reading: Reading): Promise<Content> {
  const { columns, mask, nullable } = reading
  const counted = columns.flatMap(({ name }, at) => (nullable.has(name) ? [{ name, at }] : []))
  const { rows } = await session.query({
    text: queryOf(
      reading,
      counted.map(({ at }) => at),
    ),
  })
  const counts = Array.from({ length: mask + 1 }, () => 0)
  const sums = Array.from({ length: mask + 1 }, () => '0')
  const nulls = counted.map(() => 0)
  const ofColumns = columns.map(() => 0n)
  let all = 0
  for (const [bucket, count, sum, ...more] of rows) {
    const rowsHere = Number(count)
    counts[Number(bucket)] = rowsHere
    sums[Number(bucket)] = sum ?? '0'
    all += rowsHere
    for (const at of counted.keys()) nulls[at] = (nulls[at] ?? 0) + Number(more[at])
    for (const [at, cell] of more.slice(counted.length).entries())
      ofColumns[at] = (ofColumns[at] ?? 0n) + BigInt(cell ?? 0)
  }
  const byName = <T>(names: readonly { readonly name: string }[], values: readonly T[]): Readonly<Record<string, T>> =>
    Object.fromEntries(names.flatMap(({ name }, at) => (values[at] === undefined ? [] : [[name, values[at]]])))
  return {
    rows: all,
    counts,
    sums,
    nulls: byName(counted, nulls),
    columnSums: reading.byColumn === true ? byName(columns, ofColumns.map(String)) : {},
  }
}

/** The key is hashed first and seeds the hash of the row, so that values which change places between rows change the sum. */
function queryOf(reading: Reading, counted: readonly number[]): string {
  const { columns, mask, digest, byColumn = false } = reading
  if (columns.length === 0) return `SELECT 0, count(*), 0 FROM ${rowsIn(reading)}`
  const all = columns.map((_, at) => `c${at}`)
  // Not count(c): that is work for every row that has a value, a quarter more than the digest alone takes.
  const missing = counted.map((at) => `, count(*) FILTER (WHERE c${at} IS NULL)`).join('')
  const apart = byColumn ? all.map((one) => `, sum(${ofColumn(one, isKeyed(reading), digest)})::text`).join('') : ''
  const kept = (byColumn ? [...columns.keys()] : counted).map((at) => `, c${at}`).join('')
  // The bucket beside the hash, not around it: each step that every row goes through is some hundredths of the whole.
  const rows = hashedRows(reading, { head: `k & ${mask} AS b${byColumn ? ', k' : ''}`, kept })
  return `SELECT b::text, count(*)::text, sum(h)::text${missing}${apart} FROM (${rows}${FENCE}) r GROUP BY b`
}

interface Told {
  /** What is told of `k`, the hash of the key. */
  readonly head: string
  readonly kept: string
  readonly more?: string
}

function hashedRows(reading: Reading, { head, kept, more = '' }: Told): string {
  const { columns, digest } = reading
  const values = columns.map((column, at) => `${hashed(column)} AS c${at}`).join(', ')
  const all = columns.map((_, at) => `c${at}`)
  const from = `${more} FROM ${rowsIn(reading)}${FENCE}`
  if (isKeyed(reading)) {
    const key = hashOf(keyOf(reading).map(hashed), '0', digest)
    return `SELECT ${head}, ${hashOf(all, 'k', digest)} AS h${kept} FROM (SELECT ${values}, ${key} AS k${from}) q`
  }
  // Sums of a hash of the row alone would miss values that change places; that of portable texts has no such weakness.
  const finished = digest === 'record' ? hashOfHash(hashOf(all, '0', digest)) : hashOf(all, '0', digest)
  return `SELECT ${head}, k AS h${kept} FROM (SELECT ${finished} AS k${kept} FROM (SELECT ${values}${from}) q${FENCE}) p`
}

function rowsIn({ name, pages = {} }: Reading): string {
  return inPages(name, pages)
}

function keyOf({ key, columns }: Reading): readonly ColumnEntry[] {
  return key.flatMap((one) => columns.filter(({ name }) => name === one))
}

function isKeyed(reading: Reading): boolean {
  return reading.key.length > 0 && keyOf(reading).length === reading.key.length
}

/** Around a condition: of each row the hash of its key, its own, and the key as text. Several columns are written as a row. */
export function rowsQuery(
  reading: Reading,
  { buckets, withKeys }: { readonly buckets?: readonly number[] | undefined; readonly withKeys: boolean },
): { readonly before: string; readonly after: string } {
  const names = keyOf(reading).map(({ name }) => `${quoteIdentifier(name)}::text`)
  const text = names.length === 1 ? names[0] : `ROW(${names.join(', ')})::text`
  const told = withKeys && isKeyed(reading)
  const rows = hashedRows(reading, { head: 'k', kept: told ? ', t' : '', more: told ? `, ${text} AS t` : '' })
  const some = buckets === undefined ? '' : ` AND k & ${reading.mask} = ANY ('{${buckets.join(',')}}'::int8[])`
  return {
    before: `SELECT int8send(k) AS k, int8send(h) AS h, ${told ? 't' : 'NULL::text AS t'} FROM (${rows}${FENCE}) r WHERE (\n`,
    after: `\n)${some}`,
  }
}

/** Without a key nothing says which value belongs to which: then it is that they are the same values. */
function ofColumn(column: string, isKeyed: boolean, digest: Digest): string {
  if (isKeyed) return hashOf([column], 'k', digest)
  return digest === 'record' ? hashOfHash(hashOf([column], '0', digest)) : hashOf([column], '0', digest)
}

function hashed({ name, form }: ColumnEntry): string {
  const value = quoteIdentifier(name)
  const forms: Readonly<Record<Form, string>> = {
    value,
    bytes: `(${value} COLLATE "C")`,
    text: `(${value})::text`,
    number: `trim_scale(${value})::text`,
    padded: `rtrim((${value})::text, ' ')`,
  }
  return forms[form]
}

const WHOLE_NUMBERS = new Set([20, 21, 23])

/** Digests of the least and the greatest key, where that is one whole number; an index has both at hand. */
export async function keyRangeOf(session: Session, table: TableSeen): Promise<readonly [string, string] | undefined> {
  const [name, more] = table.key
  const column = table.columns.find((one) => one.name === name)
  if (name === undefined || more !== undefined || !WHOLE_NUMBERS.has(column?.oid ?? 0)) return undefined
  const key = quoteIdentifier(name)
  const { rows } = await session.query({ text: `SELECT min(${key})::text, max(${key})::text FROM ${table.name}` })
  const [least, greatest] = rows[0] ?? []
  if (least == null || greatest == null) return undefined
  return [shortHash(`${table.name} ${textOf(least)}`), shortHash(`${table.name} ${textOf(greatest)}`)]
}
