import { CheckError } from '../../lib/errors.js'
import { scalarOf } from '../../postgres/scalar.js'
import { throughSession } from '../../postgres/through-session.js'
import type { Column, SqlSession, SqlSource } from '../../sql/source.js'
import { toldOf } from '../fix-column.js'
import type { Check, Context, Finding, Observation, Sighting } from '../kind.js'
import { standbyNotes } from '../standby.js'
import { examine } from './examine.js'
import type { SqlSpec } from './kind.js'
import { askedQuery } from './query.js'

const SHOWN_BY_FLAG = 5

export async function* observe(check: Check<SqlSpec>, context: Context): AsyncGenerator<Sighting, Observation, void> {
  const source = context.connections.sql(check.spec.connection)
  if (check.spec.violations === undefined) return readValue(check, context, source)
  const options = { signal: context.signal, timeoutMs: check.timeoutMs }
  return yield* throughSession(source, options, (session) => violations(check, context, session))
}

/**
 * Every row is a finding, so that the findings file and the count agree whatever their number. Only the first
 * `show.limit` carry values, for a report is no copy of the table; the statement that mends it each has.
 */
async function* violations(
  { spec }: Check<SqlSpec>,
  { showData }: Context,
  session: SqlSession,
): AsyncGenerator<Sighting, Observation, void> {
  const examined = await examine(spec, session)
  if (examined.skip !== undefined) return examined
  const query = askedQuery(spec)
  const described = await session.describe(query)
  const names = spec.show?.columns ?? (showData ? described.map((column) => column.name) : [])
  const limit = spec.show?.limit ?? SHOWN_BY_FLAG
  let count = 0
  for await (const rows of session.stream(query, { columns: names })) {
    const columns = names.map((name) => described.find((column) => column.name === name) ?? unknownColumn(name))
    const first = count
    const findings = rows.map(
      (row, index): Finding => ({ finding: 'violations', ...toldOf(row, columns, first + index < limit) }),
    )
    count += rows.length
    yield { type: 'findings', findings }
    yield { type: 'progress', done: count, unit: 'rows' }
  }
  return {
    ...examined,
    subjects: { ...examined.subjects, violations: count },
    method: 'copy',
    notes: standbyNotes(session.server, spec.connection),
  }
}

/** Only for the types: the stream has already refused a name the query does not have. */
function unknownColumn(name: string): Column {
  return { name, oid: 0, type: 'unknown' }
}

async function readValue(
  { spec, timeoutMs }: Check<SqlSpec>,
  { signal }: Context,
  source: SqlSource,
): Promise<Observation> {
  const at = { path: ['sql'] }
  if (spec.sql === undefined) throw new CheckError('the check has no query', { at })
  const query = askedQuery(spec)
  const { columns, rows, notes, examined } = await source.withSession({ signal, timeoutMs }, async (session) => {
    const examined = await examine(spec, session)
    const nothing = { columns: [], rows: [] }
    const answer = examined.skip === undefined ? await session.select(query, { limit: 2 }) : nothing
    return { ...answer, examined, notes: standbyNotes(session.server, spec.connection) }
  })
  if (examined.skip !== undefined) return examined
  const [column] = columns
  if (column === undefined || columns.length > 1) {
    throw new CheckError(`the query gives ${columns.length} columns; it must give one`, { at })
  }
  const [row] = rows
  if (row === undefined)
    throw new CheckError('the query gives no row; it must give one', { at, hint: 'use coalesce, or count(*)' })
  if (rows.length > 1) throw new CheckError('the query gives several rows; it must give one', { at })
  const value = scalarOf(row[0] ?? null, column)
  if (value === undefined) throw new CheckError('the value is not a number (NaN or infinite)', { at })
  return { ...examined, subjects: { ...examined.subjects, value }, notes }
}
