/** One read-only transaction, as kinds see it. Every statement goes through the extended protocol. */
import { CheckError } from '../lib/errors.js'
import { copyOut } from './copy.js'
import { bytesOfHex } from './copy-text.js'
import { type ErrorContext, explainError, stopped } from './explain-error.js'
import { onlyKeys } from './only-keys.js'
import { EXPLAIN, estimateOf } from './planner.js'
import { quoteIdentifier } from './quote.js'
import {
  type Column,
  PostgresError,
  type Row,
  type RowLines,
  type Session,
  type StreamOptions,
  type UserQuery,
} from './source.js'
import { BYTEA } from './type-oids.js'
import { castNames, columnsOf } from './types.js'
import { describe, run, type WireClient, type WireDescription } from './wire.js'
import { PLAIN, type Statement, wrap, wrapWithLiterals } from './wrap.js'

export interface SessionDeps {
  readonly client: WireClient
  readonly server: Session['server']
  readonly context: ErrorContext
  readonly signal: AbortSignal
  /** Runs `use` as the session's one statement; ends it in the server when the signal aborts. */
  readonly exclusive: <T>(use: () => Promise<T>) => Promise<T>
  /** Takes the session's turn for a stream. */
  readonly takeTurn: () => { readonly over: () => void }
  /** Cancels what runs and waits until it has ended; the session cannot be used again. */
  readonly stop: () => Promise<void>
}

export function createSession(deps: SessionDeps): Session {
  const { client, server, context, exclusive } = deps
  // Text of such a database is any bytes; asked for as UTF-8, those that are not are refused by the server.
  const raw = server.encoding === 'SQL_ASCII'

  const failure = (error: unknown, statement: Statement | undefined): unknown => {
    const explained = explainError(error, { ...context, locate: statement?.locate })
    // Whatever the abort made of the statement, the abort is the reason.
    const ended = deps.signal.aborted && explained instanceof PostgresError && explained.code !== undefined
    return ended ? stopped(deps.signal) : explained
  }

  const explained = async <T>(statement: Statement | undefined, use: () => Promise<T>): Promise<T> => {
    try {
      return await use()
    } catch (error) {
      throw failure(error, statement)
    }
  }

  /** The server parses and analyses the plain wrapped query; nothing runs. */
  const analyse = (query: UserQuery): Promise<WireDescription> => {
    const statement = wrap(query, PLAIN)
    return explained(statement, () => describe(client, statement))
  }

  async function* lines(query: UserQuery, { columns, only }: StreamOptions = {}): AsyncGenerator<RowLines, void, void> {
    const turn = deps.takeTurn()
    try {
      // Analysed as a plain query first, not only for its columns. Text that closes our brackets to reach COPY's own
      // grammar (TO PROGRAM, TO a file) closes two; in `SELECT * FROM (…) AS q` there is only one to close, so the
      // server refuses it here, before any COPY is sent. That COPY is then a single statement whose end is ours is the
      // second guard, the read-only transaction the third (COPY TO PROGRAM would pass that one).
      const { fields, params } = await analyse(query)
      const described = distinctColumns(await columnsOf(client, fields), query)
      const wanted = columns === undefined ? described : pick(described, columns, query)
      const list = wanted.map((column) => quoteIdentifier(column.name)).join(', ')
      const around = copyAround(list, conditionOf(wanted, only, server))
      const statement = wrapWithLiterals(query, around, await castNames(client, params))
      const bytea = wanted.map((column) => column.oid === BYTEA)
      try {
        if (raw) await setClientEncoding(client, 'SQL_ASCII')
        yield* copyOut(client, statement.text, { bytea, signal: deps.signal, abandon: deps.stop })
        if (raw) await setClientEncoding(client, 'UTF8')
      } catch (error) {
        throw failure(error, statement)
      }
    } finally {
      turn.over()
    }
  }

  const read = async (statement: Statement) => {
    const { fields, rows } = await explained(statement, () => run(client, statement))
    const columns = await columnsOf(client, fields)
    return { columns, rows: decodeBytea(columns, rows) }
  }

  return {
    server,
    query: ({ text, values }) =>
      exclusive(async () => {
        const { fields, rows } = await explained(undefined, () => run(client, { text, values }))
        const columns = await columnsOf(client, fields)
        return { columns, rows: decodeBytea(columns, rows) }
      }),
    describe: (query) => exclusive(async () => columnsOf(client, (await analyse(query)).fields)),
    select: (query, { limit }) =>
      exclusive(() => read(wrap(query, { before: PLAIN.before, after: `${PLAIN.after} LIMIT ${Math.trunc(limit)}` }))),
    composed: (text, { pick, limit }) =>
      exclusive(() =>
        explained(undefined, async () => {
          // What closes our bracket and goes on is no single statement, and the extended protocol takes no other.
          const { fields } = await describe(client, { text: `${PLAIN.before}${text}${PLAIN.after}` })
          const columns = pick(await columnsOf(client, fields))
          const list = columns.map((column) => quoteIdentifier(column.name)).join(', ')
          const asked = `SELECT ${list} FROM (\n${text}${PLAIN.after} LIMIT ${Math.trunc(limit)}`
          const { rows } = await run(client, { text: asked })
          return { columns, rows: decodeBytea(columns, rows) }
        }),
      ),
    count: (query) =>
      exclusive(async () => {
        const statement = wrap(query, { before: 'SELECT pg_catalog.count(*) FROM (\n', after: '\n) AS q' })
        const { rows } = await read(statement)
        return BigInt(rows[0]?.[0] ?? '0')
      }),
    estimate: (query) => exclusive(async () => estimateOf((await read(wrap(query, EXPLAIN))).rows)),
    stream: async function* (query, options) {
      for await (const page of lines(query, options)) yield page.rows()
    },
    lines,
  }
}

