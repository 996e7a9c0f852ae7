/** The tables of a database read by several sessions at once, all of which see it as it was at one moment. */
import type { PostgresSource, Session } from '../../postgres/source.js'
import { exportedBy, inLanes, type Lanes, lanesFor } from '../lanes.js'
import type { Report } from '../reporting.js'

/** What reading a database takes. */
export interface Reader {
  readonly source: PostgresSource
  readonly signal: AbortSignal
  readonly timeoutMs: number
  readonly report: Report
  /** A directory for what is sorted. */
  readonly scratch: string
}

/** Names are found in `pg_catalog` alone, whatever role or database has set. */
export function inSessions<T>(
  { source, signal, timeoutMs }: Reader,
  todo: Pick<Lanes<Session, T, string>, 'prepare' | 'work' | 'failed'>,
): Promise<void> {
  return inLanes<Session, T, string>({
    ...todo,
    signal,
    limits: [source.access.spec.limit],
    open: (how, use) =>
      source.withSession({ signal: how.signal, timeoutMs, snapshot: how.shared }, async (session) => {
        await session.query({ text: "SELECT pg_catalog.set_config('search_path', '', true)" })
        return use(session)
      }),
    sessionsOf: (session) => [session],
    share: exportedBy,
  })
}

/** How many there can be. */
export function lanesOf({ source }: Pick<Reader, 'source'>): number {
  return lanesFor([source.access.spec.limit])
}
