/**
 * Forms of text that PostgreSQL and MySQL can both make of a value: the same where the values are, another where they are
 * not. Two columns are compared in a form both have; where there is none, nothing honest can be said of them. Pure.
 */
import { BPCHAR, NUMERIC } from '../../postgres/row-hash.js'
import { BIGINT, BYTEA, INTEGER, SMALLINT, TEXT, UUID, VARCHAR } from '../../postgres/type-oids.js'
import type { MysqlColumn, TableColumn } from './layout.js'

/**
 * number: digits without idle zeros or a power of ten; a truth is 0 or 1. bits: 0 and 1.
 * text: as it is; trimmed: without blanks at its end. bytes: hex. uuid, date, moment, time: as PostgreSQL prints them, in
 * UTC. json: as MySQL normalises it.
 */
export type Form = 'number' | 'bits' | 'text' | 'trimmed' | 'bytes' | 'uuid' | 'date' | 'moment' | 'time' | 'json'

/** Undefined where the two have none in common. */
export function formOf(one: TableColumn, other: TableColumn): Form | undefined {
  const theirs = formsOf(other)
  const form = formsOf(one).find((candidate) => theirs.includes(candidate))
  return form === 'text' && (isPadded(one) || isPadded(other)) ? 'trimmed' : form
}

/** Characters, or bytes, that a value may have for it to be hashed with its row rather than on its own. */
const SHORT = 1024

/** Whether values may be so long that MySQL would make nothing of a text that holds one: see max_allowed_packet. */
export function isLong(form: Form, columns: readonly TableColumn[]): boolean {
  if (form === 'json') return true
  if (form !== 'text' && form !== 'trimmed' && form !== 'bytes') return false
  return !columns.every(({ mysql }) => mysql === undefined || (mysql.length ?? Number.POSITIVE_INFINITY) <= SHORT)
}

/** A number of MySQL with a decimal point that may lie anywhere. */
export function isFloat({ oid, mysql }: TableColumn): boolean {
  return mysql === undefined ? oid === 700 || oid === 701 : mysql.type === 'float' || mysql.type === 'double'
}

function isPadded({ oid, mysql }: TableColumn): boolean {
  return mysql === undefined ? oid === BPCHAR : mysql.type === 'char'
}

/** The first are better. */
function formsOf({ oid, type, mysql, enumeration }: TableColumn): readonly Form[] {
  if (mysql !== undefined) return isWhole(mysql) ? (OF_MYSQL[mysql.type]?.(mysql) ?? []) : []
  if (enumeration === true || /^(.+\.)?citext$/.test(type)) return ['text']
  return OF_POSTGRES.get(oid) ?? []
}

const NUMBER: readonly Form[] = ['number']

const OF_POSTGRES: ReadonlyMap<number, readonly Form[]> = new Map<number, readonly Form[]>([
  [16, ['number']],
  ...[SMALLINT, INTEGER, BIGINT, NUMERIC, 700, 701].map((oid) => [oid, NUMBER] as const),
  // json is kept as it is written, jsonb is not; xml
  ...[TEXT, VARCHAR, BPCHAR, 114, 142].map((oid) => [oid, ['text']] as const),
  [UUID, ['uuid']],
  [BYTEA, ['bytes']],
  [1082, ['date']],
  [1083, ['time']],
  [1114, ['moment']],
  [1184, ['moment']],
  // bit(n) and bit varying
  [1560, ['bits']],
  [1562, ['bits']],
])

const always = (forms: readonly Form[]) => () => forms
const inText = always(['text', 'uuid'])
const inNumber = always(NUMBER)
const inBytes = ({ length }: MysqlColumn): readonly Form[] => (length === 16 ? ['bytes', 'uuid'] : ['bytes'])

const OF_MYSQL: Readonly<Record<string, (column: MysqlColumn) => readonly Form[]>> = {
  ...Object.fromEntries(
    ['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'year', 'decimal', 'float', 'double'].map((type) => [
      type,
      inNumber,
    ]),
  ),
  bit: always(['bits', 'number']),
  ...Object.fromEntries(
    ['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext'].map((type) => [type, inText]),
  ),
  enum: always(['text']),
  set: always(['text']),
  // MariaDB
  uuid: always(['uuid', 'text']),
  ...Object.fromEntries(
    ['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'].map((type) => [type, inBytes]),
  ),
  date: always(['date']),
  datetime: always(['moment']),
  timestamp: always(['moment']),
  time: always(['time']),
  json: always(['json']),
}

/** Of any other set a character may have none in Unicode, for which the server would put a `?`. */
const WHOLE = new Set(['utf8', 'utf8mb3', 'utf8mb4', 'ascii', 'latin1', 'ucs2', 'utf16', 'utf16le', 'utf32', 'gb18030'])

function isWhole({ charset }: MysqlColumn): boolean {
  return charset === undefined || WHOLE.has(charset)
}
