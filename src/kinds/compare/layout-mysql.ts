/** What a table of MySQL is made of, as its server tells. */
import { CheckError } from '../../lib/errors.js'
import { keyFromLatin1, keyToText } from '../../lib/key.js'
import { parseName, quoteIdentifier } from '../../postgres/quote.js'
import type { Cell, SqlSession } from '../../sql/source.js'
import type { Layout, TableColumn } from './layout.js'

const COLUMNS = `SELECT COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_SCALE, DATETIME_PRECISION,
  CHARACTER_SET_NAME, COLLATION_NAME, EXTRA FROM information_schema.COLUMNS
  WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`

const KEY = `SELECT COLUMN_NAME FROM information_schema.STATISTICS
  WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) AND TABLE_NAME = ? AND INDEX_NAME = 'PRIMARY' ORDER BY SEQ_IN_INDEX`

const ENGINE = `SELECT ENGINE FROM information_schema.TABLES
  WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) AND TABLE_NAME = ?`

/** Engines whose tables are seen as they were when the transaction began. */
const OF_ONE_MOMENT = new Set(['InnoDB', 'ROCKSDB', 'TokuDB'])

/** Errors: CheckError at `path` where there is no such table, or not all of it may be read; MysqlError. */
export async function mysqlLayout(session: SqlSession, table: string, path: readonly string[]): Promise<Layout> {
  const [name, schema = null, more] = [...(parseName(table) ?? [])].reverse()
  if (name === undefined || more !== undefined) {
    const hint = 'write table, or database.table'
    throw new CheckError(`"${table}" is not the name of a table`, { at: { path }, hint })
  }
  const quoted = [...(schema === null ? [] : [schema]), name].map(quoteIdentifier).join('.')
  // The catalogue shows the columns the user has rights on, and says nothing of others: this is refused where there are any.
  await session.describe({ sql: `SELECT * FROM ${quoted}`, path })
  const ask = async (text: string) => (await session.query({ text, values: [schema, name] })).rows
  const columns = (await ask(COLUMNS)).map(columnOf)
  const primaryKey = (await ask(KEY)).map(([column]) => textOf(column))
  const engine = (await ask(ENGINE))[0]?.[0] ?? null
  const loose = engine !== null && !OF_ONE_MOMENT.has(engine)
  return {
    columns,
    primaryKey,
    notes: loose ? [`${table} is of the engine ${engine}, whose rows are not all seen as they were at one moment`] : [],
  }
}

function columnOf([
  column,
  type,
  full,
  length,
  scale,
  fraction,
  charset,
  collation,
  extra,
]: readonly Cell[]): TableColumn {
  const written = textOf(full)
  const number = (cell: Cell | undefined) => (cell == null ? undefined : Number(cell))
  const optional = (cell: Cell | undefined) => (cell == null ? undefined : textOf(cell))
  return {
    name: textOf(column),
    oid: 0,
    type: written,
    generated: /GENERATED|VIRTUAL|PERSISTENT/i.test(textOf(extra)) && !/DEFAULT_GENERATED/i.test(textOf(extra)),
    mysql: {
      type: textOf(type),
      length: number(length),
      scale: number(scale),
      fraction: number(fraction),
      bits: number(/^bit\((\d+)\)/.exec(written)?.[1]),
      padded: /zerofill/i.test(written),
      charset: optional(charset),
      collation: optional(collation),
    },
  }
}

function textOf(cell: Cell | undefined): string {
  return keyToText(keyFromLatin1(cell ?? ''))
}
