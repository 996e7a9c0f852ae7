/** A PostgreSQL connection of a check file: opened when first used, a limited number of sessions, all read-only. */
import type { PostgresSpec } from '../connections/schema.js'
import { type ErrorContext, explainError, stopped } from './explain-error.js'
import { watchClient } from './lease.js'
import type { Env } from './libpq-files.js'
import { type OpenedClient, openClient } from './open-client.js'
import { createSession } from './session.js'
import { resolveSettings, type Settings } from './settings.js'
import { PostgresError, type PostgresSource, type SessionOptions } from './source.js'
import { beginReadOnly, endReadOnly } from './transaction.js'
import { createTurnstile } from './turnstile.js'

export interface OpenPostgresOptions {
  /** For PG* variables, HOME and the files libpq reads. */
  readonly env: Env
  /** Shown in pg_stat_activity: `postflight/<version>`. */
  readonly version: string
  /** `--show-data`: messages and details of server errors are not masked. */
  readonly showData?: boolean | undefined
}

/** How long ROLLBACK and a goodbye may take. */
const GOODBYE_MS = 2000

/** Connects to nothing yet, and never throws: a wrong configuration is the error of the first session. */
export function openPostgres(name: string, spec: PostgresSpec, options: OpenPostgresOptions): PostgresSource {
  const turnstile = createTurnstile(spec.limit)
  const idle: OpenedClient[] = []
  const settings = once(() => resolveSettings(spec, options.env))
  const label = labelOf(name, settings)
  let closed = false

  const open = async ({ signal, onStep }: SessionOptions): Promise<OpenedClient> => {
    const { user, database } = settings()
    const context: ErrorContext = { label, user, database, showData: options.showData }
    return openClient(settings(), {
      env: options.env,
      applicationName: `postflight/${options.version}`,
      context,
      signal,
      onStep,
    })
  }

  /** A transaction on an idle connection, else on a new one. An idle one may have died unnoticed. */
  const begin = async (asked: SessionOptions) => {
    const { signal, timeoutMs } = asked
    for (;;) {
      const reused = idle.pop()
      if (reused !== undefined) asked.onStep?.('response')
      const opened =
        reused ??
        (await open(asked).catch((error: unknown) => {
          throw signal.aborted ? stopped(signal) : error
        }))
      const lease = watchClient(opened, signal)
      try {
        const server = await lease.exclusive(() =>
          beginReadOnly(opened.client, {
            statementTimeoutMs: timeoutMs === undefined ? 0 : timeoutMs + 1000,
            lockTimeoutMs: spec.lock_timeout,
            searchPath: spec.search_path,
            snapshot: asked.snapshot,
          }),
        )
        return { opened, lease, server }
      } catch (error) {
        await lease.release()
        await disconnect(opened)
        if (signal.aborted) throw stopped(signal)
        if (reused === undefined) throw explainError(error, { label, showData: options.showData })
      }
    }
  }

  return {
    label,
    access: { label, spec, env: options.env },
    withSession: async (asked, use) => {
      const { signal } = asked
      if (closed) throw new Error(`${label} is closed`)
      const leave = await turnstile.enter(signal, () => waitedInVain(label, spec.limit, signal))
      try {
        const { opened, lease, server } = await begin(asked)
        const { user, database } = settings()
        const context = { label, user, database, showData: options.showData }
        try {
          return await use(createSession({ ...lease, client: opened.client, server, context, signal }))
        } finally {
          await lease.release()
          if (lease.tainted() || closed || !(await ended(opened))) await disconnect(opened)
          else idle.push(opened)
        }
      } finally {
        leave()
      }
    },
    close: async () => {
      closed = true
      await Promise.all(idle.splice(0).map(disconnect))
    },
  }
}

/** Whether the transaction is over and the connection fit for another. */
async function ended({ client }: OpenedClient): Promise<boolean> {
  const timer = setTimeout(() => client.connection.stream.destroy(), GOODBYE_MS)
  try {
    await endReadOnly(client)
    return true
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}

async function disconnect({ client }: OpenedClient): Promise<void> {
  const timer = setTimeout(() => client.connection.stream.destroy(), GOODBYE_MS)
  await client.end().catch(() => {})
  clearTimeout(timer)
}

function waitedInVain(label: string, limit: number, signal: AbortSignal): PostgresError {
  return new PostgresError(`${label}: no session became free; ${limit} may be open at once`, {
    hint: 'raise `limit` of the connection, or the timeout of the check',
    cause: signal.reason,
  })
}

function labelOf(name: string, settings: () => Settings): string {
  try {
    const { user, hosts, database } = settings()
    const places = hosts.map(({ host, port }) => (host.startsWith('/') ? host : `${host}:${port}`)).join(',')
    return `${name} (${user}@${places}/${database})`
  } catch {
    return name
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
