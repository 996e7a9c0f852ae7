/** Work on one table of several in both databases. */
import { guarded as guardedIn } from '../guarded.js'
import { type Sessions, sessionsIn } from './sessions.js'

/** The error, where it is of this table alone; any other is thrown. */
export function guarded<T>(
  sessions: Sessions,
  work: (sessions: Sessions, thing: T) => Promise<void>,
  thing: T,
): Promise<Error | undefined> {
  return guardedIn(sessionsIn(sessions), () => work(sessions, thing))
}
