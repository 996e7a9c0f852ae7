/** The tables of a MySQL server that its user may know of, and whether these are all. */
import { keyFromLatin1, keyToText } from '../../lib/key.js'
import type { Cell, SqlSession } from '../../sql/source.js'
import { enginesOf } from './engine.js'
import { type CheckSpec, patternsOf } from './schema.js'
import type { Sessions } from './sessions.js'
import { parsePattern } from './table-pattern.js'
import type { Table } from './tables.js'

const TABLES = `SELECT TABLE_SCHEMA, TABLE_NAME, COALESCE(DATA_LENGTH, 0) DIV 8192 FROM information_schema.TABLES
  WHERE TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')
  AND TABLE_SCHEMA NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')`

export async function mysqlTables(session: SqlSession): Promise<readonly Table[]> {
  const { rows } = await session.query({ text: TABLES })
  // What may not be read is told when it is.
  return rows.map(([schema, name, pages]) => ({
    schema: textOf(schema),
    name: textOf(name),
    pages: Number(pages),
    readable: true,
  }))
}

/** Tables that a user has no right on are hidden from it: unless it may read all, what else there is cannot be told. */
export async function unseenIn(spec: CheckSpec, sessions: Sessions): Promise<readonly string[]> {
  const gaps: string[] = []
  for (const side of ['source', 'target'] as const) {
    if (enginesOf(sessions[side]).mysql === undefined) continue
    const { rows } = await sessions[side].query({ text: 'SHOW GRANTS' })
    const readable = rows.flatMap(([grant]) => databaseOf(textOf(grant)) ?? [])
    for (const text of patternsOf(spec[side])) {
      const schema = parsePattern(text)?.schema
      if (readable.some((of) => of === undefined || (schema !== undefined && of.test(schema)))) continue
      const what = schema === undefined ? 'all databases' : schema
      gaps.push(
        `the user of ${spec[side].connection} sees of ${what} only the tables it has a right on: GRANT SELECT ON ${schema === undefined ? '*' : schema}.*`,
      )
    }
  }
  return gaps
}

/** What a grant lets read: databases it covers, a list of one. Undefined in the list: all. No list: no whole database. */
function databaseOf(grant: string): readonly (RegExp | undefined)[] | undefined {
  const [, rights = '', on = ''] = /^GRANT (.+?) ON (\S+)\.\* TO /.exec(grant) ?? []
  if (!/(^|, ?)(ALL PRIVILEGES|SELECT)(,|$)/.test(rights)) return undefined
  if (on === '*') return [undefined]
  const name = on.replace(/^[`"](.*)[`"]$/s, '$1').replaceAll(/``|""/g, (twice) => twice.charAt(0))
  const pattern = name.replaceAll(/\\([_%])|[.*+?^${}()|[\]\\]|_|%/g, (found, literal?: string) =>
    literal !== undefined ? literal : found === '_' ? '.' : found === '%' ? '.*' : `\\${found}`,
  )
  return [new RegExp(`^${pattern}$`, 's')]
}

function textOf(cell: Cell | undefined): string {
  return keyToText(keyFromLatin1(cell ?? ''))
}
