/** A MySQL or MariaDB connection of a check file: a limited number of sessions, each on its own connection, read-only. */
import type { Connection } from 'mysql2'
import type { MysqlSpec } from '../connections/schema.js'
import type { SessionOptions } from '../postgres/source.js'
import { createTurnstile } from '../postgres/turnstile.js'
import type { SqlSource } from '../sql/source.js'
import { type ErrorContext, explainError, MysqlError, stopped } from './explain-error.js'
import { type OpenOptions, openClient } from './open-client.js'
import { createSession, type MysqlSession } from './session.js'
import { type MysqlSettings, mysqlSettings, placeOf } from './settings.js'
import { beginReadOnly } from './transaction.js'
import { command } from './wire.js'

export interface MysqlSource extends SqlSource {
  readonly withSession: <T>(options: SessionOptions, use: (session: MysqlSession) => Promise<T>) => Promise<T>
}

/** How long ending a statement in the server may take, and a goodbye. */
const GOODBYE_MS = 2000

/** Connects to nothing yet, and never throws: a wrong configuration is the error of the first session. */
export function openMysql(
  name: string,
  spec: MysqlSpec,
  { showData = false }: { readonly showData?: boolean | undefined },
): MysqlSource {
  const turnstile = createTurnstile(spec.limit)
  const open = new Set<Connection>()
  const label = labelOf(name, () => mysqlSettings(spec))

  return {
    label,
    limit: spec.limit,
    withSession: async ({ signal, timeoutMs, onStep }, use) => {
      const leave = await turnstile.enter(signal, () => waitedInVain(label, spec.limit, signal))
      try {
        const settings = mysqlSettings(spec)
        const { user, database } = settings
        const context: ErrorContext = { label, user, database, showData }
        const opening = { context, connectTimeoutMs: spec.connect_timeout, signal }
        onStep?.('connect')
        const client = await openClient(settings, opening)
        onStep?.('response')
        open.add(client)
        let stopping: Promise<void> | undefined
        const onAbort = () => {
          stopping = cancel(client, settings, opening)
        }
        signal.addEventListener('abort', onAbort, { once: true })
        try {
          const limits = {
            statementTimeoutMs: timeoutMs === undefined ? 0 : timeoutMs + 1000,
            lockTimeoutMs: spec.lock_timeout,
          }
          const server = await beginReadOnly(client, limits)
          return await use(createSession({ client, server, context, signal }))
        } catch (error) {
          // What went wrong here may be why the signal was aborted.
          throw signal.aborted && error !== signal.reason ? stopped(signal) : explainError(error, context)
        } finally {
          signal.removeEventListener('abort', onAbort)
          await stopping
          open.delete(client)
          await goodbye(client)
        }
      } finally {
        leave()
      }
    },
    close: async () => {
      await Promise.all([...open].map(goodbye))
    },
  }
}

/** What runs is ended in the server, which would otherwise go on with it; then the connection is cut. */
async function cancel(client: Connection, settings: MysqlSettings, opening: OpenOptions): Promise<void> {
  const id = client.threadId
  const limit = AbortSignal.timeout(GOODBYE_MS)
  try {
    const other = await openClient(settings, { ...opening, signal: limit })
    await command(other, `KILL QUERY ${Number(id)}`).catch(() => {})
    other.destroy()
  } catch {
    // Not reached in time: cutting the connection is what is left.
  }
  client.destroy()
}

/** The transaction is rolled back with the connection. */
function goodbye(client: Connection): Promise<void> {
  return new Promise((resolve) => {
    const cut = () => {
      client.destroy()
      resolve()
    }
    const timer = setTimeout(cut, GOODBYE_MS)
    client.end(() => {
      clearTimeout(timer)
      cut()
    })
  })
}

function waitedInVain(label: string, limit: number, signal: AbortSignal): MysqlError {
  return new MysqlError(`${label}: no session became free; ${limit} may be open at once`, {
    hint: 'raise `limit` of the connection, or the timeout of the check',
    cause: signal.reason,
  })
}

function labelOf(name: string, settings: () => MysqlSettings): string {
  try {
    return `${name} (${placeOf(settings())})`
  } catch {
    return name
  }
}
