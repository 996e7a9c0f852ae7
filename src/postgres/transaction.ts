/**
 * The read-only transaction every session is. Settings are local to it, so that this holds through a pooler in
 * transaction mode too. The query that sets and verifies them also takes the snapshot, after which PostgreSQL refuses
 * to turn the transaction into one that writes.
 */
import { quoteLiteral } from './quote.js'
import { PostgresError, type Session } from './source.js'
import { run, type WireClient } from './wire.js'

export interface TransactionOptions {
  /** Milliseconds; 0 is none. The role's own statement_timeout stands. */
  readonly statementTimeoutMs: number
  readonly lockTimeoutMs: number
  readonly searchPath?: string | undefined
  /** What another session exported: it sees what that one sees. */
  readonly snapshot?: string | undefined
}

/** A reader that went silent must not hold back vacuum for ever. */
const IDLE_MS = 300_000

/** What makes text the same whatever server, database or role it comes from; and names that must mean what they say. */
const SETTINGS: readonly (readonly [string, string])[] = [
  ['client_encoding', 'UTF8'],
  ['standard_conforming_strings', 'on'],
  ['row_security', 'off'],
  ['datestyle', 'ISO, YMD'],
  ['intervalstyle', 'iso_8601'],
  ['timezone', 'UTC'],
  ['extra_float_digits', '1'],
  ['bytea_output', 'hex'],
  ['lc_monetary', 'C'],
  ['array_nulls', 'on'],
]

/** Errors: pg's DatabaseError; PostgresError where the server does not confirm that the transaction is read-only. */
export async function beginReadOnly(client: WireClient, options: TransactionOptions): Promise<Session['server']> {
  await run(client, { text: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' })
  // Only as the first thing a transaction does, and no parameter of it: the server gave the name.
  if (options.snapshot !== undefined) {
    await run(client, { text: `SET TRANSACTION SNAPSHOT ${quoteLiteral(options.snapshot)}` })
  }
  const settings = [...SETTINGS, ['lock_timeout', String(options.lockTimeoutMs)] as const]
  if (options.searchPath !== undefined) settings.push(['search_path', options.searchPath])
  const { rows } = await run(client, {
    text: verification(settings.length),
    values: [String(options.statementTimeoutMs), String(IDLE_MS), ...settings.flat()],
  })
  const [readOnly, version, inRecovery, now, rowSecurity, encoding] = rows[0] ?? []
  if (readOnly !== 'on' || rowSecurity !== 'off') {
    throw new PostgresError('the server does not confirm a read-only transaction, so nothing is read', {
      hint: 'a pooler in statement mode cannot be used; connect to the server itself',
    })
  }
  return { version: Number(version), inRecovery: inRecovery === 't', now: Number(now), encoding: encoding ?? '' }
}

function verification(settings: number): string {
  // The settings stand in a materialised part of their own, so that what is read back is read after they are set.
  const assignments = Array.from(
    { length: settings },
    (_, index) => `pg_catalog.set_config($${3 + index * 2}, $${4 + index * 2}, true)`,
  )
  return `WITH s AS MATERIALIZED (SELECT ${assignments.join(', ')},
  CASE WHEN pg_catalog.current_setting('statement_timeout') = '0'
    THEN pg_catalog.set_config('statement_timeout', $1, true) END,
  CASE WHEN pg_catalog.current_setting('idle_in_transaction_session_timeout') = '0'
    THEN pg_catalog.set_config('idle_in_transaction_session_timeout', $2, true) END,
  CASE WHEN pg_catalog.current_setting('client_connection_check_interval', true) = '0'
      AND pg_catalog.version() ~ 'linux'
    THEN pg_catalog.set_config('client_connection_check_interval', '10000', true) END
) SELECT pg_catalog.current_setting('transaction_read_only'), pg_catalog.current_setting('server_version_num'),
  pg_catalog.pg_is_in_recovery(),
  pg_catalog.floor(1000 * pg_catalog.date_part('epoch', pg_catalog.now()))::pg_catalog.text,
  pg_catalog.current_setting('row_security'), pg_catalog.current_setting('server_encoding') FROM s`
}

/** Ends it, with any advisory lock a function of the check took. What cannot be ended so must be disconnected. */
export async function endReadOnly(client: WireClient): Promise<void> {
  await client.query('ROLLBACK; SELECT pg_catalog.pg_advisory_unlock_all()')
}
