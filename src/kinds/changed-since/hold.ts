/** Holds a database against the record of it. */
import { CheckError } from '../../lib/errors.js'
import { count, formatNumber, listWords } from '../../lib/text.js'
import type { Finding, Observation } from '../kind.js'
import { standbyNotes } from '../standby.js'
import { type Closing, type ContentFound, contentFound } from './content.js'
import { type Difference, differencesOf } from './differences.js'
import { asBefore, type Expectations, expectationsOf, renamesOf } from './expected.js'
import type { Reader } from './lanes.js'
import { look, type Seen } from './look.js'
import { type DatabaseRecord, listedIn } from './record.js'
import { ROW_CLASSES } from './row-classes.js'
import { type RowDifferences, rowDifferences } from './row-differences.js'
import type { ChangedSinceSpec } from './schema.js'
import { NO_ROW_LEVEL } from './subjects.js'
import { unlikeVectors } from './vectors.js'

export interface Held {
  readonly findings: readonly Finding[]
  /** Those of single rows; to be closed. */
  readonly rows?: RowDifferences | undefined
  readonly observation: Observation
}

/** What the record keeps beside its JSON. */
type Part = (() => AsyncIterable<Uint8Array>) | undefined

export async function holdAgainst(
  reader: Reader,
  record: DatabaseRecord,
  spec: ChangedSinceSpec,
  part: Part,
): Promise<Held> {
  assertSameSchemas(record, spec)
  const closing: Closing = []
  try {
    return await held(reader, record, spec, { part, closing })
  } finally {
    for (const one of closing) await one.close()
  }
}

async function held(
  reader: Reader,
  record: DatabaseRecord,
  spec: ChangedSinceSpec,
  { part, closing }: { readonly part: Part; readonly closing: Closing },
): Promise<Held> {
  const expectations = expectationsOf(spec.expected)
  const { seen, content } = await contentFound(
    reader,
    (session) => look(session, { schemas: spec.schemas, digest: record.digest }),
    (now) => ({ record, spec, expectations, incomparable: incomparable(record, now), reader }),
    closing,
  )
  const ignored = new Set<string>(spec.ignore)
  const versions = { was: record.version, is: seen.server.version }
  const { differences, better, hidden } = differencesOf(
    record.objects,
    asBefore(seen.objects, renamesOf(spec.expected)),
    versions,
  )
  const unexpected = differences.filter(
    ({ finding, kind, name }) => !ignored.has(kind) && !expectations.covers(`${VERBS[finding]} ${kind}`, name),
  )
  const findings = [
    ...unexpected.map(findingOf),
    ...largeObjects(record, seen),
    ...sequences(record, seen, spec),
    ...content.findings,
  ]
  const rows = await rowsFound(reader, record, content, part)
  const observation = observationOf({ record, seen, spec, expectations, findings, content, better, hidden, rows })
  return { findings, rows, observation }
}

/** Undefined where the record lists no rows. */
async function rowsFound(
  { scratch, signal, report }: Reader,
  { tables }: DatabaseRecord,
  { rowsNow }: ContentFound,
  part: Part,
): Promise<RowDifferences | undefined> {
  const listed = listedIn(tables)
  if (listed.length === 0) return undefined
  if (part === undefined) throw new CheckError('the record lists rows, and they are not in it')
  report({ stage: 'comparing rows', done: 0, total: rowsNow.size, unit: 'tables' })
  return rowDifferences({ part: part(), listed, now: rowsNow, scratch, signal })
}

function assertSameSchemas(record: DatabaseRecord, spec: ChangedSinceSpec): void {
  const recorded = record.schemas?.toSorted().join(', ')
  if (recorded === spec.schemas?.toSorted().join(', ')) return
  throw new CheckError(
    `the record was taken of ${recorded === undefined ? 'all schemas' : `the schemas ${recorded}`}, and this check is about others`,
    {
      at: { path: spec.schemas === undefined ? ['connection'] : ['schemas'] },
      hint: 'take the record with the same check file',
    },
  )
}

const VERBS = { vanished: 'dropped', appeared: 'added', changed: 'changed', sizes_differ: 'changed' } as const

function findingOf({ finding, kind, name, was, is, reason }: Difference): Finding {
  const definition = (text: string | null | undefined) => (text == null || text === '' ? {} : { is: text })
  return {
    finding,
    key: `${kind} ${name}`,
    ...(finding === 'appeared' ? {} : { expected: definition(was) }),
    ...(finding === 'vanished' ? {} : { actual: definition(is) }),
    ...(reason === undefined ? {} : { reason }),
  }
}

/** Why this server's hashes say nothing of those in the record. */
function incomparable(record: DatabaseRecord, { vectors, server }: Seen): string | undefined {
  const again = 'take the record again with `digest: portable`'
  if (record.digest === 'record' && Object.keys(vectors).length === 0)
    return `this server does not have the hash of rows the record was taken with: ${again}`
  if (record.digest === 'record' && record.encoding !== server.encoding)
    return `texts are kept in other bytes here (${server.encoding}, then ${record.encoding}): ${again}`
  const unlike = unlikeVectors(record.vectors, vectors)
  if (unlike.length === 0) return undefined
  return `this server hashes values we know otherwise (${listWords(unlike.slice(0, 3))}), so its hashes of rows cannot be compared: ${record.digest === 'record' ? again : 'compare with the source itself, by a check of kind compare'}`
}

