/** Work on one table of several, after whose failure the sessions can be used for the next. */
import { CheckError } from '../lib/errors.js'
import { PostgresError } from '../postgres/source.js'
import type { SqlSession } from '../sql/source.js'

/** The error, where it is of this table alone; any other is thrown. */
export async function guarded(
  sessions: readonly Pick<SqlSession, 'query'>[],
  work: () => Promise<void>,
): Promise<Error | undefined> {
  const all = (text: string): Promise<unknown> => Promise.all(sessions.map((session) => session.query({ text })))
  // Rolled back also where all went well: a server has room for so many locks, and those on tables that are done with are
  // given back by nothing else.
  const leave = async (): Promise<void> => {
    await all('ROLLBACK TO SAVEPOINT postflight_table')
    await all('RELEASE SAVEPOINT postflight_table')
  }
  await all('SAVEPOINT postflight_table')
  try {
    await work()
  } catch (error) {
    if (!(error instanceof Error && isOfOneTable(error))) throw error
    await leave()
    return error
  }
  await leave()
  return undefined
}

/** Of MySQL: shutting down, killed, out of time or of memory. */
const OF_THE_SERVER: ReadonlySet<number> = new Set([
  1037, 1038, 1040, 1041, 1053, 1077, 1079, 1203, 1317, 1927, 1969, 3024,
])

/** Of a table, or of what was asked of it: a server that is gone or full, or a bug, is of more than that. */
export function isOfOneTable(error: unknown): boolean {
  if (!(error instanceof CheckError)) return false
  if ('code' in error && typeof error.code === 'number') return !OF_THE_SERVER.has(error.code)
  if (!(error instanceof PostgresError)) return error.name !== 'MysqlError'
  return error.code !== undefined && /^(?!08|25|53|57)[0-9A-Z]{5}$/.test(error.code)
}
