/** One read-only transaction, as kinds see it. */
import type { Connection } from 'mysql2'
import { CheckError } from '../lib/errors.js'
import { quoteIdentifier } from '../postgres/quote.js'
import type { Column, SqlSession, StreamOptions, UserQuery } from '../sql/source.js'
import { exactly } from './exact-text.js'
import { type ErrorContext, explainError, stopped } from './explain-error.js'
import { onlyKeys, withoutPushing } from './only-keys.js'
import { rowsOf } from './planner.js'
import type { Server } from './transaction.js'
import { describe, run, stream } from './wire.js'
import { PLAIN, wrap } from './wrap.js'

export interface MysqlSession extends SqlSession {
  readonly version: Server
}

export interface SessionDeps {
  readonly client: Connection
  readonly server: Server
  readonly context: ErrorContext
  readonly signal: AbortSignal
}

export function createSession({ client, server, context, signal }: SessionDeps): MysqlSession {
  const explained = async <T>(query: UserQuery | undefined, use: () => Promise<T>): Promise<T> => {
    try {
      return await use()
    } catch (error) {
      throw failure(error, query)
    }
  }
  const failure = (error: unknown, query: UserQuery | undefined): unknown =>
    signal.aborted ? stopped(signal) : explainError(error, context, query && { path: query.path })

  async function* rows(query: UserQuery, { columns: wanted, only, exact }: StreamOptions) {
    const described = await explained(query, () => describe(client, wrap(query, PLAIN)))
    const names = wanted ?? described.map(({ name }) => name)
    for (const name of names) refuseUnknown(name, described, query)
    // A list of no columns is none in MySQL.
    const list = names.length === 0 ? '1' : names.map(quoteIdentifier).join(', ')
    const column = only && described.find(({ name }) => name === only.column)
    const condition = only && column && onlyKeys(column, only.keys)
    const after = condition === undefined ? PLAIN.after : `${PLAIN.after} WHERE ${condition}`
    const statement = wrap(query, { before: `SELECT ${list} FROM (\n`, after })
    try {
      const check = exact === undefined ? undefined : await exactly(client, query, exact)
      if (condition !== undefined) await withoutPushing(client, server)
      for await (const page of stream(client, statement)) {
        check?.(page, names)
        yield names.length === 0 ? page.map(() => []) : page
      }
    } catch (error) {
      throw failure(error, query)
    }
  }

  return {
    // Whether it follows another is not asked: that takes a right of its own.
    server: { mariadb: server.mariadb, inRecovery: false, now: server.now },
    version: server,
    query: ({ text, values = [] }) => explained(undefined, () => run(client, { text, values })),
    describe: (query) => explained(query, () => describe(client, wrap(query, PLAIN))),
    select: (query, { limit }) =>
      explained(query, () =>
        run(client, wrap(query, { ...PLAIN, after: `${PLAIN.after} LIMIT ${Math.trunc(limit)}` })),
      ),
    count: async (query) => {
      const statement = wrap(query, { before: 'SELECT COUNT(*) FROM (\n', after: PLAIN.after })
      const { rows } = await explained(query, () => run(client, statement))
      return BigInt(rows[0]?.[0] ?? '0')
    },
    estimate: async (query) => {
      // What else is expected differs from server to server, and from version to version.
      const explain = server.mariadb ? 'EXPLAIN EXTENDED ' : 'EXPLAIN '
      const statement = wrap(query, { before: `${explain}${PLAIN.before}`, after: PLAIN.after })
      return { rows: rowsOf(await explained(query, () => run(client, statement))) }
    },
    stream: (query, options = {}) => rows(query, options),
  }
}

function refuseUnknown(name: string, described: readonly Column[], { path }: UserQuery): void {
  if (described.some((column) => column.name === name)) return
  const has = described.map((column) => column.name).join(', ')
  throw new CheckError(`the query has no column "${name}"`, { hint: `it has: ${has}`, at: { path } })
}
