/** What kinds see of a PostgreSQL connection. Types only, so that nothing here loads `pg`. */
import type { PostgresSpec } from '../connections/schema.js'
import { CheckError, type CheckErrorOptions } from '../lib/errors.js'
import type { Key } from '../lib/key.js'
import type { Scalar } from '../lib/value.js'

/** SQL a check file gives. It is wrapped, never interpolated; `:name` is a parameter. */
export interface UserQuery {
  readonly sql: string
  readonly params?: Readonly<Record<string, Scalar | readonly Scalar[]>> | undefined
  /** Path of the SQL text in its check, so that a server error can be shown at its line. */
  readonly path: readonly (string | number)[]
  /**
   * SQL of our own before and behind it, where the check file gives a condition rather than a query. `path` says which
   * field of the check an error in `before` is about.
   */
  readonly around?:
    | { readonly before: string; readonly after: string; readonly path?: readonly (string | number)[] | undefined }
    | undefined
}

/** SQL of our own, one statement, bound parameters. */
export interface OwnQuery {
  readonly text: string
  readonly values?: readonly (string | null)[]
}

export interface Column {
  readonly name: string
  /** Name of the type as `format_type` gives it for a plain type: bigint, text, bytea, timestamp with time zone … */
  readonly type: string
  readonly oid: number
}

/**
 * A value as PostgreSQL prints it, one byte in each character; bytea is the bytes themselves.
 * `keyToText` of `lib/key.ts` makes text of it.
 */
export type Cell = string | null
export type Row = readonly Cell[]

/** Rows as the server wrote them, in the text format of COPY: for who would rather not have each of them made. */
export interface RowLines {
  /** Piece `n` lies at `[spans[2n], spans[2n + 1])`: as a rule one row with its newline, never part of one. */
  readonly bytes: Buffer
  readonly spans: Uint32Array
  readonly count: number
  readonly rows: () => readonly Row[]
  readonly rowsOfPiece: (index: number) => readonly Row[]
}

/** What the planner expects; `cost` is in its units, one of which is about a page read in sequence. */
export interface QueryEstimate {
  readonly rows: number
  readonly cost: number
}

export interface StreamOptions {
  readonly columns?: readonly string[]
  /**
   * Rows whose cell in `column`, one of `columns`, is none of `keys` are not asked for. They come all the same where the
   * server cannot tell them by exactly the bytes it prints.
   */
  readonly only?: { readonly column: string; readonly keys: readonly Key[] } | undefined
  /** Of this column, one of `columns`, every byte counts: what the server may have replaced on its way is an error. */
  readonly exact?: string | undefined
}

export interface ComposedOptions {
  /** Of the columns it has, those to ask for; none is fine, for rows can be counted without. */
  readonly pick: (columns: readonly Column[]) => readonly Column[]
  readonly limit: number
}

export interface Session {
  readonly server: {
    /** For instance 180004. */
    readonly version: number
    readonly inRecovery: boolean
    /** Of the database, as PostgreSQL names it: UTF8, LATIN1, SQL_ASCII (none). */
    readonly encoding: string
    /** The database clock at the start of the transaction, milliseconds since 1970. */
    readonly now: number
  }
  /** Runs a statement of our own and returns all its rows; for small results. */
  readonly query: (query: OwnQuery) => Promise<{ readonly columns: readonly Column[]; readonly rows: readonly Row[] }>
  /** Columns of a user query, without running it. A server error is placed in the check file. */
  readonly describe: (query: UserQuery) => Promise<readonly Column[]>
  /** Runs a wrapped user query with bound parameters and returns at most `limit` rows; for small results. */
  readonly select: (
    query: UserQuery,
    options: { readonly limit: number },
  ) => Promise<{ readonly columns: readonly Column[]; readonly rows: readonly Row[] }>
  /**
   * Runs a query the database composed, from names only its catalogue can quote, wrapped as those of check files are.
   * Small results.
   */
  readonly composed: (
    text: string,
    options: ComposedOptions,
  ) => Promise<{ readonly columns: readonly Column[]; readonly rows: readonly Row[] }>
  /** Number of rows a user query gives, as the server counts them. */
  readonly count: (query: UserQuery) => Promise<bigint>
  /** What the planner expects of a user query, which is not run. */
  readonly estimate: (query: UserQuery) => Promise<QueryEstimate>
  /** Streams a wrapped user query by COPY in pages, memory flat; only the columns named, in that order. */
  readonly stream: (query: UserQuery, options?: StreamOptions) => AsyncGenerator<readonly Row[], void, void>
  /** The same, with rows left as they came. */
  readonly lines: (query: UserQuery, options?: StreamOptions) => AsyncGenerator<RowLines, void, void>
}

/** `handshake` is TLS and logging in. A name and the connection to it are told apart by the error. */
export type PostgresStep = 'connect' | 'handshake' | 'response'

export interface SessionOptions {
  readonly signal: AbortSignal
  /** Told each step as it begins, for whoever gives up, or is given up, in the middle of one. */
  readonly onStep?: ((step: PostgresStep) => void) | undefined
  readonly timeoutMs?: number | undefined
  /** Name of a snapshot that a session of the same database has exported and still holds: its rows are seen. */
  readonly snapshot?: string | undefined
}

export interface PostgresSource {
  /** Safe to print: no password. */
  readonly label: string
  /**
   * Gives `use` one connection of the limited pool inside a verified read-only transaction, rolled back at the end.
   * Aborting the signal cancels what runs in the server. Errors: PostgresError. The server itself ends a statement
   * after `timeoutMs`, unless the role's own statement_timeout says otherwise.
   */
  readonly withSession: <T>(options: SessionOptions, use: (session: Session) => Promise<T>) => Promise<T>
  /** How it is reached, for what `src/writes/` may do; holds secrets. */
  readonly access: PostgresAccess
  readonly close: () => Promise<void>
}

export interface PostgresAccess {
  readonly label: string
  /** As the check file says it. */
  readonly spec: Omit<PostgresSpec, 'type'>
  readonly env: Readonly<Record<string, string | undefined>>
}

export class PostgresError extends CheckError {
  override readonly name = 'PostgresError'
  /** SQLSTATE, or Node's code of a connection error. */
  readonly code: string | undefined

  constructor(message: string, options: CheckErrorOptions & { readonly code?: string | undefined } = {}) {
    super(message, options)
    this.code = options.code
  }
}
