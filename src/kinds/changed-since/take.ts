/** Takes the record of a database. */
import { CheckError } from '../../lib/errors.js'
import { type Key, keyToText } from '../../lib/key.js'
import type { Session } from '../../postgres/source.js'
import { type Content, contentOf, keyRangeOf, planOf, type Reading } from './digest.js'
import { isDeclared } from './expected.js'
import { inSessions, lanesOf, type Reader } from './lanes.js'
import { digestFor, look, type Seen } from './look.js'
import { entryOf, type ObjectSeen, textOf } from './objects.js'
import { inParts, readPart, type TablePart } from './parts.js'
import type { DatabaseRecord, Digest, ListedAt, ObjectEntry, TableEntry } from './record.js'
import { createRowList, type RowList } from './row-list.js'
import { rowsOf } from './rows.js'
import type { ChangedSinceSpec } from './schema.js'
import { largestFirst, type TableSeen } from './tables.js'

export interface Part {
  /** The file of what is too large for the record itself. */
  readonly path: string
  readonly holdsSecret: (text: string) => boolean
}

export async function takeRecord(reader: Reader, spec: ChangedSinceSpec, part: Part): Promise<DatabaseRecord> {
  if (spec.level !== 'row' || spec.content !== 'digest') return taken(reader, spec)
  const list = createRowList(part.path, reader.signal)
  const record = await taken(reader, spec, { list, holdsSecret: part.holdsSecret })
  await list.finish()
  return record
}

async function taken(reader: Reader, spec: ChangedSinceSpec, listing?: Listing): Promise<DatabaseRecord> {
  const tables: Record<string, TableEntry> = {}
  const begun: { seen?: Seen; digest?: Digest; wanted: number } = { wanted: 0 }
  const told = (): void =>
    reader.report({ stage: 'reading tables', done: Object.keys(tables).length, total: begun.wanted, unit: 'tables' })
  await inSessions<TablePart<TableSeen>>(reader, {
    prepare: async (session) => {
      begun.digest = digestFor(spec.digest, session.server.version)
      begun.seen = await look(session, { schemas: spec.schemas, digest: begun.digest })
      await assertSchemas(session, spec)
      assertThere(spec, begun.seen.tables)
      const read = begun.seen.tables.filter(({ name }) => spec.content !== 'none' && !spec.exclude?.includes(name))
      begun.wanted = read.length
      told()
      const many = spec.content === 'digest' && lanesOf(reader) > 1
      return inParts(session, largestFirst(read), (table) => (many && table.unread === undefined ? table : undefined))
    },
    work: async (session, part) => {
      const { digest = 'portable' } = begun
      const entry = await entryOfTable(session, part, { spec, digest, reader, listing })
      if (entry === undefined) return
      tables[part.of.name] = entry
      told()
    },
    failed: ({ of: table, whole }, error) => {
      whole.broken = true
      tables[table.name] = { unread: error.message }
      told()
    },
  })
  const { seen, digest } = begun
  if (seen === undefined || digest === undefined) throw new Error('a database that was looked at was seen')
  return {
    v: 1,
    version: seen.server.version,
    encoding: seen.server.encoding,
    system: seen.system,
    lsn: seen.lsn,
    schemas: spec.schemas ?? null,
    digest,
    vectors: seen.vectors,
    objects: byKind(seen.objects),
    sequences: seen.sequences,
    large_objects: seen.large_objects,
    tables,
  }
}

/** One that is misspelled would be nothing then and nothing afterwards, and all well. */
async function assertSchemas(session: Session, { schemas = [] }: ChangedSinceSpec): Promise<void> {
  const { rows } = await session.query({ text: 'SELECT nspname FROM pg_namespace' })
  const there = new Set(rows.map(([name]) => textOf(name ?? '')))
  const index = schemas.findIndex((name) => !there.has(name))
  if (index < 0) return
  throw new CheckError(`there is no schema "${schemas[index]}"`, { at: { path: ['schemas', index] } })
}

function assertThere({ exclude = [] }: ChangedSinceSpec, tables: readonly TableSeen[]): void {
  const known = new Set(
    tables.flatMap(({ name, columns }) => [name, ...columns.map((one) => columnName(name, one.name))]),
  )
  const index = exclude.findIndex((name) => !known.has(name))
  if (index < 0) return
  throw new CheckError(`there is no table or column ${exclude[index]} to be excluded`, {
    hint: 'write schema.table, or schema.table.column',
    at: { path: ['exclude', index] },
  })
}

