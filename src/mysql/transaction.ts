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
}

/** Strings stand in single quotes, names in double ones, a backslash is one: as the lexer of check files reads them. */
const MODE = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO'

/** Errors: those of the server; MysqlError where it does not confirm that the session is read-only. */
export async function beginReadOnly(client: Connection, options: TransactionOptions): Promise<Server> {
  const { rows } = await run(client, { text: 'SELECT VERSION()', values: [] })
  const version = keyToText(keyFromLatin1(rows[0]?.[0] ?? ''))
  const mariadb = /mariadb/i.test(version)
  const seconds = Math.max(1, Math.ceil(options.lockTimeoutMs / 1000))
  const limit = mariadb
    ? `max_statement_time = ${options.statementTimeoutMs / 1000}`
    : `max_execution_time = ${options.statementTimeoutMs}`
  await command(client, `SET SESSION sql_mode = '${MODE}'`)
  await command(client, "SET SESSION time_zone = '+00:00'")
  await command(client, `SET SESSION lock_wait_timeout = ${seconds}`)
  if (options.statementTimeoutMs > 0) await command(client, `SET SESSION ${limit}`)
  await command(client, 'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ')
  await command(client, 'SET SESSION TRANSACTION READ ONLY')
  const old = mariadb || version.startsWith('5.')
  const confirmed = await run(client, {
    text: `SELECT @@SESSION.${old ? 'tx_read_only' : 'transaction_read_only'}, @@SESSION.sql_mode`,
    values: [],
  })
  const [readOnly, mode] = confirmed.rows[0] ?? []
  if (readOnly !== '1' || mode?.includes('ANSI_QUOTES') !== true) {
    throw new MysqlError('the server does not confirm a read-only session, so nothing is read', {
      hint: 'a proxy that shares sessions cannot be used; connect to the server itself',
    })
  }
  await command(client, 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY')
  return { version, mariadb }
}
