/** The forms of values, and the hash of them, as PostgreSQL makes them. Pure. */
import { paramText } from '../../postgres/param.js'
import { quoteIdentifier, quoteLiteral } from '../../postgres/quote.js'
import { FENCE, NUMERIC } from '../../postgres/row-hash.js'
import { BIGINT, BYTEA, INTEGER, SMALLINT, TEXT, UUID, VARCHAR } from '../../postgres/type-oids.js'
import type { Cell, Dialect } from './dialect.js'
import { isFloat } from './forms.js'
import { toleratedText } from './tolerated.js'

export const POSTGRES: Dialect = {
  count: (of) => `pg_catalog.count(${of})`,
  sum: (of) => `pg_catalog.sum(${of})`,
  bucket: (of, mask) => `(${of} OPERATOR(pg_catalog.&) ${mask})`,
  fence: FENCE,
  hash: (seed, pieces) => {
    const text = [`(${seed})::pg_catalog.text`, "'/'", ...pieces].join(' || ')
    return `('x0' || pg_catalog.substring(${sha(text)}, 1, 15))::pg_catalog."bit"(64)::pg_catalog.int8`
  },
  piece: pieceOf,
  text: textOf,
  tolerated: ({ pair, side }) => toleratedText(pair, side),
  odd: oddOf,
  among,
}

const LEAST_INEXACT = "'9007199254740992'::pg_catalog.float8"
const LEAST_HUGE = "'9223372036854775808'::pg_catalog.float8"

function sha(text: string): string {
  return `pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(${text}, 'UTF8')), 'hex')`
}

/** The other side prints such a number with digits that may be those of its neighbour. */
function oddOf(cell: Cell): string | undefined {
  const { transform } = cell.pair[cell.side]
  if (transform !== undefined || cell.pair.form === undefined || !isFloat(columnOf(cell))) return undefined
  const size = `pg_catalog.abs(${float(cell)})`
  return `(${size} >= ${LEAST_HUGE} AND ${size} < 'Infinity'::pg_catalog.float8)`
}

function float(cell: Cell): string {
  return `(${quoteIdentifier(columnOf(cell).name)})::pg_catalog.float8`
}

function textOf(cell: Cell): string {
  const { transform } = cell.pair[cell.side]
  if (transform !== undefined) return `(\n${transform}\n)::pg_catalog.text`
  const { name, oid } = columnOf(cell)
  const value = quoteIdentifier(name)
  const printed = `(${value})::pg_catalog.text`
  switch (cell.pair.form) {
    case 'number':
      if (oid === 16) return `CASE WHEN ${value} THEN '1' WHEN NOT ${value} THEN '0' END`
      if (isFloat(columnOf(cell))) return floatText(cell)
      return oid === NUMERIC ? `pg_catalog.trim_scale(${value})::pg_catalog.text` : printed
    case 'trimmed':
      return `pg_catalog.rtrim(${printed}, ' ')`
    case 'moment':
      return oid === 1184 ? `pg_catalog.timezone('UTC', ${value})::pg_catalog.text` : printed
    default:
      return printed
  }
}

/** As it is printed, but without a power of ten. */
function floatText(cell: Cell): string {
  const value = float(cell)
  const printed = `${value}::pg_catalog.text`
  return `CASE WHEN ${printed} IN ('NaN', 'Infinity', '-Infinity') THEN ${printed}
    WHEN ${oddOf(cell)} THEN '?'
    WHEN pg_catalog.abs(${value}) >= ${LEAST_INEXACT} THEN ${value}::pg_catalog.int8::pg_catalog.text
    ELSE pg_catalog.trim_scale(${printed}::pg_catalog.numeric)::pg_catalog.text END`
}

/** In these no semicolon can stand, so one ends them. */
const CLOSED = new Set(['number', 'bits', 'date', 'moment', 'time'])

function pieceOf(cell: Cell): string {
  const { pair, side } = cell
  const made = pair.source.transform !== undefined || pair.target.transform !== undefined
  const value = quoteIdentifier(pair[side].column.name)
  const text = made && pair[side].transform === undefined ? `(${value})::pg_catalog.text` : textOf(cell)
  if (made) return `COALESCE(${sha(text)}, '-')`
  if (pair.form !== undefined && CLOSED.has(pair.form)) return `COALESCE('=' || ${text} || ';', '-')`
  if (pair.long !== true) return `COALESCE(pg_catalog.length(${text})::pg_catalog.text || ':' || ${text}, '-')`
  const digest = pair.form === 'bytes' ? `pg_catalog.encode(pg_catalog.sha256(${value}), 'hex')` : sha(text)
  return `COALESCE(${digest}, '-')`
}

const BITS: ReadonlyMap<number, number> = new Map([
  [SMALLINT, 16],
  [INTEGER, 32],
  [BIGINT, 64],
])
const TEXTS: ReadonlySet<number> = new Set([TEXT, VARCHAR])
const HEX = /^\\x([0-9a-f]{2})*$/
const UUID_TEXT = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const NUMBER = /^-?\d+(\.\d+)?$/

/** Whether the column can be compared with the text read as a value of its type, which an index may be used for. */
function isNative(cell: Cell): boolean {
  const { oid } = columnOf(cell)
  const { form } = cell.pair
  return (
    (form === 'number' && (BITS.has(oid) || oid === NUMERIC)) ||
    (form === 'text' && TEXTS.has(oid)) ||
    oid === BYTEA ||
    oid === UUID
  )
}

/** A text that its column can hold no value of would be an error there; no row has it. */
function canBe(cell: Cell, value: string | null): boolean {
  if (value === null || !isNative(cell)) return value?.includes('\0') !== true
  const { oid } = columnOf(cell)
  if (oid === BYTEA) return HEX.test(value)
  if (oid === UUID) return UUID_TEXT.test(value)
  const bits = BITS.get(oid)
  if (bits !== undefined) return /^-?\d{1,19}$/.test(value) && BigInt.asIntN(bits, BigInt(value)) === BigInt(value)
  return oid === NUMERIC ? NUMBER.test(value) : !value.includes('\0')
}

function among(cells: readonly Cell[], all: readonly (readonly (string | null)[])[]): string {
  const keys = all.filter((key) => cells.every((cell, index) => canBe(cell, key[index] ?? null)))
  if (keys.length === 0) return 'false'
  const equals = keys.some((key) => key.includes(null)) ? 'IS NOT DISTINCT FROM' : '='
  const names = cells.map((_, index) => quoteIdentifier(`postflight key ${index}`))
  const lists = cells.map(
    (_, index) =>
      `pg_catalog.unnest(${quoteLiteral(paramText(keys.map((key) => key[index] ?? null)) ?? '{}')}::pg_catalog.text[])`,
  )
  const on = cells.map((cell, index) => {
    const given = `w.${names[index]}`
    const { name, type } = columnOf(cell)
    return isNative(cell)
      ? `${quoteIdentifier(name)} ${equals} (${given})::${type}`
      : `(${textOf(cell)}) ${equals} ${given}`
  })
  return `EXISTS (SELECT FROM ROWS FROM (${lists.join(', ')}) AS w(${names.join(', ')}) WHERE ${on.join(' AND ')})`
}

function columnOf({ pair, side }: Cell) {
  return pair[side].column
}