/** As it is written in `exclude`. */
export function columnName(table: string, column: string): string {
  return `${table}.${/^[a-z_][a-z0-9_$]*$/.test(column) ? column : `"${column.replaceAll('"', '""')}"`}`
}

interface Listing {
  readonly list: RowList
  readonly holdsSecret: Part['holdsSecret']
}

interface EntryOptions {
  readonly spec: ChangedSinceSpec
  readonly digest: Digest
  readonly reader: Reader
  readonly listing: Listing | undefined
}

/** Undefined while other parts of the table are still to be read. */
async function entryOfTable(
  session: Session,
  part: TablePart<TableSeen>,
  options: EntryOptions,
): Promise<TableEntry | undefined> {
  const table = part.of
  if (table.unread !== undefined) return { unread: table.unread }
  const planned = readingOf(table, options)
  const content = await readPart(part, (pages) => contentOf(session, { ...planned.reading, pages }))
  return content && entryFrom(session, table, { ...planned, content }, options)
}

type Plan = ReturnType<typeof planOf>

function readingOf(
  table: TableSeen,
  { spec, digest }: EntryOptions,
): { readonly plan: Plan; readonly reading: Reading } {
  // What is to be dropped would leave the digest of all the others without meaning.
  const isLeftOut = (column: string): boolean =>
    spec.exclude?.includes(column) === true || isDeclared(spec.expected, 'dropped column', column)
  const names = table.columns.map(({ name }) => name)
  const exclude = new Set(names.filter((name) => isLeftOut(columnName(table.name, name))))
  const all = planOf(table, { digest, exclude })
  const level = spec.level === 'table' ? { ...all, mask: 0 } : all
  const plan = spec.content === 'count' ? { ...level, columns: [], mask: 0 } : level
  const nullable = new Set(table.columns.filter((column) => column.nullable).map(({ name }) => name))
  return { plan, reading: { ...plan, name: table.name, digest, nullable, byColumn: spec.by_column } }
}

async function entryFrom(
  session: Session,
  table: TableSeen,
  { plan, reading, content }: { readonly plan: Plan; readonly reading: Reading; readonly content: Content },
  { spec, reader, listing }: EntryOptions,
): Promise<TableEntry> {
  const { rows, counts, sums, nulls, columnSums } = content
  const range = await keyRangeOf(session, table)
  return {
    ...plan,
    columns: plan.columns.map((column) => ({
      ...column,
      ...(nulls[column.name] === undefined ? {} : { nulls: nulls[column.name] }),
      ...(columnSums[column.name] === undefined ? {} : { sum: columnSums[column.name] }),
    })),
    rows,
    counts,
    sums,
    ...(range === undefined ? {} : { key_range: range }),
    ...(listing === undefined || plan.columns.length === 0
      ? {}
      : { listed: await listed(session, reading, { spec, reader, listing }) }),
  }
}

/** In the same transaction as the sums, so it is the same rows. */
async function listed(
  session: Session,
  reading: Reading,
  { spec, reader, listing }: Pick<EntryOptions, 'spec' | 'reader'> & { readonly listing: Listing },
): Promise<ListedAt> {
  const { scratch, signal } = reader
  const refuse = (text: Key): void => {
    if (!listing.holdsSecret(keyToText(text))) return
    throw new CheckError('a key of it holds a secret of the check file, so its keys are not kept')
  }
  const withKeys = spec.keep_keys
  const rows = await rowsOf(session, reading, { scratch, signal, withKeys, ...(withKeys ? { onKey: refuse } : {}) })
  try {
    return { place: await listing.list.add(rows, withKeys), with_keys: withKeys }
  } finally {
    await rows.close()
  }
}

function byKind(objects: readonly ObjectSeen[]): DatabaseRecord['objects'] {
  const kinds: Record<string, Record<string, ObjectEntry>> = {}
  for (const object of objects) {
    const kind = kinds[object.kind] ?? {}
    kinds[object.kind] = kind
    kind[object.name] = entryOf(object)
  }
  return kinds
}
