import { CheckError } from '../../lib/errors.js'
import { quoteName } from '../../postgres/quote.js'
import type { UserQuery } from '../../postgres/source.js'
import type { Check, Context, Observation, Sighting } from '../kind.js'
import { standbyNotes } from '../standby.js'
import type { RowsSpec } from './kind.js'

export async function* observe(check: Check<RowsSpec>, context: Context): AsyncGenerator<Sighting, Observation, void> {
  const source = context.connections.postgres(check.spec.connection)
  const query = countedRows(check.spec)
  const options = { signal: context.signal, timeoutMs: check.timeoutMs }
  const { count, notes } = await source.withSession(options, async (session) => ({
    count: await session.count(query),
    notes: standbyNotes(session.server, check.spec.connection),
  }))
  return { subjects: { count: count <= Number.MAX_SAFE_INTEGER ? Number(count) : count }, method: 'count', notes }
}

function countedRows({ table, where, params }: RowsSpec): UserQuery {
  const name = quoteName(table)
  if (name === undefined) throw new CheckError(`"${table}" is not the name of a table`, { at: { path: ['table'] } })
  return {
    sql: where ?? 'true',
    params,
    path: [where === undefined ? 'table' : 'where'],
    around: { before: `SELECT FROM ${name} WHERE (\n`, after: '\n)', path: ['table'] },
  }
}
