/**
 * What kinds ask of a database where any will do that answers queries: PostgreSQL, MySQL, MariaDB. A kind that takes one
 * of these knows no engine; a kind that needs more of PostgreSQL takes a `PostgresSource`. Types only.
 */
import type { PostgresSource, Session, SessionOptions, UserQuery } from '../postgres/source.js'

export type { Cell, Column, Row, RowLines, StreamOptions, UserQuery } from '../postgres/source.js'

/**
 * One read-only transaction. Types of columns have the names PostgreSQL gives them, cells are written as it writes them,
 * so that a value is read the same way wherever it comes from.
 */
export interface SqlSession extends Pick<Session, 'query' | 'describe' | 'select' | 'count' | 'stream'> {
  readonly server: Session['server'] | MysqlServer
  /** `cost` where the planner tells one in units that mean something. */
  readonly estimate: (query: UserQuery) => Promise<{ readonly rows: number; readonly cost?: number }>
  /** Not there where rows come one by one. */
  readonly lines?: Session['lines']
}

export interface MysqlServer {
  readonly mariadb: boolean
  readonly inRecovery: false
  /** The clock of the server at the start of the transaction, milliseconds since 1970. */
  readonly now: number
}

export interface SqlSource {
  /** Safe to print: no password. */
  readonly label: string
  /** As `PostgresSource` has it: a verified read-only transaction, cancelled when the signal aborts. */
  readonly withSession: <T>(options: SessionOptions, use: (session: SqlSession) => Promise<T>) => Promise<T>
  /** How many sessions it may have open, where it is not of PostgreSQL. */
  readonly limit?: number
  /** Of PostgreSQL. */
  readonly access?: PostgresSource['access']
  readonly close: () => Promise<void>
}
