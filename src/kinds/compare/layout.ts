/** What a table is made of, as its server tells. */
import { CheckError } from '../../lib/errors.js'
import { keyFromLatin1, keyToText } from '../../lib/key.js'
import { quoteName } from '../../postgres/quote.js'
import type { SqlSession } from '../../sql/source.js'
import { enginesOf } from './engine.js'
import { mysqlLayout } from './layout-mysql.js'

export interface TableColumn {
  readonly name: string
  /** Of a domain, that it is made from. */
  readonly oid: number
  /** As it is cast to, without its modifier: bpchar, numeric, app.state. */
  readonly type: string
  /** Whether the server makes its values from other columns. */
  readonly generated: boolean
  /** Whether its type is an enum of PostgreSQL. */
  readonly enumeration?: boolean
  /** What MySQL says of it, where it is a column there; `oid` is 0 then. */
  readonly mysql?: MysqlColumn | undefined
}

export interface MysqlColumn {
  /** int, varchar, longtext … */
  readonly type: string
  /** Most characters, or bytes, of a value. */
  readonly length?: number | undefined
  /** Digits behind the point of a number; of a second. */
  readonly scale?: number | undefined
  readonly fraction?: number | undefined
  readonly bits?: number | undefined
  /** Whether numbers are printed with zeros before them. */
  readonly padded: boolean
  readonly charset?: string | undefined
  readonly collation?: string | undefined
}

export interface Layout {
  readonly columns: readonly TableColumn[]
  /** Names of the columns of its primary key, in their order; none where it has none. */
  readonly primaryKey: readonly string[]
  /** What is to be said of the table beside. */
  readonly notes?: readonly string[]
}

const COLUMNS = `SELECT a.attname, COALESCE(NULLIF(t.typbasetype, 0), t.oid)::pg_catalog.text,
  pg_catalog.format_type(COALESCE(NULLIF(t.typbasetype, 0), t.oid), -1),
  COALESCE(pg_catalog.array_position(i.indkey::pg_catalog.int2[], a.attnum)::pg_catalog.text, ''),
  COALESCE(pg_catalog.to_jsonb(a) OPERATOR(pg_catalog.->>) 'attgenerated', '') OPERATOR(pg_catalog.<>) '',
  COALESCE((SELECT b.typtype FROM pg_catalog.pg_type AS b WHERE b.oid = NULLIF(t.typbasetype, 0)), t.typtype)
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_index AS i ON i.indrelid = a.attrelid AND i.indisprimary AND i.indisvalid
WHERE a.attrelid = $1::pg_catalog.regclass AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum`

/** Errors: CheckError at `path` where there is no such table; those of the server. */
export async function layoutOf(session: SqlSession, table: string, path: readonly string[]): Promise<Layout> {
  if (enginesOf(session).mysql !== undefined) return mysqlLayout(session, table, path)
  const name = quoteName(table)
  if (name === undefined) throw new CheckError(`"${table}" is not the name of a table`, { at: { path } })
  const there = await session.query({
    text: 'SELECT pg_catalog.to_regclass($1)::pg_catalog.oid::pg_catalog.text',
    values: [name],
  })
  const oid = there.rows[0]?.[0] ?? null
  if (oid === null) throw new CheckError(`there is no table ${table}, or its schema may not be used`, { at: { path } })
  const { rows } = await session.query({ text: COLUMNS, values: [oid] })
  const keyed: [number, string][] = []
  const columns = rows.map(([attname, typeOid, type, position, generated, kind]): TableColumn => {
    const column = textOf(attname)
    if (position) keyed.push([Number(position), column])
    return {
      name: column,
      oid: Number(typeOid),
      type: textOf(type),
      generated: generated === 't',
      enumeration: kind === 'e',
    }
  })
  return { columns, primaryKey: keyed.toSorted(([a], [b]) => a - b).map(([, column]) => column) }
}

function textOf(cell: string | null | undefined): string {
  return keyToText(keyFromLatin1(cell ?? ''))
}
