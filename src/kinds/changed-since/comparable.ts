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
  return { how: 'not at all', why: whyNot({ unlike, without, lost }) }
}

interface Apart {
  readonly unlike: readonly string[]
  readonly without: readonly string[]
  /** Of the key. */
  readonly lost: readonly string[]
}

function whyNot({ unlike, without, lost }: Apart): string {
  const named = (names: readonly string[]): string => listWords(names.map((one) => `column ${one}`))
  const what =
    unlike.length > 0
      ? `not as it was, so its content cannot be compared: ${named(unlike)}`
      : `${named(without)} went into the record`
  if (lost.length > 0) return `${what}; ${named(lost)} told its rows apart`
  return `${what}; leave it out when the record is taken (\`exclude\`, or \`expected\` as \`dropped column\`), or take it with \`by_column: true\``
}
