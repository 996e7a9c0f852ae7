/**
 * The queries of a comparison across engines: those of `sql.ts`, made of what each engine has. Pure.
 *
 * q: of each row what is hashed (c0, c1 …), its key as text (t0 …) and the hash of the key (k).
 * r: the hash of the row (h) beside it.
 */
import type { UserQuery } from '../../sql/source.js'
import type { Cell, Dialect } from './dialect.js'
import { MYSQL } from './dialect-mysql.js'
import { POSTGRES } from './dialect-postgres.js'
import { type Hashing, type KeyCells, rowsOf } from './hashing.js'

/** What a digest tells of each bucket beside the sum: rows that were hashed, and odd values of each column. */
export function canonicalDigest(hashing: Hashing, mask: number): UserQuery {
  const { dialect, cells } = sideOf(hashing)
  const odd = cells.flatMap((cell, index) => (dialect.odd(cell) === undefined ? [] : [`o${index}`]))
  const counts = ['h', ...odd].map((of) => `, ${dialect.count(of)} AS n${of}`).join('')
  const outer = `SELECT b, ${dialect.count('*')} AS n, ${dialect.sum('h')} AS s${counts} FROM (`
  const inner = `SELECT ${[`${dialect.bucket('k', mask)} AS b`, 'h', ...odd].join(', ')} FROM (`
  return hashed(hashing, { before: `${outer}${inner}`, after: `) AS r${dialect.fence}) AS z GROUP BY b`, odd: true })
}

/** Columns whose odd values `canonicalDigest` counts, in the order of its counts. */
export function oddColumns(hashing: Hashing): readonly number[] {
  const { dialect, cells } = sideOf(hashing)
  return cells.flatMap((cell, index) => (dialect.odd(cell) === undefined ? [] : [index]))
}

export function canonicalBuckets(hashing: Hashing, mask: number, buckets: readonly number[]): UserQuery {
  const { dialect } = sideOf(hashing)
  const where = ` WHERE ${dialect.bucket('k', mask)} IN (${buckets.join(', ')})`
  return hashed(hashing, { before: `SELECT ${told(hashing)} FROM (`, after: `) AS r${where}` })
}

export function canonicalKeys(hashing: Hashing, keys: readonly KeyCells[]): UserQuery {
  const before = `SELECT ${told(hashing)} FROM (`
  if (hashing.pairing.key.length > 0) return hashed(hashing, { before, after: ') AS r', keys })
  const hashes = keys.flatMap(([hash]) => (/^\d+$/.test(hash ?? '') ? [hash] : []))
  return hashed(hashing, { before, after: `) AS r WHERE h IN (${hashes.join(', ') || '-1'})` })
}

export function canonicalColumns(hashing: Hashing, keys: readonly KeyCells[]): UserQuery {
  const { dialect } = sideOf(hashing)
  const hashes = hashing.pairing.columns.map(({ tolerance }, index) =>
    tolerance === undefined ? `${dialect.hash('0', [`c${index}`])} AS h${index}` : `v${index}`,
  )
  const { before, after } = plainRows(hashing, { keys })
  return rowsOf(
    hashing.spec,
    `SELECT ${[...hashes, ...keyNames(hashing)].join(', ')} FROM (${before}`,
    `${after}) AS q`,
  )
}

/** Rows with an odd value are left out: what there is in its place nobody can write. */
export function canonicalValues(hashing: Hashing, keys: readonly KeyCells[]): UserQuery {
  const { dialect, cells, key } = sideOf(hashing)
  const values = cells.map((cell, index) => `${dialect.text(cell)} AS v${index}`)
  const texts = key.map((cell, index) => `${dialect.text(cell)} AS t${index}`)
  const odd = cells.flatMap((cell) => dialect.odd(cell) ?? []).map((one) => ` AND (${one}) IS NOT TRUE`)
  const after = ` AND (${dialect.among(key, keys)})${odd.join('')}`
  return rowsOf(hashing.spec, `SELECT ${[...values, ...texts].join(', ')} FROM`, after)
}

interface SideCells {
  readonly dialect: Dialect
  readonly cells: readonly Cell[]
  readonly key: readonly Cell[]
}

function sideOf({ pairing, side }: Hashing): SideCells {
  const cell = (pair: Cell['pair']): Cell => ({ pair, side })
  const isMysql = pairing.columns[0]?.[side].column.mysql !== undefined
  return {
    dialect: isMysql ? MYSQL : POSTGRES,
    cells: pairing.columns.map(cell),
    key: pairing.key.map(cell),
  }
}

function keyNames({ pairing }: Hashing): readonly string[] {
  return pairing.key.map((_, index) => `t${index}`)
}

function told(hashing: Hashing): string {
  const values = hashing.pairing.columns.flatMap(({ tolerance }, index) =>
    tolerance === undefined ? [] : [`v${index}`],
  )
  return ['h', ...keyNames(hashing), ...values].join(', ')
}

interface Around {
  readonly before: string
  readonly after: string
  /** Only rows with these keys. */
  readonly keys?: readonly KeyCells[]
  /** For sums: columns with a tolerance are hashed as well, odd values are marked, and keys are not told. */
  readonly odd?: true
}

function hashed(hashing: Hashing, { before, after, ...asked }: Around): UserQuery {
  const { dialect, key } = sideOf(hashing)
  const { columns } = hashing.pairing
  const wanted = columns.flatMap(({ tolerance }, index) =>
    asked.odd === true || tolerance === undefined ? [`c${index}`] : [],
  )
  const rows = plainRows(hashing, asked)
  const more = [
    ...(asked.odd === true ? oddColumns(hashing).map((index) => `o${index}`) : keyNames(hashing)),
    ...(asked.odd === true ? [] : columns.flatMap(({ tolerance }, index) => (tolerance ? [`v${index}`] : []))),
  ].map((name) => `, ${name}`)
  if (key.length > 0) {
    const keyed = `SELECT k, ${dialect.hash('k', wanted)} AS h${more.join('')} FROM (${rows.before}`
    return rowsOf(hashing.spec, `${before}${keyed}`, `${rows.after}) AS q${after}`)
  }
  const alone = `SELECT h AS k, h${more.join('')} FROM (SELECT ${dialect.hash('0', wanted)} AS h${more.join('')} FROM (${rows.before}`
  return rowsOf(hashing.spec, `${before}${alone}`, `${rows.after}) AS q${dialect.fence}) AS p${after}`)
}

function plainRows(hashing: Hashing, { keys, odd }: Pick<Around, 'keys' | 'odd'>) {
  const { dialect, cells, key } = sideOf(hashing)
  const k = key.length === 0 ? [] : [`${dialect.hash('0', key.map(dialect.piece))} AS k`]
  const beside =
    odd === true
      ? cells.flatMap((cell, index) => {
          const condition = dialect.odd(cell)
          return condition === undefined ? [] : [`CASE WHEN ${condition} THEN 1 END AS o${index}`]
        })
      : [
          ...key.map((cell, index) => `${dialect.text(cell)} AS t${index}`),
          ...cells.flatMap((cell, index) => (cell.pair.tolerance ? [`${dialect.tolerated(cell)} AS v${index}`] : [])),
        ]
  const columns = [...cells.map((cell, index) => `${dialect.piece(cell)} AS c${index}`), ...beside, ...k]
  const only = keys === undefined || key.length === 0 ? '' : ` AND (${dialect.among(key, keys)})`
  return { before: `SELECT ${columns.join(', ')} FROM`, after: `${only}${dialect.fence}` }
}
