/** The rows of recorded tables beside those of now. */
import { count, formatNumber, listWords } from '../../lib/text.js'
import type { Session } from '../../postgres/source.js'
import type { Finding } from '../kind.js'
import type { Report } from '../reporting.js'
import { type Content, contentOf, keyRangeOf, type ReadTable, unlikeColumns } from './digest.js'
import { type Expectations, nameBefore, renamesOf } from './expected.js'
import type { DatabaseRecord } from './record.js'
import type { ChangedSinceSpec } from './schema.js'
import type { TableSeen } from './tables.js'
import { columnName } from './take.js'

export interface ContentFound {
  readonly findings: readonly Finding[]
  /** Of tables that may grow: their content is not compared. */
  readonly growing: readonly string[]
  readonly tables: number
  readonly rows: number
}

export interface ContentOptions {
  readonly spec: ChangedSinceSpec
  readonly expectations: Expectations
  /** Why no content can be compared at all. */
  readonly incomparable: string | undefined
  readonly report: Report
}

export async function contentFound(
  session: Session,
  record: DatabaseRecord,
  now: readonly TableSeen[],
  { spec, expectations, incomparable, report }: ContentOptions,
): Promise<ContentFound> {
  const renames = renamesOf(spec.expected)
  const there = new Map(now.map((table) => [nameBefore(table.name, renames), table]))
  const findings: Finding[] = []
  const growing: string[] = []
  let tables = 0
  let rows = 0
  const all = Object.entries(record.tables).filter(([name]) => !spec.exclude?.includes(name))
  for (const [name, entry] of all) {
    report({ stage: 'reading tables', done: tables, total: all.length, unit: 'tables' })
    tables++
    const table = there.get(name)
    // That it is gone is told of the object.
    if (table === undefined) continue
    const cannot = (reason: string) => findings.push({ finding: 'unverifiable', key: `table ${name}`, reason })
    if ('unread' in entry) {
      cannot(`when it was recorded: ${entry.unread}`)
      continue
    }
    if (table.unread !== undefined) {
      cannot(table.unread)
      continue
    }
    const renamed = {
      ...table,
      columns: table.columns.map((column) => ({ ...column, name: columnBefore(table.name, column.name, renames) })),
    }
    const without = spec.exclude?.filter((one) => entry.columns.some((column) => one === columnName(name, column.name)))
    const unlike = unlikeColumns(entry.columns, renamed, record.digest)
    const why =
      incomparable ??
      (unlike.length > 0
        ? `not as it was, so its content cannot be compared: ${listWords(unlike.map((one) => `column ${one}`))}`
        : without !== undefined && without.length > 0
          ? `${listWords(without)} went into the record: leave it out when the record is taken`
          : undefined)
    const growth = expectations.growthOf(name, entry.rows)
    const content = await readAgain(session, entry, table, {
      record,
      renames,
      countOnly: why !== undefined || growth !== undefined,
    })
    rows += content.rows
    const more = content.rows - entry.rows
    if (growth !== undefined && more >= 0 && more <= growth) {
      growing.push(name)
      continue
    }
    if (more !== 0) {
      if (!expectations.covers('changed content', name))
        findings.push(await rowsDiffer(session, name, entry, table, content))
      continue
    }
    // Of no rows there is no content.
    if (why !== undefined && entry.columns.length > 0 && entry.rows > 0) {
      if (!expectations.covers('changed content', name)) cannot(why)
      continue
    }
    const differ = differing(entry, content)
    if (differ > 0 && !expectations.covers('changed content', name))
      findings.push(contentDiffers(name, entry, content, differ))
  }
  return { findings, growing, tables, rows }
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
