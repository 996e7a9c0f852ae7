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
  await all('SAVEPOINT postflight_table')
  try {
    await work(sessions, thing)
  } catch (error) {
    if (!(error instanceof Error && isOfOneTable(error))) throw error
    await all('ROLLBACK TO SAVEPOINT postflight_table')
    return error
  }
  await all('RELEASE SAVEPOINT postflight_table')
  return undefined
}
