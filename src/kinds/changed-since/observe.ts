/** Takes a record of a database, or holds the database against it. Judges nothing, writes nothing. */
import { CheckError } from '../../lib/errors.js'
import { keyToJson } from '../../lib/key.js'
import { count } from '../../lib/text.js'
import type { Json } from '../../lib/value.js'
import type { Finding, Observation, Observe, Sighting } from '../kind.js'
import { reporting } from '../reporting.js'
import { type Held, holdAgainst } from './hold.js'
import { type DatabaseRecord, readDatabaseRecord } from './record.js'
import { ROW_CLASSES } from './row-classes.js'
import type { RowDifferences } from './row-differences.js'
import type { ChangedSinceSpec } from './schema.js'
import { takeRecord } from './take.js'

const PAGE = 500

export const observe: Observe<ChangedSinceSpec> = async function* (check, context) {
  const { spec, timeoutMs } = check
  const { record = { missing: 'no baseline was given (--baseline FILE, or --no-baseline)' } } = context
  if ('dropped' in record) return { subjects: {}, skip: `nothing to hold it against: ${record.dropped}` }
  if ('missing' in record)
    throw new CheckError(record.missing, { hint: 'postflight snapshot -o before.snapshot, before the migration' })
  const was = 'take' in record ? undefined : readDatabaseRecord(record.kept)
  if (!('take' in record) && was === undefined)
    throw new CheckError('what the baseline holds of this check is of a form this postflight does not know')
  const source = context.connections.postgres(spec.connection)
  const { scratch } = context
  const held = yield* reporting(context.signal, async (report, signal): Promise<Held> => {
    const reader = { source, signal, timeoutMs, report, scratch }
    if ('kept' in record && was !== undefined) return holdAgainst(reader, was, spec, record.part)
    if (!('take' in record)) throw new Error('a record is taken, or held against')
    const part = { path: record.part, holdsSecret: record.holdsSecret }
    return { findings: [], observation: taken(await takeRecord(reader, spec, part)) }
  })
  for (let at = 0; at < held.findings.length; at += PAGE)
    yield { type: 'findings', findings: held.findings.slice(at, at + PAGE) }
  if (held.rows !== undefined) yield* rowsOf(held.rows)
  return held.observation
}

async function* rowsOf({ rows }: RowDifferences): AsyncGenerator<Sighting, void, void> {
  try {
    for (const [index, finding] of ROW_CLASSES.entries()) {
      let findings: Finding[] = []
      for await (const page of rows.read()) {
        for (const { key, rest } of page) if (rest === String(index)) findings.push({ finding, ...keyToJson(key) })
        if (findings.length < PAGE) continue
        yield { type: 'findings', findings }
        findings = []
      }
      if (findings.length > 0) yield { type: 'findings', findings }
    }
  } finally {
    await rows.close()
  }
}

function taken(record: DatabaseRecord): Observation {
  const entries = Object.entries(record.tables)
  const read = entries.flatMap(([, entry]) => ('unread' in entry ? [] : [entry]))
  const unread = entries.flatMap(([name, entry]) => ('unread' in entry ? [name] : []))
  const rows = read.reduce((sum, entry) => sum + entry.rows, 0)
  const objects = Object.values(record.objects).reduce((sum, names) => sum + Object.keys(names).length, 0)
  return {
    subjects: {
      tables: entries.length,
      objects,
      rows:
        unread.length === 0
          ? rows
          : {
              unobserved: `${count(unread.length, 'table')} could not be read whole: ${unread.slice(0, 3).join(', ')}`,
            },
    },
    kept: record as unknown as Json,
    skip: 'it is recorded, and held against nothing yet',
  }
}
