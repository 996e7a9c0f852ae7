/** The rows of one recorded table beside those of now. */
import { count, formatNumber, listWords } from '../../lib/text.js'
import type { Session } from '../../postgres/source.js'
import type { Finding } from '../kind.js'
import type { Pages } from '../pages.js'
import { type Comparable, comparableOf } from './comparable.js'
import { type Content, contentOf, keyRangeOf, type Reading, type ReadTable } from './digest.js'
import { type Expectations, nameBefore, renamesOf } from './expected.js'
import type { Reader } from './lanes.js'
import type { ColumnEntry, DatabaseRecord } from './record.js'
import type { RowsNow } from './row-classes.js'
import { rowsOf } from './rows.js'
import type { ChangedSinceSpec } from './schema.js'
import type { TableSeen } from './tables.js'
import { columnName } from './take.js'

/** A table that is in the record and in the database. */
export interface TablePair {
  /** As it was called then. */
  readonly name: string
  readonly entry: ReadTable
  readonly table: TableSeen
}

export interface TableFound {
  readonly findings: readonly Finding[]
  /** Its content is not compared, for it may grow. */
  readonly growing: boolean
  readonly rows: number
  /** Where the record lists its rows, and they are otherwise. To be closed. */
  readonly rowsNow?: RowsNow | undefined
}

export interface TableOptions {
  readonly record: DatabaseRecord
  readonly spec: ChangedSinceSpec
  readonly expectations: Expectations
  /** Why no content can be compared at all. */
  readonly incomparable: string | undefined
  readonly reader: Reader
}

export function unverifiable(name: string, reason: string): Finding {
  return { finding: 'unverifiable', key: `table ${name}`, reason }
}

/** How it is read first. */
export function howFirst(pair: TablePair, options: TableOptions): HowRead['how'] {
  const { how } = comparableIn(pair, options)
  const grows = options.expectations.growthOf(pair.name, pair.entry.rows) !== undefined
  return grows || how === 'not at all' ? 'count' : how
}

/** What is read of it first, or of these pages of it. */
export function firstContent(session: Session, pair: TablePair, options: TableOptions, pages: Pages): Promise<Content> {
  const comparable = comparableIn(pair, options)
  const columns = comparable.how === 'by column' ? comparable.columns : pair.entry.columns
  return readAgain(session, pair, columns, { ...options, how: howFirst(pair, options), pages })
}

export async function tableFound(
  session: Session,
  pair: TablePair,
  content: Content,
  options: TableOptions,
): Promise<TableFound> {
  const { name, entry } = pair
  const { expectations } = options
  const comparable = comparableIn(pair, options)
  const growth = expectations.growthOf(name, entry.rows)
  const read = (columns: readonly ColumnEntry[], how: HowRead) =>
    readAgain(session, pair, columns, { ...options, ...how })
  const first = howFirst(pair, options)
  const { rows } = content
  const more = rows - entry.rows
  if (growth !== undefined && more >= 0 && more <= growth) return { findings: [], growing: true, rows }
  const found = async (): Promise<readonly Finding[]> => {
    if (more !== 0) return [await rowsDiffer(session, pair, content)]
    // Of no rows there is no content.
    if (entry.columns.length === 0 || entry.rows === 0) return []
    if (comparable.how === 'not at all') return [unverifiable(name, comparable.why)]
    if (comparable.how === 'by column') {
      const others = comparable.others.map((one) => unverifiableColumn(columnName(name, one)))
      return [...byColumn(pair, content, comparable.columns), ...others]
    }
    if (bucketsApart(entry, content).length === 0) return []
    const apart = entry.columns.some(({ sum }) => sum !== undefined)
    const again = apart ? await read(entry.columns, { how: 'by column' }) : undefined
    return [contentDiffers(name, entry, content, again && columnsUnlike(entry.columns, again))]
  }
  const findings = await found()
  const meant = findings.length > 0 && expectations.covers('changed content', name)
  const isTold = findings.length > 0 && !meant && first === 'whole' && entry.listed !== undefined
  const rowsNow = isTold ? await rowsApart(session, pair, content, options) : undefined
  return { findings: meant ? [] : findings, growing: false, rows, rowsNow }
}

async function rowsApart(session: Session, pair: TablePair, content: Content, options: TableOptions): Promise<RowsNow> {
  const { scratch, signal } = options.reader
  const buckets = bucketsApart(pair.entry, content)
  const { reading } = readingOf(pair, pair.entry.columns, { ...options, how: 'whole' })
  const rows = await rowsOf(session, reading, { scratch, signal, buckets, withKeys: true })
  return { rows, mask: pair.entry.mask, buckets: new Set(buckets) }
}

function unverifiableColumn(name: string): Finding {
  const reason = 'of another type than it was, so its content cannot be compared; that of the others is'
  return { finding: 'unverifiable', key: `column ${name}`, reason }
}

function comparableIn({ name, entry, table }: TablePair, { record, spec, incomparable }: TableOptions): Comparable {
  if (incomparable !== undefined) return { how: 'not at all', why: incomparable }
  const renames = renamesOf(spec.expected)
  const columns = table.columns.map((column) => ({ ...column, name: columnBefore(table.name, column.name, renames) }))
  const without = entry.columns
    .map((column) => column.name)
    .filter((one) => spec.exclude?.includes(columnName(name, one)))
  return comparableOf(entry, { ...table, columns }, { digest: record.digest, without })
}

