/** Work on one table of several, after whose failure the sessions can be used for the next. */
import { isOfOneTable, type Sessions } from './sessions.js'

/** The error, where it is of this table alone; any other is thrown. */
export async function guarded<T>(
  sessions: Sessions,
  work: (sessions: Sessions, thing: T) => Promise<void>,
  thing: T,
): Promise<Error | undefined> {
  const both = [...new Set([sessions.source, sessions.target])]
  const all = (text: string): Promise<unknown> => Promise.all(both.map((session) => session.query({ text })))
  // Rolled back also where all went well: a server has room for so many locks, and those on tables that are done with are
  // given back by nothing else.
  const leave = async (): Promise<void> => {
    await all('ROLLBACK TO SAVEPOINT postflight_table')
    await all('RELEASE SAVEPOINT postflight_table')
  }
  await all('SAVEPOINT postflight_table')
  try {
    await work(sessions, thing)
  } catch (error) {
    if (!(error instanceof Error && isOfOneTable(error))) throw error
    await leave()
    return error
  }
  await leave()
  return undefined
}
