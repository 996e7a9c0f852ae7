/**
 * With `--show-data`: statements that would make rows of the target what they are in the source. They are told, never run.
 */
import { type Key, keyFromLatin1, keyToText } from '../../lib/key.js'
import { quoteIdentifier, quoteLiteral, quoteName } from '../../postgres/quote.js'
import type { Hashings } from './hashings.js'
import { cellsOf, sortKey } from './key-cells.js'
import { pagesOf, textsOf } from './look-again.js'
import type { ColumnPair, Pairing } from './pair.js'
import type { Sessions } from './sessions.js'
import type { Differing } from './side-by-side.js'
import { valuesQuery } from './sql.js'

/** A longer row is copied by other means. */
const MOST_OF_ROW = 64 * 1024
/** Characters held of all statements of a check. */
const MOST_OF_ALL = 16 * 1024 * 1024

type Values = readonly (string | null)[]

/** None where the target may have several rows of one key, or values that the source has not as they are. */
export async function fixesOf(
  again: ReadonlyMap<Key, Differing | undefined>,
  columns: ReadonlyMap<Key, readonly string[]>,
  hashings: Hashings,
  sessions: Sessions,
): Promise<ReadonlyMap<Key, string>> {
  const { pairing, spec } = hashings.target
  const table = quoteName(spec.table)
  const fixes = new Map<Key, string>()
  const made = ({ source, target }: ColumnPair): boolean => (source.transform ?? target.transform) !== undefined
  // They would have to be written in its own dialect.
  if (pairing.columns.some(({ target }) => target.column.mysql !== undefined)) return fixes
  if (table === undefined || !pairing.unique || pairing.columns.some(made)) return fixes
  let left = MOST_OF_ALL
  const add = (key: Key, statement: string | undefined): void => {
    if (statement === undefined || statement.length > left) return
    left -= statement.length
    fixes.set(key, statement)
  }
  const wanted: Key[] = []
  for (const [key, rows] of again) {
    if (rows === undefined) continue
    if (rows.extra > 0) add(key, `DELETE FROM ${table} WHERE ${whereOf(key, pairing)};`)
    else wanted.push(key)
  }
  for (const page of pagesOf(wanted)) {
    for await (const rows of sessions.source.stream(valuesQuery(hashings.source, page.map(textsOf)))) {
      for (const row of rows) {
        const key = sortKey(row.slice(pairing.columns.length))
        const values = row.slice(0, pairing.columns.length).map(textOf)
        const odd = values.some((value) => value?.includes('\ufffd'))
        if (odd || values.reduce((sum, value) => sum + (value?.length ?? 0), 0) > MOST_OF_ROW) continue
        const missing = (again.get(key)?.missing ?? 0) > 0
        add(
          key,
          missing ? insert(table, pairing, values) : update(table, { key, pairing, values, names: columns.get(key) }),
        )
      }
    }
  }
  return fixes
}

function insert(table: string, pairing: Pairing, values: Values): string {
  const own = written(pairing)
  const names = own.map(({ name }) => quoteIdentifier(name)).join(', ')
  const all = own.map((pair) => literal(values[pairing.columns.indexOf(pair)])).join(', ')
  return `INSERT INTO ${table} (${names}) OVERRIDING SYSTEM VALUE VALUES (${all});`
}

interface Changed {
  readonly key: Key
  readonly pairing: Pairing
  readonly values: Values
  /** Of the columns that differ. */
  readonly names: readonly string[] | undefined
}

function update(table: string, { key, pairing, values, names = [] }: Changed): string | undefined {
  const set = written(pairing)
    .filter(({ name }) => names.includes(name))
    .map((pair) => `${quoteIdentifier(pair.name)} = ${literal(values[pairing.columns.indexOf(pair)])}`)
  return set.length === 0 ? undefined : `UPDATE ${table} SET ${set.join(', ')} WHERE ${whereOf(key, pairing)};`
}

/** What the target makes by itself cannot be given to it. */
function written({ columns }: Pairing): readonly ColumnPair[] {
  return columns.filter(({ target }) => !target.column.generated)
}

function whereOf(key: Key, pairing: Pairing): string {
  const cells = cellsOf(key)
  return pairing.key
    .map(({ name }, index) => `${quoteIdentifier(name)} = ${literal(textOf(cells[index] ?? null))}`)
    .join(' AND ')
}

/** On one line, and without what a terminal would act on. */
function literal(value: string | null = null): string {
  if (value === null) return 'NULL'
  if (!/\p{Cc}/u.test(value)) return quoteLiteral(value)
  const escaped = value.replaceAll(/[\\'\p{Cc}]/gu, (found) =>
    /[\\']/.test(found) ? `\\${found}` : `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `E'${escaped}'`
}

function textOf(cell: string | null): string | null {
  return cell === null ? null : keyToText(keyFromLatin1(cell))
}
