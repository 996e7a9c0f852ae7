/** The read-only transaction every session is, on a connection of its own. */
import type { Connection } from 'mysql2'
import { keyFromLatin1, keyToText } from '../lib/key.js'
import { MysqlError } from './explain-error.js'
import { command, run } from './wire.js'

export interface TransactionOptions {
  readonly statementTimeoutMs: number
  readonly lockTimeoutMs: number
}

export interface Server {
  /** `10.11.6-MariaDB`, `8.4.3`. */
  readonly version: string
  readonly mariadb: boolean
  /** The clock of the server when the transaction began, milliseconds since 1970. */
  readonly now: number
}

/** Strings stand in single quotes, names in double ones, a backslash is one: as the lexer of check files reads them. */
const MODE = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO'

/**
 * Whatever the server or the user is set to: text comes as Unicode, times are of UTC, no answer is cut after so many rows,
 * and a reader who stops for breath is waited for.
 */
const SETTINGS: readonly string[] = [
  'NAMES utf8mb4',
  `SESSION sql_mode = '${MODE}'`,
  "SESSION time_zone = '+00:00'",
  'SESSION sql_select_limit = 18446744073709551615',
  'SESSION sql_big_selects = 1',
  'SESSION net_write_timeout = 600',
  'SESSION wait_timeout = 28800',
]

/** Errors: those of the server; MysqlError where it does not confirm that the session is read-only. */
export async function beginReadOnly(client: Connection, options: TransactionOptions): Promise<Server> {
  const { rows } = await run(client, { text: 'SELECT VERSION()', values: [] })
  const version = keyToText(keyFromLatin1(rows[0]?.[0] ?? ''))
  const mariadb = /mariadb/i.test(version)
  const seconds = Math.max(1, Math.ceil(options.lockTimeoutMs / 1000))
  const limit = mariadb
    ? `max_statement_time = ${options.statementTimeoutMs / 1000}`
    : `max_execution_time = ${options.statementTimeoutMs}`
  for (const setting of SETTINGS) await command(client, `SET ${setting}`)
  await command(client, `SET SESSION lock_wait_timeout = ${seconds}`)
  if (options.statementTimeoutMs > 0) await command(client, `SET SESSION ${limit}`)
  await command(client, 'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ')
  await command(client, 'SET SESSION TRANSACTION READ ONLY')
  const old = mariadb || version.startsWith('5.')
  const confirmed = await run(client, {
    text: `SELECT @@SESSION.${old ? 'tx_read_only' : 'transaction_read_only'}, @@SESSION.sql_mode, UNIX_TIMESTAMP(SYSDATE(3))`,
    values: [],
  })
  const [readOnly, mode, now] = confirmed.rows[0] ?? []
  if (readOnly !== '1' || mode?.includes('ANSI_QUOTES') !== true) {
    throw new MysqlError('the server does not confirm a read-only session, so nothing is read', {
      hint: 'a proxy that shares sessions cannot be used; connect to the server itself',
    })
  }
  await command(client, 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY')
  return { version, mariadb, now: Math.floor(1000 * Number(now)) }
}
