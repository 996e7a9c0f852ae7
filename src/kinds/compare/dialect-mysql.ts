/** The forms of values, and the hash of them, as MySQL and MariaDB make them. Pure. */
import { quoteIdentifier } from '../../postgres/quote.js'
import type { Cell, Dialect } from './dialect.js'
import { isFloat } from './forms.js'
import type { MysqlColumn } from './layout.js'

export const MYSQL: Dialect = {
  count: (of) => `COUNT(${of})`,
  sum: (of) => `SUM(${of})`,
  bucket: (of, mask) => `(${of} & ${mask})`,
  fence: '',
  hash: (seed, pieces) =>
    `CAST(CONV(LEFT(SHA2(CONCAT(${[seed, "'/'", ...pieces].join(', ')}), 256), 15), 16, 10) AS UNSIGNED)`,
  piece: pieceOf,
  text: textOf,
  tolerated: ({ pair, side }) => {
    const name = quoteIdentifier(pair[side].column.name)
    if (pair.form === 'date' || pair.form === 'moment') {
      return `CAST(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${name}) AS CHAR)`
    }
    return isFloat(pair[side].column) ? `CAST(${name} + 0e0 AS CHAR)` : textOf({ pair, side })
  },
  odd: oddOf,
  among: (cells, keys) => {
    const conditions = keys.flatMap((key) => {
      const parts = cells.map((cell, index) => isOne(cell, key[index] ?? null))
      return parts.includes(undefined) ? [] : [`(${parts.join(' AND ')})`]
    })
    return conditions.length === 0 ? '1 = 0' : conditions.join(' OR ')
  },
}

/** From here on a double is printed with digits that may be those of its neighbour. */
const LEAST_INEXACT = '9007199254740992e0'
/** And from here on it is no integer the server has. */
const LEAST_HUGE = '9223372036854775808e0'

/** Whether the value has no counterpart in PostgreSQL, or none that can be told. */
function oddOf({ pair, side }: Cell): string | undefined {
  const { column, transform } = pair[side]
  const name = quoteIdentifier(column.name)
  const both = pair.source.column.mysql !== undefined && pair.target.column.mysql !== undefined
  if (transform !== undefined || pair.form === undefined) return undefined
  if (isFloat(column)) return `ABS(${name}) >= ${LEAST_HUGE}`
  // MySQL has a day 0 and a month 0, and no other server does.
  if (both || (pair.form !== 'date' && pair.form !== 'moment')) return undefined
  return `(MONTH(${name}) = 0 OR DAYOFMONTH(${name}) = 0)`
}

function textOf(cell: Cell): string {
  const { transform } = cell.pair[cell.side]
  if (transform !== undefined) return `CAST((\n${transform}\n) AS CHAR CHARACTER SET utf8mb4)`
  const odd = oddOf(cell)
  const text = plainText(cell)
  return odd === undefined ? text : `CASE WHEN ${odd} THEN ${isFloat(columnOf(cell)) ? "'?'" : 'NULL'} ELSE ${text} END`
}

function plainText(cell: Cell): string {
  const column = columnOf(cell)
  const name = quoteIdentifier(column.name)
  const mysql = column.mysql as MysqlColumn
  switch (cell.pair.form) {
    case 'number':
      return isFloat(column) ? floatText(name) : numberText(name, mysql)
    case 'bits':
      return `LPAD(BIN(${name} + 0), ${mysql.bits ?? 1}, '0')`
    case 'trimmed':
      return `TRIM(TRAILING ' ' FROM CONVERT(${name} USING utf8mb4))`
    case 'bytes':
      return `CONCAT('\\x', LOWER(HEX(${name})))`
    case 'uuid':
      return uuidText(name, mysql)
    case 'moment':
    case 'time':
      return (mysql.fraction ?? 0) > 0 ? withoutZeros(`CAST(${name} AS CHAR)`) : `CAST(${name} AS CHAR)`
    case 'text':
      return mysql.type === 'uuid' ? `CAST(${name} AS CHAR)` : `CONVERT(${name} USING utf8mb4)`
    default:
      return `CAST(${name} AS CHAR)`
  }
}

function numberText(name: string, { type, scale = 0, padded }: MysqlColumn): string {
  const value = padded || type === 'bit' || type === 'year' ? `(${name} + 0)` : name
  return scale === 0 ? `CAST(${value} AS CHAR)` : withoutZeros(`CAST(${value} AS CHAR)`)
}

/** Of a text that has a point in it. */
function withoutZeros(text: string): string {
  return `TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM ${text}))`
}

