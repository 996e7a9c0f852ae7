/** Takes a record of a database, or holds the database against it. Judges nothing, writes nothing. */
import { CheckError } from '../../lib/errors.js'
import { count } from '../../lib/text.js'
import type { Json } from '../../lib/value.js'
import type { Observation, Observe } from '../kind.js'
import { reporting } from '../reporting.js'
import { type Held, holdAgainst } from './hold.js'
import { type DatabaseRecord, readDatabaseRecord } from './record.js'
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
  const held = yield* reporting(context.signal, async (report, signal): Promise<Held> => {
    const reader = { source, signal, timeoutMs, report }
    if (was !== undefined) return holdAgainst(reader, was, spec)
    return { findings: [], observation: taken(await takeRecord(reader, spec)) }
  })
  for (let at = 0; at < held.findings.length; at += PAGE)
    yield { type: 'findings', findings: held.findings.slice(at, at + PAGE) }
  return held.observation
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
