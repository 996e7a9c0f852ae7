/**
 * The only way to write rows: one statement of a check file in one short transaction on a connection of its own, apart
 * from the read-only sessions. For `src/writes` alone, which asks for the flag first.
 */
import type { PostgresSpec } from '../connections/schema.js'
import { CheckError } from '../lib/errors.js'
import { checkSql } from '../lib/sql-lex-check.js'
import type { OpenPostgresOptions } from './connect.js'
import { type ErrorContext, explainError, stopped } from './explain-error.js'
import { openClient } from './open-client.js'
import { resolveSettings } from './settings.js'
import type { UserQuery } from './source.js'
import { inert, run, send, submit, type WireClient, type WireStatement } from './wire.js'
import { wrap } from './wrap.js'

export interface WriteOptions {
  readonly signal: AbortSignal
  /** The server ends the statement after it, and a lock is not waited for longer. */
  readonly timeoutMs: number
}

export interface PostgresWriter {
  /** Number of rows the statement wrote or gave; committed when this resolves. Errors: PostgresError, CheckError. */
  readonly write: (statement: UserQuery, options: WriteOptions) => Promise<number>
}

/** Connects to nothing yet. */
export function openWriter(name: string, spec: PostgresSpec, options: OpenPostgresOptions): PostgresWriter {
  return {
    write: async (query, { signal, timeoutMs }) => {
      const problem = checkSql(query.sql, query.params, 'statement')[0]
      if (problem !== undefined) {
        throw new CheckError(problem.message, { hint: problem.hint, at: { path: query.path, offset: problem.offset } })
      }
      const settings = resolveSettings(spec, options.env)
      const { user, database } = settings
      const context: ErrorContext = { label: name, user, database, showData: options.showData }
      const applicationName = `postflight/${options.version}`
      const { client } = await openClient(settings, { env: options.env, applicationName, context, signal })
      const cut = () => client.connection.stream.destroy()
      signal.addEventListener('abort', cut, { once: true })
      // Sent as it stands: nothing is put around it, and the protocol takes one statement alone.
      const statement = wrap({ ...query, around: { before: '', after: '' } }, { before: '', after: '' })
      try {
        return await inTransaction(client, statement, { timeoutMs, searchPath: spec.search_path })
      } catch (error) {
        throw signal.aborted ? stopped(signal) : explainError(error, { ...context, locate: statement.locate })
      } finally {
        signal.removeEventListener('abort', cut)
        await client.end().catch(() => cut())
      }
    },
  }
}

async function inTransaction(
  client: WireClient,
  statement: WireStatement,
  { timeoutMs, searchPath }: { readonly timeoutMs: number; readonly searchPath: string | undefined },
): Promise<number> {
  await run(client, { text: 'BEGIN READ WRITE' })
  await run(client, {
    text: `SELECT pg_catalog.set_config('statement_timeout', $1, true), pg_catalog.set_config('lock_timeout', $1, true),
  CASE WHEN $2 <> '' THEN pg_catalog.set_config('search_path', $2, true) END`,
    values: [String(timeoutMs), searchPath ?? ''],
  })
  const rows = await affected(client, statement)
  await run(client, { text: 'COMMIT' })
  return rows
}

function affected(client: WireClient, statement: WireStatement): Promise<number> {
  return new Promise((resolve, reject) => {
    let tag = ''
    submit(client, {
      ...inert,
      submit: (connection) => send(connection, statement, 'run'),
      handleCommandComplete: ({ text }) => {
        tag = text
      },
      handleError: reject,
      handleReadyForQuery: () => resolve(Number(/(\d+)$/.exec(tag)?.[1] ?? 0)),
    })
  })
}