/** As it is printed, but without a power of ten; nothing is worked out that most numbers do not need. */
function floatText(name: string): string {
  const value = `(${name} + 0e0)`
  const printed = `CAST(${value} AS CHAR)`
  const digits = `REPLACE(REPLACE(SUBSTRING_INDEX(${printed}, 'e', 1), '.', ''), '-', '')`
  const power = `CAST(SUBSTRING_INDEX(${printed}, 'e', -1) AS SIGNED)`
  const large = `IF(CHAR_LENGTH(${digits}) > ${power} + 1,
    CONCAT(LEFT(${digits}, ${power} + 1), '.', SUBSTRING(${digits}, ${power} + 2)), RPAD(${digits}, ${power} + 1, '0'))`
  const small = `CONCAT('0.', REPEAT('0', -${power} - 1), ${digits})`
  // A power of ten is printed only far outside of these, and to print is what takes the time.
  return `CASE WHEN ABS(${value}) BETWEEN 1e-3 AND 1e14 THEN ${printed} WHEN ${value} = 0 THEN '0'
    WHEN ABS(${value}) >= ${LEAST_INEXACT} THEN CAST(CAST(${value} AS SIGNED) AS CHAR)
    WHEN LOCATE('e', ${printed}) = 0 THEN ${printed}
    ELSE CONCAT(IF(${value} < 0, '-', ''), IF(ABS(${value}) > 1, ${large}, ${small})) END`
}

function uuidText(name: string, { type }: MysqlColumn): string {
  if (type === 'uuid') return `CAST(${name} AS CHAR)`
  const hex = type.endsWith('binary')
    ? `LOWER(HEX(${name}))`
    : `REPLACE(LOWER(CONVERT(${name} USING utf8mb4)), '-', '')`
  return [9, 14, 19, 24].reduce((text, at) => `INSERT(${text}, ${at}, 0, '-')`, hex)
}

/** In these no semicolon can stand, so one ends them. */
const CLOSED = new Set(['number', 'bits', 'date', 'moment', 'time'])

function pieceOf(cell: Cell): string {
  const { pair, side } = cell
  const { transform, column } = pair[side]
  const made = pair.source.transform !== undefined || pair.target.transform !== undefined
  const name = quoteIdentifier(column.name)
  const text = made && transform === undefined ? `CAST(${name} AS CHAR CHARACTER SET utf8mb4)` : textOf(cell)
  if (made) return `COALESCE(SHA2(${text}, 256), '-')`
  const odd = oddOf(cell)
  // Not COALESCE: a value the server fails to work with would be taken for none.
  const none = odd === undefined || isFloat(column) ? `${name} IS NULL` : `(${name} IS NULL OR ${odd})`
  return `CASE WHEN ${none} THEN '-' ELSE ${hashedText(cell, text)} END`
}

function hashedText({ pair, side }: Cell, text: string): string {
  if (pair.form !== undefined && CLOSED.has(pair.form)) return `CONCAT('=', ${text}, ';')`
  if (pair.long !== true) return `CONCAT(CHAR_LENGTH(${text}), ':', CAST(${text} AS BINARY))`
  return `SHA2(${pair.form === 'bytes' ? quoteIdentifier(pair[side].column.name) : text}, 256)`
}

/** Undefined where no value of the column can be it. As the index has it, where there may be one. */
function isOne(cell: Cell, value: string | null): string | undefined {
  const { pair } = cell
  const name = quoteIdentifier(columnOf(cell).name)
  const { type, collation = '' } = columnOf(cell).mysql as MysqlColumn
  if (value === null) return `${textOf(cell)} IS NULL`
  const bytes = Buffer.from(value, 'utf8').toString('hex')
  const given = `_utf8mb4 X'${bytes}'`
  switch (pair.form) {
    case 'number':
      if (!/^-?\d+(\.\d+)?$/.test(value)) return undefined
      return `${name} = ${value}`
    case 'bytes':
      return /^\\x([0-9a-f]{2})*$/.test(value) ? `${name} = X'${value.slice(2)}'` : undefined
    case 'uuid': {
      const hex = value.replaceAll('-', '')
      if (type.endsWith('binary')) return /^([0-9a-f]{2})*$/.test(hex) ? `${name} = X'${hex}'` : undefined
      if (type === 'uuid') return /^[0-9a-f]{32}$/.test(hex) ? `${name} = ${given}` : undefined
      // However it is written, where case does not matter; one column may have it in several ways.
      if (collation.endsWith('_ci')) return `${name} IN (${given}, '${hex.replaceAll("'", "''")}')`
      return `${textOf(cell)} = ${given}`
    }
    case 'text':
      return `${name} = ${given}`
    case 'trimmed':
      return type === 'char' ? `${name} = ${given}` : `${textOf(cell)} = ${given}`
    default:
      return `${textOf(cell)} = ${given}`
  }
}

function columnOf({ pair, side }: Cell) {
  return pair[side].column
}
