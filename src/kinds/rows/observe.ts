import { CheckError } from '../../lib/errors.js'
import type { Check, Context, Observation, Sighting } from '../kind.js'
import { standbyNotes } from '../standby.js'
import type { RowsSpec } from './kind.js'
import { countedRows } from './query.js'

export async function* observe(check: Check<RowsSpec>, context: Context): AsyncGenerator<Sighting, Observation, void> {
  const source = context.connections.sql(check.spec.connection)
  const query = countedRows(check.spec)
  if (query === undefined) {
    throw new CheckError(`"${check.spec.table}" is not the name of a table`, { at: { path: ['table'] } })
  }
  const options = { signal: context.signal, timeoutMs: check.timeoutMs }
  const { count, notes } = await source.withSession(options, async (session) => ({
    count: await session.count(query),
    notes: standbyNotes(session.server, check.spec.connection),
  }))
  return { subjects: { count: count <= Number.MAX_SAFE_INTEGER ? Number(count) : count }, method: 'count', notes }
}
