/** The tables of a record beside those of now, several at a time. */
import type { Session } from '../../postgres/source.js'
import type { Finding } from '../kind.js'
import { nameBefore, renamesOf } from './expected.js'
import { inSessions, lanesOf, type Reader } from './lanes.js'
import type { Seen } from './look.js'
import { inParts, readPart, type TablePart } from './parts.js'
import type { RowsNow } from './row-classes.js'
import {
  firstContent,
  howFirst,
  type TableFound,
  type TableOptions,
  type TablePair,
  tableFound,
  unverifiable,
} from './table-content.js'
import { largestFirst } from './tables.js'

export interface ContentFound {
  readonly findings: readonly Finding[]
  /** Of tables that may grow: their content is not compared. */
  readonly growing: readonly string[]
  readonly tables: number
  readonly rows: number
  /** By table; to be closed. */
  readonly rowsNow: ReadonlyMap<string, RowsNow>
}

/** What has to be closed, however it ends. */
export type Closing = { readonly close: () => Promise<void> }[]

/** `look`: what the first session does first; `options`: what follows from it. */
export async function contentFound(
  reader: Reader,
  look: (session: Session) => Promise<Seen>,
  options: (seen: Seen) => TableOptions,
  closing: Closing,
): Promise<{ readonly seen: Seen; readonly content: ContentFound }> {
  const found = new Map<string, TableFound>()
  const begun: { seen?: Seen; options?: TableOptions; names: readonly string[] } = { names: [] }
  const told = (): void =>
    reader.report({ stage: 'reading tables', done: found.size, total: begun.names.length, unit: 'tables' })
  const settle = (name: string, one: TableFound): void => {
    found.set(name, one)
    if (one.rowsNow !== undefined) closing.push(one.rowsNow.rows)
    told()
  }
  await inSessions<TablePart<TablePair>>(reader, {
    prepare: async (session) => {
      begun.seen = await look(session)
      const how = options(begun.seen)
      begun.options = how
      const { names, pairs, settled } = paired(begun.seen, how)
      begun.names = names
      for (const [name, one] of settled) settle(name, one)
      const ordered = largestFirst(pairs.map((pair) => ({ ...pair, pages: pair.table.pages })))
      const many = lanesOf(reader) > 1
      return inParts(session, ordered, (pair) => (many && howFirst(pair, how) !== 'count' ? pair.table : undefined))
    },
    work: async (session, part) => {
      const { of: pair } = part
      const how = begun.options
      if (how === undefined) return
      const content = await readPart(part, (pages) => firstContent(session, pair, how, pages))
      if (content !== undefined) settle(pair.name, await tableFound(session, pair, content, how))
    },
    failed: ({ of: { name }, whole }, error) => {
      whole.broken = true
      settle(name, cannot(name, error.message))
    },
  })
  if (begun.seen === undefined) throw new Error('a database that was looked at was seen')
  const inOrder = begun.names.flatMap((name) => found.get(name) ?? [])
  return {
    seen: begun.seen,
    content: {
      findings: inOrder.flatMap(({ findings }) => findings),
      growing: begun.names.filter((name) => found.get(name)?.growing === true),
      tables: begun.names.length,
      rows: inOrder.reduce((sum, { rows }) => sum + rows, 0),
      rowsNow: new Map([...found].flatMap(([name, { rowsNow }]) => (rowsNow === undefined ? [] : [[name, rowsNow]]))),
    },
  }
}

/** Those of which nothing has to be read are settled. */
function paired({ tables }: Seen, { record, spec }: TableOptions) {
  const renames = renamesOf(spec.expected)
  const there = new Map(tables.map((table) => [nameBefore(table.name, renames), table]))
  const names = Object.keys(record.tables).filter((name) => !spec.exclude?.includes(name))
  const pairs: TablePair[] = []
  const settled: [string, TableFound][] = []
  for (const name of names) {
    const entry = record.tables[name]
    const table = there.get(name)
    // That it is gone is told of the object.
    if (entry === undefined || table === undefined) settled.push([name, { findings: [], growing: false, rows: 0 }])
    else if ('unread' in entry) settled.push([name, cannot(name, `when it was recorded: ${entry.unread}`)])
    else if (table.unread !== undefined) settled.push([name, cannot(name, table.unread)])
    else pairs.push({ name, entry, table })
  }
  return { names, pairs, settled }
}

function cannot(name: string, reason: string): TableFound {
  return { findings: [unverifiable(name, reason)], growing: false, rows: 0 }
}
