/** Reads a database as it is at one moment, for a record of it, or to be held against one. */
import { CheckError } from '../../lib/errors.js'
import type { Session } from '../../postgres/source.js'
import { type ObjectSeen, objectsOf, textOf } from './objects.js'
import type { DatabaseRecord, Digest, SequenceEntry } from './record.js'
import { type TableSeen, tablesOf } from './tables.js'
import { vectorsOf } from './vectors.js'

export interface Seen {
  readonly server: Session['server']
  readonly system: string | null
  readonly lsn: string | null
  readonly objects: readonly ObjectSeen[]
  readonly sequences: Readonly<Record<string, SequenceEntry>>
  readonly large_objects: DatabaseRecord['large_objects']
  readonly tables: readonly TableSeen[]
  readonly vectors: Readonly<Record<string, string>>
}

const HASHES_RECORDS = 140_000
/** Older ones print numbers with the zeros behind them. */
const TRIMS_NUMBERS = 130_000

/** The fast digest is there from PostgreSQL 14 on. */
export function digestFor(asked: 'auto' | 'portable', version: number): Digest {
  return asked === 'auto' && version >= HASHES_RECORDS ? 'record' : 'portable'
}

/** Expects an empty search_path. */
export async function look(
  session: Session,
  { schemas, digest }: { readonly schemas: readonly string[] | undefined; readonly digest: Digest },
): Promise<Seen> {
  const { server } = session
  if (server.version < TRIMS_NUMBERS)
    throw new CheckError('this server is too old for a record; PostgreSQL 13 and newer have what it takes')
  const objects = await objectsOf(session, schemas)
  // A digest that this server cannot make is told apart by the vectors it lacks.
  const able = digest === 'portable' || server.version >= HASHES_RECORDS
  return {
    server,
    ...(await placeOf(session)),
    objects,
    sequences: await sequencesOf(session, schemas),
    large_objects: await largeObjectsOf(session),
    tables: await tablesOf(session, schemas),
    vectors: able ? await vectorsOf(session, digest) : {},
  }
}

async function placeOf(session: Session): Promise<Pick<Seen, 'system' | 'lsn'>> {
  const lsn = session.server.inRecovery ? 'pg_last_wal_replay_lsn()' : 'pg_current_wal_lsn()'
  const may = await session.query({
    text: `SELECT has_function_privilege('pg_control_system()', 'EXECUTE'), has_function_privilege('${lsn}', 'EXECUTE')`,
  })
  const [system, log] = may.rows[0] ?? []
  const { rows } = await session.query({
    text: `SELECT ${system === 't' ? '(SELECT system_identifier FROM pg_control_system())::text' : 'NULL'}, ${log === 't' ? `${lsn}::text` : 'NULL'}`,
  })
  return { system: rows[0]?.[0] ?? null, lsn: rows[0]?.[1] ?? null }
}

/** Asked by oid: by its name, a sequence in a schema that the role has no way into is an error. */
const SEQUENCES = `SELECT format('%I.%I', schemaname, sequencename), last_value::text, increment_by::text,
  has_sequence_privilege(c.oid, 'SELECT, USAGE')
FROM pg_sequences JOIN pg_namespace n ON nspname = schemaname JOIN pg_class c ON relnamespace = n.oid AND relname = sequencename
WHERE $1::jsonb IS NULL OR schemaname IN (SELECT jsonb_array_elements_text($1::jsonb))`

async function sequencesOf(
  session: Session,
  schemas: readonly string[] | undefined,
): Promise<Readonly<Record<string, SequenceEntry>>> {
  const { rows } = await session.query({
    text: SEQUENCES,
    values: [schemas === undefined ? null : JSON.stringify(schemas)],
  })
  return Object.fromEntries(
    rows.map(([name, last, increment, readable]) => [
      textOf(name ?? ''),
      { last: last ?? null, increment: increment ?? '1', readable: readable === 't' },
    ]),
  )
}

/** How many anybody may know; what is in them, whoever may read all of them. */
async function largeObjectsOf(session: Session): Promise<DatabaseRecord['large_objects']> {
  const { rows } = await session.query({
    text: "SELECT (SELECT count(*) FROM pg_largeobject_metadata)::text, has_table_privilege('pg_largeobject', 'SELECT')",
  })
  const [count, readable] = rows[0] ?? []
  if (readable !== 't') return { count: Number(count), bytes: null }
  const bytes = await session.query({ text: 'SELECT coalesce(sum(octet_length(data)), 0)::text FROM pg_largeobject' })
  return { count: Number(count), bytes: Number(bytes.rows[0]?.[0] ?? 0) }
}
