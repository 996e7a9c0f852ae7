/**
 * A session that is not read-only: for `src/writes/` alone, behind its door. Statements are constant text of ours; what
 * they are about is bound, or quoted where the protocol cannot bind.
 */
import { explainError, stopped } from './explain-error.js'
import { openClient } from './open-client.js'
import { resolveSettings } from './settings.js'
import type { PostgresAccess } from './source.js'
import { run } from './wire.js'

const GOODBYE_MS = 2000

export interface WritingOptions {
  readonly signal: AbortSignal
  /** Shown among the sessions of the server, by which they can be found. */
  readonly applicationName: string
}

/** One statement; the rows are text. */
export type Write = (text: string, values?: readonly string[]) => Promise<readonly (readonly (string | null)[])[]>

/** In the database that the connection names. Errors: PostgresError. */
export async function withWritingSession<T>(
  { label, spec, env }: PostgresAccess,
  { signal, applicationName }: WritingOptions,
  use: (write: Write) => Promise<T>,
): Promise<T> {
  const settings = resolveSettings(spec, env)
  const context = { label, user: settings.user, database: settings.database }
  const { client } = await openClient(settings, { env, applicationName, context, signal })
  const cut = () => client.connection.stream.destroy()
  signal.addEventListener('abort', cut, { once: true })
  try {
    return await use(async (text, values = []) => {
      try {
        const { rows } = await run(client, { text, values })
        return rows as readonly (readonly (string | null)[])[]
      } catch (error) {
        throw signal.aborted ? stopped(signal) : explainError(error, context)
      }
    })
  } finally {
    signal.removeEventListener('abort', cut)
    if (signal.aborted) cut()
    else {
      const impatience = setTimeout(cut, GOODBYE_MS)
      await client.end().catch(() => undefined)
      clearTimeout(impatience)
    }
  }
}
