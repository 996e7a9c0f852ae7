/** The rows of one recorded table beside those of now. */
import { count, formatNumber, listWords } from '../../lib/text.js'
import type { Session } from '../../postgres/source.js'
import type { Finding } from '../kind.js'
import { type Content, contentOf, keyRangeOf, type ReadTable, unlikeColumns } from './digest.js'
import { type Expectations, nameBefore, renamesOf } from './expected.js'
import type { DatabaseRecord } from './record.js'
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
}

export interface TableOptions {
  readonly record: DatabaseRecord
  readonly spec: ChangedSinceSpec
  readonly expectations: Expectations
  /** Why no content can be compared at all. */
  readonly incomparable: string | undefined
}

export function unverifiable(name: string, reason: string): Finding {
  return { finding: 'unverifiable', key: `table ${name}`, reason }
}

export async function tableFound(session: Session, pair: TablePair, options: TableOptions): Promise<TableFound> {
  const { name, entry, table } = pair
  const { record, spec, expectations } = options
  const renames = renamesOf(spec.expected)
  const why = options.incomparable ?? unlikeIn(pair, options)
  const growth = expectations.growthOf(name, entry.rows)
  const content = await readAgain(session, entry, table, {
    record,
    renames,
    countOnly: why !== undefined || growth !== undefined,
  })
  const { rows } = content
  const more = rows - entry.rows
  if (growth !== undefined && more >= 0 && more <= growth) return { findings: [], growing: true, rows }
  const found = async (): Promise<readonly Finding[]> => {
    if (more !== 0) return [await rowsDiffer(session, name, entry, table, content)]
    // Of no rows there is no content.
    if (why !== undefined && entry.columns.length > 0 && entry.rows > 0) return [unverifiable(name, why)]
    const differ = differing(entry, content)
    return differ > 0 ? [contentDiffers(name, entry, content, differ)] : []
  }
  const findings = await found()
  const meant = findings.length > 0 && expectations.covers('changed content', name)
  return { findings: meant ? [] : findings, growing: false, rows }
}

/** Why its content cannot be compared. */
function unlikeIn({ name, entry, table }: TablePair, { record, spec }: TableOptions): string | undefined {
  const renames = renamesOf(spec.expected)
  const columns = table.columns.map((column) => ({ ...column, name: columnBefore(table.name, column.name, renames) }))
  const unlike = unlikeColumns(entry.columns, { ...table, columns }, record.digest)
  if (unlike.length > 0)
    return `not as it was, so its content cannot be compared: ${listWords(unlike.map((one) => `column ${one}`))}`
  const without = spec.exclude?.filter((one) => entry.columns.some((column) => one === columnName(name, column.name)))
  if (without === undefined || without.length === 0) return undefined
  return `${listWords(without)} went into the record: leave it out when the record is taken`
}

type Renames = ReturnType<typeof renamesOf>

function columnBefore(table: string, column: string, renames: Renames): string {
  const back = renames.find(
    ({ to }) => to === columnName(table, column) || to === columnName(nameBefore(table, renames), column),
  )
  return back === undefined ? column : back.from.slice(back.from.lastIndexOf('.') + 1).replaceAll('"', '')
}

async function readAgain(
  session: Session,
  entry: ReadTable,
  table: TableSeen,
  {
    record,
    renames,
    countOnly,
  }: { readonly record: DatabaseRecord; readonly renames: Renames; readonly countOnly: boolean },
): Promise<Content> {
  const today = new Map(table.columns.map(({ name }) => [columnBefore(table.name, name, renames), name]))
  const nameNow = (name: string) => today.get(name) ?? name
  const columns = countOnly ? [] : entry.columns.map((column) => ({ ...column, name: nameNow(column.name) }))
  const nullable = new Set(entry.columns.flatMap(({ name, nulls }) => (nulls === undefined ? [] : [nameNow(name)])))
  const reading = {
    name: table.name,
    key: entry.key.map(nameNow),
    columns,
    mask: countOnly ? 0 : entry.mask,
    digest: record.digest,
    nullable,
  }
  const { nulls, ...content } = await contentOf(session, reading)
  return {
    ...content,
    nulls: Object.fromEntries(entry.columns.map(({ name }) => [name, nulls[nameNow(name)] ?? 0])),
  }
}

function differing(entry: ReadTable, content: Content): number {
  let buckets = 0
  for (const at of entry.counts.keys())
    if (entry.counts[at] !== content.counts[at] || entry.sums[at] !== content.sums[at]) buckets++
  return buckets
}

async function rowsDiffer(
  session: Session,
  name: string,
  entry: ReadTable,
  table: TableSeen,
  { rows }: Content,
): Promise<Finding> {
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

function contentDiffers(name: string, entry: ReadTable, content: Content, buckets: number): Finding {
  const suspects = entry.counts.reduce(
    (sum, rows, at) => (entry.sums[at] === content.sums[at] && rows === content.counts[at] ? sum : sum + rows),
    0,
  )
  const nulls = entry.columns.flatMap(({ name: column, nulls: was }) => {
    const is = content.nulls[column]
    return was === undefined || is === undefined || was === is
      ? []
      : [`${column} was NULL in ${formatNumber(was)} and is in ${formatNumber(is)}`]
  })
  const where = `among ${count(suspects, 'row')} (${formatNumber(buckets)} of ${count(entry.counts.length, 'bucket')})`
  return {
    finding: 'content_differs',
    key: `table ${name}`,
    expected: { rows: entry.rows },
    actual: { rows: content.rows, suspect_rows: suspects },
    reason: [`some hold something else, ${where}`, ...nulls].join('; '),
  }
}