function largeObjects({ large_objects: was }: DatabaseRecord, { large_objects: is }: Seen): readonly Finding[] {
  const bytes = was.bytes !== null && is.bytes !== null && was.bytes !== is.bytes
  if (was.count === is.count && !bytes) return []
  const facts = (of: typeof was) => ({ count: of.count, ...(bytes ? { size: of.bytes } : {}) })
  return [{ finding: 'changed', key: 'large objects', expected: facts(was), actual: facts(is) }]
}

function sequences(record: DatabaseRecord, seen: Seen, { expected }: ChangedSinceSpec): readonly Finding[] {
  const renames = renamesOf(expected)
  return Object.entries(record.sequences).flatMap(([name, was]): readonly Finding[] => {
    const is = seen.sequences[renames.find(({ from }) => from === name)?.to ?? name]
    if (is === undefined) return []
    if (!was.readable || !is.readable) {
      const when = was.readable ? 'it may not be read' : 'it could not be read when it was recorded'
      return [{ finding: 'unverifiable', key: `sequence ${name}`, reason: when }]
    }
    if (was.last === null || (is.last !== null && !isBehind(is.last, was.last, was.increment))) return []
    const now = is.last === null ? 'never used' : is.last
    return [
      { finding: 'sequences_behind', key: `sequence ${name}`, expected: { last: was.last }, actual: { last: now } },
    ]
  })
}

function isBehind(is: string, was: string, increment: string): boolean {
  return BigInt(increment) > 0n ? BigInt(is) < BigInt(was) : BigInt(is) > BigInt(was)
}

interface ToTell {
  readonly record: DatabaseRecord
  readonly seen: Seen
  readonly spec: ChangedSinceSpec
  readonly expectations: Expectations
  readonly findings: readonly Finding[]
  readonly content: ContentFound
  readonly better: readonly string[]
  readonly hidden: readonly string[]
  readonly rows: RowDifferences | undefined
}

const CLASSES = [
  ...['vanished', 'appeared', 'changed', 'rows_differ', 'content_differs'],
  ...['sequences_behind', 'unverifiable', 'sizes_differ'],
] as const

function observationOf(told: ToTell): Observation {
  const { record, findings, content, expectations, spec, seen, rows } = told
  const objects = Object.values(record.objects).reduce((sum, names) => sum + Object.keys(names).length, 0)
  const of = (name: string) => findings.filter(({ finding }) => finding === name).length
  return {
    subjects: {
      ...(rows?.counts ?? noRows(spec)),
      tables: content.tables,
      rows: content.rows,
      objects,
      ...Object.fromEntries(CLASSES.map((name) => [name, of(name)])),
      expected: expectations.seen(),
    },
    method: record.digest === 'record' ? 'hash of rows' : 'SHA-256 of rows as text',
    notes: [...notes(told), ...standbyNotes(seen.server, spec.connection)],
  }
}

function noRows({ level }: ChangedSinceSpec): Observation['subjects'] {
  const unobserved = level === 'row' ? 'the record was not taken with `level: row`' : NO_ROW_LEVEL
  return Object.fromEntries(ROW_CLASSES.map((name) => [name, { unobserved }]))
}

const MOST = 10

function notes({ record, seen, expectations, content, better, hidden, spec }: ToTell): readonly string[] {
  const unseen = expectations.unseen().map(({ change, object }) => `${change} ${object}`)
  const leftOut = Object.entries(record.tables).flatMap(([name, entry]) =>
    'unread' in entry ? [] : entry.left_out.map((column) => `${name}.${column}`),
  )
  const list = (names: readonly string[]) =>
    names.length > MOST
      ? `${listWords(names.slice(0, MOST))} and ${formatNumber(names.length - MOST)} more`
      : listWords(names)
  const major = (version: number) => Math.floor(version / 10_000)
  return [
    ...(record.version === seen.server.version
      ? []
      : [`from PostgreSQL ${major(record.version)} to ${major(seen.server.version)}`]),
    ...(record.system !== null && record.system === seen.system
      ? ['this is the server the record was taken of, or a physical copy of it']
      : []),
    ...(expectations.seen() === 0 ? [] : [`${count(expectations.seen(), 'change')} expected: ${reasons(spec)}`]),
    ...(unseen.length === 0 ? [] : [`expected and not seen: ${list(unseen)}`]),
    ...(content.growing.length === 0 ? [] : [`only counted, for it may grow: ${list(content.growing)}`]),
    ...(better.length === 0 ? [] : [`better than when it was recorded: ${list(better)}`]),
    ...(hidden.length === 0 ? [] : [`settings that the role cannot see any more: ${list(hidden)}`]),
    ...(leftOut.length === 0 ? [] : [`columns that are not compared: ${list(leftOut)}`]),
  ]
}

function reasons({ expected = [] }: ChangedSinceSpec): string {
  return [...new Set(expected.map(({ reason }) => reason))].join('; ')
}
