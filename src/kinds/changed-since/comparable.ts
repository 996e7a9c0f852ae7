/** What of a recorded table can be compared with the one of now. Pure. */
import { listWords } from '../../lib/text.js'
import { type ReadTable, unlikeColumns } from './digest.js'
import type { ColumnEntry, Digest } from './record.js'
import type { TableSeen } from './tables.js'

export type Comparable =
  | { readonly how: 'whole' }
  /** `others`: columns that are there and cannot be compared. */
  | { readonly how: 'by column'; readonly columns: readonly ColumnEntry[]; readonly others: readonly string[] }
  | { readonly how: 'not at all'; readonly why: string }

/** `table`: with its columns as they were called then; `without`: columns that are left out by now. */
export function comparableOf(
  entry: ReadTable,
  table: TableSeen,
  { digest, without }: { readonly digest: Digest; readonly without: readonly string[] },
): Comparable {
  const unlike = unlikeColumns(entry.columns, table, digest)
  const apart = new Set([...unlike, ...without])
  if (apart.size === 0) return { how: 'whole' }
  const columns = entry.columns.filter(({ name }) => !apart.has(name))
  const lost = entry.key.filter((name) => apart.has(name))
  const there = new Set(table.columns.map(({ name }) => name))
  if (lost.length === 0 && columns.every(({ sum }) => sum !== undefined))
    return { how: 'by column', columns, others: unlike.filter((name) => there.has(name)) }
  const gone = unlike.filter((name) => !there.has(name))
  const retyped = unlike.filter((name) => there.has(name))
  return { how: 'not at all', why: whyNot({ gone, retyped, without, lost }) }
}

interface Apart {
  readonly gone: readonly string[]
  readonly retyped: readonly string[]
  readonly without: readonly string[]
  /** Of the key. */
  readonly lost: readonly string[]
}

function whyNot({ gone, retyped, without, lost }: Apart): string {
  const named = (names: readonly string[], [one, more]: readonly [string, string]): readonly string[] =>
    names.length === 0 ? [] : [`${listWords(names.map((name) => `column ${name}`))} ${names.length === 1 ? one : more}`]
  const unlike = [
    ...named(gone, ['is gone', 'are gone']),
    ...named(retyped, ['is of another type', 'are of another type']),
  ]
  const what = unlike.length > 0 ? unlike : named(without, ['went into the record', 'went into the record'])
  const cannot = `its content cannot be compared: ${listWords(what)}`
  const apart = named(lost, ['told its rows apart', 'told its rows apart'])
  if (apart.length > 0) return `${cannot}; ${apart.join('')}`
  return `${cannot}; leave it out when the record is taken (\`exclude\`, or \`expected\` as \`dropped column\`), or take it with \`by_column: true\``
}
