/** Compiles what a query declares of each row into a function from its cells to a claim. */

import { sizeToken } from '../../compare/declared-size.js'
import { algorithmNamed, type DeclaredDigest, readDigest, type UnusableDigest } from '../../compare/digest.js'
import { parseSize } from '../../lib/units.js'
import type { Row } from '../../postgres/source.js'
import type { RowClaim } from './claim.js'
import { parsePgTime } from './pg-time.js'
import type { RowsSpec } from './schema.js'

export interface RowReader {
  /** Columns to stream, each once. */
  readonly columns: readonly string[]
  readonly key: (row: Row) => string | null
  readonly store: (row: Row) => string | null
  readonly claim: (row: Row) => RowClaim
}

/** Only what a query must have; what explains files declares nothing of them. */
type Query = Pick<RowsSpec, 'key' | 'store'> & Partial<Pick<RowsSpec, 'size' | 'checksum' | 'time'>>

export interface RowReaderOptions {
  readonly explains: boolean
  readonly graceMs: number
  /** Database clock, milliseconds since 1970. */
  readonly now: number
}

export function compileRowReader(query: Query, options: RowReaderOptions): RowReader {
  const columns: string[] = []
  const cell = (column: string | undefined): ((row: Row) => string | null) => {
    if (column === undefined) return () => null
    if (!columns.includes(column)) columns.push(column)
    const index = columns.indexOf(column)
    return (row) => row[index] ?? null
  }
  const key = cell(query.key)
  const store = cell(query.store)
  if (options.explains) {
    const explained: RowClaim = { as: 'explained', size: '', digest: '', month: '' }
    return { columns, key, store, claim: () => explained }
  }
  if (query.size === undefined && query.checksum === undefined && query.time === undefined) {
    const bare: RowClaim = { as: 'row', size: '', digest: '', month: '' }
    return { columns, key, store, claim: () => bare }
  }
  const size = compileSize(query.size, cell)
  const digest = compileDigest(query.checksum, cell)
  const time = cell(query.time)
  return {
    columns,
    key,
    store,
    claim: (row) => {
      const at = time(row)
      return {
        as: isYoung(at, options) ? 'young' : 'row',
        size: size(row),
        digest: digest(row),
        month: at !== null && /^\d{4}-\d\d-/.test(at) ? at.slice(0, 7) : '',
      }
    },
  }
}

/** A time as far ahead as this is a mistake, not a row still on its way: it would spare its file for ever. */
function isYoung(at: string | null, { graceMs, now }: RowReaderOptions): boolean {
  if (at === null || graceMs === 0) return false
  const time = parsePgTime(at)
  return time !== undefined && Math.abs(now - time) < graceMs
}

type Cell = (column: string | undefined) => (row: Row) => string | null

function compileSize(size: RowsSpec['size'], cell: Cell): (row: Row) => string {
  const { column, unit = 'B', tolerance = 0 } = typeof size === 'object' ? size : { column: size }
  const bytes = parseSize(`1${unit}`) ?? 1
  const value = cell(column)
  return (row) => {
    const text = value(row)
    return text === null || text === '' ? '' : (sizeToken(text, bytes, tolerance) ?? '!')
  }
}

function compileDigest(checksum: RowsSpec['checksum'], cell: Cell): (row: Row) => string {
  if (checksum === undefined) return () => ''
  const { algorithm, encoding, prefix } = checksum
  const value = cell(checksum.column)
  const named = cell(typeof algorithm === 'object' ? algorithm.column : undefined)
  const form = { encoding, ...(prefix === undefined ? {} : { prefix }) }
  return (row) => {
    const text = value(row)
    if (text === null || text === '') return ''
    if (typeof algorithm === 'string') {
      return token(readDigest(text, algorithm === 'by_length' ? form : { ...form, algorithm }))
    }
    const known = algorithmNamed(named(row) ?? '')
    return known === undefined
      ? '!the row names no algorithm that is known'
      : token(readDigest(text, { ...form, algorithm: known }))
  }
}

function token(digest: DeclaredDigest | UnusableDigest): string {
  return 'problem' in digest ? `!${digest.problem}` : `${digest.algorithm}:${digest.hex}`
}
