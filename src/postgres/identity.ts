/** Which server and database a session has reached, as whom, and how it stands. */
import { keyFromLatin1, keyToText } from '../lib/key.js'
import type { Session } from './source.js'

export interface Identity {
  readonly version: string
  readonly database: string
  readonly role: string
  readonly superuser: boolean
  /** Whether a session of this role begins read-only. */
  readonly readOnly: boolean
  readonly encrypted: boolean
  /** Undefined over a Unix socket. */
  readonly address: string | undefined
  /** Undefined where the role may not read it. The same for all physical copies. */
  readonly systemIdentifier: string | undefined
  readonly upMs: number
  readonly standby: {
    /** Connected to its primary. */
    readonly receiving: boolean
    /** Undefined where nothing was replayed since it started. */
    readonly lagMs: number | undefined
  }
}

// Without a receiver nobody knows what there would be to replay: then the age of the last transaction is the lag.
const IDENTITY = `
SELECT pg_catalog.current_setting('server_version'), pg_catalog.current_database()::text, current_user::text,
  pg_catalog.current_setting('is_superuser'),
  pg_catalog.pg_is_in_recovery() OR pg_catalog.current_setting('default_transaction_read_only') OPERATOR(pg_catalog.=) 'on',
  coalesce((SELECT ssl FROM pg_catalog.pg_stat_ssl WHERE pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()), false),
  pg_catalog.host(pg_catalog.inet_server_addr()), pg_catalog.inet_server_port()::text,
  CASE WHEN pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')
    THEN (SELECT system_identifier::text FROM pg_catalog.pg_control_system()) END,
  pg_catalog.floor(1000 * pg_catalog.date_part('epoch',
    pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) pg_catalog.pg_postmaster_start_time()))::text,
  EXISTS (SELECT FROM pg_catalog.pg_stat_wal_receiver WHERE pid IS NOT NULL),
  CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN NULL
    WHEN EXISTS (SELECT FROM pg_catalog.pg_stat_wal_receiver WHERE pid IS NOT NULL)
      AND pg_catalog.pg_last_wal_receive_lsn() OPERATOR(pg_catalog.=) pg_catalog.pg_last_wal_replay_lsn() THEN '0'
    ELSE pg_catalog.floor(1000 * pg_catalog.date_part('epoch',
      pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) pg_catalog.pg_last_xact_replay_timestamp()))::text END`

export async function identityOf(session: Session): Promise<Identity> {
  const { rows } = await session.query({ text: IDENTITY })
  const [version, database, role, superuser, readOnly, encrypted, host, port, system, up, receiving, lag] =
    rows[0] ?? []
  return {
    version: version ?? '',
    database: textOf(database),
    role: textOf(role),
    superuser: superuser === 'on',
    readOnly: readOnly === 't',
    encrypted: encrypted === 't',
    address: host == null ? undefined : host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
    systemIdentifier: system ?? undefined,
    upMs: Number(up),
    standby: { receiving: receiving === 't', lagMs: lag == null ? undefined : Math.max(0, Number(lag)) },
  }
}

export function textOf(cell: string | null | undefined): string {
  return keyToText(keyFromLatin1(cell ?? ''))
}
