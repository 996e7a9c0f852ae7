/** The tables of both sides that a check names by patterns, paired by their names. */
import { CheckError } from '../../lib/errors.js'
import { keyFromLatin1, keyToText } from '../../lib/key.js'
import { formatNumber } from '../../lib/text.js'
import type { SqlSession } from '../../sql/source.js'
import { enginesOf } from './engine.js'
import type { Side } from './expression.js'
import { type CheckSpec, exceptionsOf, patternsOf } from './schema.js'
import { onBoth, type Sessions } from './sessions.js'
import { type Pattern, parsePattern, type TableName, tableText } from './table-pattern.js'
import { mysqlTables, unseenIn } from './tables-mysql.js'

export interface Table extends TableName {
  /** Pages its rows lie on, as of when statistics were last gathered. */
  readonly pages: number
  /** Whether the role may read any of it. */
  readonly readable: boolean
}

export interface TablePair {
  /** How findings call it: as the target does. */
  readonly name: string
  readonly source: string
  readonly target: string
  readonly pages: number
}

export interface Paired {
  /** The largest first: begun last, it would be waited for alone. */
  readonly pairs: readonly TablePair[]
  /** In the source alone, and in the target alone. */
  readonly missing: readonly string[]
  readonly extra: readonly string[]
  /** Why tables that are there cannot be compared. */
  readonly gaps: readonly string[]
}

// A partition is read with the table it is part of.
const TABLES = `SELECT n.nspname, c.relname,
  CASE c.relkind WHEN 'p' THEN (SELECT COALESCE(pg_catalog.sum(l.relpages), 0)
    FROM pg_catalog.pg_partition_tree(c.oid) AS t JOIN pg_catalog.pg_class AS l ON l.oid OPERATOR(pg_catalog.=) t.relid)
    ELSE c.relpages END::pg_catalog.text,
  pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence OPERATOR(pg_catalog.<>) 't'
  AND n.nspname OPERATOR(pg_catalog.!~) '^pg_' AND n.nspname OPERATOR(pg_catalog.<>) 'information_schema'`

/** Errors: CheckError where no table of the source is meant. */
export async function pairTables(spec: CheckSpec, sessions: Sessions): Promise<Paired> {
  const [source, target] = await onBoth(sessions, (session, side) => chosen(spec[side], session))
  if (source.length === 0) {
    throw new CheckError('no table of the source is called so', {
      hint: 'the catalogue shows all tables, also those that may not be read: check the name of the schema',
      at: { path: ['source', 'tables'] },
    })
  }
  const renamed = sameSchema(spec)
  const nameOf = (table: TableName, side: Side): string =>
    renamed === undefined || side === 'target' ? tableText(table) : tableText({ ...table, schema: renamed })
  const theirs = new Map(target.map((table) => [nameOf(table, 'target'), table]))
  const named = source.map((table) => [nameOf(table, 'source'), table] as const)
  const across = [sessions.source, sessions.target].some((session) => enginesOf(session).mysql !== undefined)
  const ours = new Map(across ? named.map(([name, table]) => [likeTheirs(name, theirs), table]) : named)
  const both = [...ours].flatMap(([name, table]) => {
    const other = theirs.get(name)
    return other === undefined ? [] : [{ name, table, other }]
  })
  const open = both.filter(({ table, other }) => table.readable && other.readable)
  const pairs = open.map(
    ({ name, table, other }): TablePair => ({
      name,
      source: tableText(table),
      target: tableText(other),
      pages: Math.max(table.pages, other.pages),
    }),
  )
  return {
    pairs: pairs.toSorted((a, b) => b.pages - a.pages || (a.name < b.name ? -1 : 1)),
    missing: [...ours.keys()].filter((name) => !theirs.has(name)).sort(),
    extra: [...theirs.keys()].filter((name) => !ours.has(name)).sort(),
    gaps: [
      ...both.filter((pair) => !open.includes(pair)).map((pair) => unreadable(spec, pair)),
      ...(await unseenIn(spec, sessions)),
    ],
  }
}

/** As the other side calls it, where but for the case it is the same: whether MySQL minds that depends on its file system. */
function likeTheirs(name: string, theirs: ReadonlyMap<string, Table>): string {
  if (theirs.has(name)) return name
  const alike = [...theirs.keys()].filter((other) => other.toLowerCase() === name.toLowerCase())
  return alike.length === 1 ? (alike[0] ?? name) : name
}

function unreadable(
  { source, target }: CheckSpec,
  { name, table, other }: { readonly name: string; readonly table: Table; readonly other: Table },
): string {
  const where = [...(table.readable ? [] : [source]), ...(other.readable ? [] : [target])]
  return `${name} may not be read on ${where.map(({ connection }) => connection).join(' and ')}`
}

/** The schema of the target, where each side names one and they are called otherwise. */
function sameSchema({ source, target }: CheckSpec): string | undefined {
  const [from, to] = [source, target].map((side) => new Set(patternsOf(side).map((text) => parsePattern(text)?.schema)))
  const [one] = to ?? []
  return from?.size === 1 && to?.size === 1 && !from.has(undefined) ? one : undefined
}

/** What is known of each is held until the end. */
const MOST_TABLES = 10_000

async function chosen(side: CheckSpec['source'], session: SqlSession): Promise<readonly Table[]> {
  const parse = (texts: readonly string[]): readonly Pattern[] => texts.flatMap((text) => parsePattern(text) ?? [])
  const [wanted, except] = [parse(patternsOf(side)), parse(exceptionsOf(side))]
  const tables = await (enginesOf(session).mysql === undefined ? postgresTables : mysqlTables)(session)
  const meant = tables.filter(
    (table) => wanted.some(({ covers }) => covers(table)) && !except.some(({ covers }) => covers(table)),
  )
  if (meant.length <= MOST_TABLES) return meant
  throw new CheckError(`${formatNumber(meant.length)} tables are more than one check can compare`, {
    hint: 'divide them among several checks',
  })
}

async function postgresTables(session: SqlSession): Promise<readonly Table[]> {
  const { rows } = await session.query({ text: TABLES })
  return rows.map(
    ([schema, name, pages, readable]): Table => ({
      schema: textOf(schema),
      name: textOf(name),
      pages: Number(pages),
      readable: readable === 't',
    }),
  )
}

function textOf(cell: string | null | undefined): string {
  return keyToText(keyFromLatin1(cell ?? ''))
}