function byColumn({ name, entry }: TablePair, content: Content, columns: readonly ColumnEntry[]): readonly Finding[] {
  const unlike = columnsUnlike(columns, content)
  if (unlike.length === 0) return []
  const reason = [`other values in ${named(unlike)}`, ...nullsOtherwise(columns, content)].join('; ')
  return [
    {
      finding: 'content_differs',
      key: `table ${name}`,
      expected: { rows: entry.rows },
      actual: { rows: content.rows },
      reason,
    },
  ]
}

function columnsUnlike(columns: readonly ColumnEntry[], { columnSums }: Content): readonly string[] {
  return columns.filter(({ name, sum }) => sum !== undefined && sum !== columnSums[name]).map(({ name }) => name)
}

/** Longer lists are for whoever looks into the table. */
const MOST_NAMED = 5

function named(columns: readonly string[]): string {
  return `${columns.length === 1 ? 'column' : 'columns'} ${listWords(few(columns))}`
}

function few(all: readonly string[]): readonly string[] {
  return all.length <= MOST_NAMED ? all : [...all.slice(0, MOST_NAMED), `${all.length - MOST_NAMED} more`]
}

type Renames = ReturnType<typeof renamesOf>

function columnBefore(table: string, column: string, renames: Renames): string {
  const back = renames.find(
    ({ to }) => to === columnName(table, column) || to === columnName(nameBefore(table, renames), column),
  )
  return back === undefined ? column : back.from.slice(back.from.lastIndexOf('.') + 1).replaceAll('"', '')
}

interface HowRead {
  readonly how: 'count' | 'whole' | 'by column'
  readonly pages?: Pages | undefined
}

/** By the names of now. */
function readingOf(
  { entry, table }: TablePair,
  of: readonly ColumnEntry[],
  { record, spec, how, pages }: TableOptions & HowRead,
): { readonly reading: Reading; readonly nameNow: (name: string) => string } {
  const renames = renamesOf(spec.expected)
  const today = new Map(table.columns.map(({ name }) => [columnBefore(table.name, name, renames), name]))
  const nameNow = (name: string) => today.get(name) ?? name
  const reading = {
    name: table.name,
    key: entry.key.map(nameNow),
    columns: how === 'count' ? [] : of.map((column) => ({ ...column, name: nameNow(column.name) })),
    mask: how === 'whole' ? entry.mask : 0,
    digest: record.digest,
    nullable: new Set(of.flatMap(({ name, nulls }) => (nulls === undefined ? [] : [nameNow(name)]))),
    byColumn: how === 'by column',
    pages,
  }
  return { reading, nameNow }
}

/** What is told is by the names of then. */
async function readAgain(
  session: Session,
  pair: TablePair,
  of: readonly ColumnEntry[],
  options: TableOptions & HowRead,
): Promise<Content> {
  const { reading, nameNow } = readingOf(pair, of, options)
  const { nulls, columnSums, ...content } = await contentOf(session, reading)
  const back = <T>(values: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
    Object.fromEntries(
      of.flatMap(({ name }) => {
        const value = values[nameNow(name)]
        return value === undefined ? [] : [[name, value]]
      }),
    )
  return { ...content, nulls: back(nulls), columnSums: back(columnSums) }
}

function bucketsApart(entry: ReadTable, content: Content): readonly number[] {
  return [...entry.counts.keys()].filter(
    (at) => entry.counts[at] !== content.counts[at] || entry.sums[at] !== content.sums[at],
  )
}

async function rowsDiffer(session: Session, { name, entry, table }: TablePair, { rows }: Content): Promise<Finding> {
  const range = await keyRangeOf(session, { ...table, name })
  const ends = ['least', 'greatest'].filter(
    (_, at) => entry.key_range !== undefined && range?.[at] !== entry.key_range[at],
  )
  return {
    finding: 'rows_differ',
    key: `table ${name}`,
    expected: { rows: entry.rows },
    actual: { rows },
    ...(ends.length === 0 ? {} : { reason: `the ${listWords(ends)} key is another than then` }),
  }
}

function contentDiffers(
  name: string,
  entry: ReadTable,
  content: Content,
  columns: readonly string[] | undefined,
): Finding {
  const suspects = entry.counts.reduce(
    (sum, rows, at) => (entry.sums[at] === content.sums[at] && rows === content.counts[at] ? sum : sum + rows),
    0,
  )
  const buckets = bucketsApart(entry, content).length
  const where = `among ${count(suspects, 'row')} (${formatNumber(buckets)} of ${count(entry.counts.length, 'bucket')})`
  const which = columns === undefined || columns.length === 0 ? [] : [`other values in ${named(columns)}`]
  return {
    finding: 'content_differs',
    key: `table ${name}`,
    expected: { rows: entry.rows },
    actual: { rows: content.rows, suspect_rows: suspects },
    reason: [`some hold something else, ${where}`, ...which, ...nullsOtherwise(entry.columns, content)].join('; '),
  }
}

function nullsOtherwise(columns: readonly ColumnEntry[], { nulls }: Content): readonly string[] {
  const otherwise = columns.flatMap(({ name, nulls: was }) => {
    const is = nulls[name]
    return was === undefined || is === undefined || was === is
      ? []
      : [`${name} was NULL in ${formatNumber(was)} and is in ${formatNumber(is)}`]
  })
  return few(otherwise)
}