async function setClientEncoding(client: WireClient, encoding: string): Promise<void> {
  await run(client, { text: "SELECT pg_catalog.set_config('client_encoding', $1, true)", values: [encoding] })
}

function conditionOf(wanted: readonly Column[], only: StreamOptions['only'], server: Session['server']) {
  const column = wanted.find(({ name }) => name === only?.column)
  return only === undefined || column === undefined ? undefined : onlyKeys(column, only.keys, server)
}

/**
 * The condition is kept out of the query by OFFSET 0, so that the server runs it as it does for all rows: moved inside,
 * it could choose other rows (DISTINCT ON a type for which `A` is `a`), or let an expression see rows it was to be kept from.
 */
function copyAround(list: string, condition: string | undefined) {
  const rows = { before: `SELECT ${list} FROM (\n`, after: '\n) AS q' }
  if (condition === undefined) return { before: `COPY (${rows.before}`, after: `${rows.after}) TO STDOUT` }
  return {
    before: `COPY (SELECT ${list} FROM (${rows.before}`,
    after: `${rows.after} OFFSET 0) AS q WHERE ${condition}) TO STDOUT`,
  }
}

function decodeBytea(columns: readonly Column[], rows: readonly Row[]): readonly Row[] {
  if (!columns.some((column) => column.oid === BYTEA)) return rows
  return rows.map((row) =>
    row.map((cell, index) => (cell !== null && columns[index]?.oid === BYTEA ? bytesOfHex(cell) : cell)),
  )
}

function distinctColumns(columns: readonly Column[], query: UserQuery): readonly Column[] {
  const names = columns.map((column) => column.name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice === undefined) return columns
  throw new CheckError(`two columns of the query are called "${twice}"`, {
    hint: 'give one of them another name with AS',
    at: { path: query.path },
  })
}

function pick(described: readonly Column[], names: readonly string[], query: UserQuery): readonly Column[] {
  return names.map((name) => {
    const column = described.find((one) => one.name === name)
    if (column !== undefined) return column
    const has = described.map((one) => one.name).join(', ')
    throw new PostgresError(`the query has no column "${name}"`, { hint: `it has: ${has}`, at: { path: query.path } })
  })
}
