/** How many connections a server admits, and who holds those it has. */
import { keyFromLatin1, keyToText } from '../lib/key.js'
import type { Session } from './source.js'

export interface ConnectionUse {
  readonly maxConnections: number
  /** Kept back for superusers, and for those with pg_use_reserved_connections. */
  readonly reserved: number
  /** Of the database of this connection; undefined where it has none. */
  readonly databaseLimit?: number | undefined
  readonly database: string
  /**
   * Whether the role may see what the others are. Without that, parallel workers and other workers with a database of
   * their own cannot be told from clients: they are counted among them.
   */
  readonly exact: boolean
  readonly held: readonly Held[]
}

export interface Held {
  readonly role: string | null
  /** In the database of this connection. */
  readonly here: boolean
  readonly count: number
}

const SETTINGS = `
SELECT pg_catalog.current_setting('max_connections'),
  pg_catalog.current_setting('superuser_reserved_connections'),
  coalesce(pg_catalog.current_setting('reserved_connections', true), '0'),
  datconnlimit::text, datname::text,
  pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE')
FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database()`

// What kind of backend a row is, is NULL to a role without pg_read_all_stats: counting 'client backend' finds only its
// own. Walsenders and those of subscriptions have slots of their own and are known by their pid to everybody.
const HELD = `
SELECT usename::text, coalesce(datname OPERATOR(pg_catalog.=) pg_catalog.current_database(), false),
  pg_catalog.count(*)::text
FROM pg_catalog.pg_stat_activity a
WHERE CASE WHEN $1::boolean THEN backend_type OPERATOR(pg_catalog.=) 'client backend'
  ELSE datid IS NOT NULL AND usesysid IS NOT NULL
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_replication r WHERE r.pid OPERATOR(pg_catalog.=) a.pid)
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_subscription s WHERE s.pid OPERATOR(pg_catalog.=) a.pid) END
GROUP BY 1, 2`

export async function connectionUse(session: Session): Promise<ConnectionUse> {
  const settings = await session.query({ text: SETTINGS })
  const [max, superuser, reserved, limit, database, sees] = settings.rows[0] ?? []
  const exact = sees === 't'
  const { rows } = await session.query({ text: HELD, values: [String(exact)] })
  return {
    maxConnections: Number(max),
    reserved: Number(superuser) + Number(reserved),
    databaseLimit: Number(limit) < 0 ? undefined : Number(limit),
    database: text(database ?? ''),
    exact,
    held: rows.map(([role = null, here, count]) => ({
      role: role === null ? null : text(role),
      here: here === 't',
      count: Number(count),
    })),
  }
}

export interface RoleLimit {
  /** Undefined where it has none, or is a superuser, whom none holds. */
  readonly limit?: number | undefined
}

const ROLE = `
SELECT rolconnlimit::text, rolsuper FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) $1::name`

/** Undefined where there is no such role. */
export async function roleLimit(session: Session, role: string): Promise<RoleLimit | undefined> {
  const { rows } = await session.query({ text: ROLE, values: [role] })
  const [limit, superuser] = rows[0] ?? []
  if (limit === undefined) return undefined
  return { limit: superuser === 't' || Number(limit) < 0 ? undefined : Number(limit) }
}

function text(cell: string): string {
  return keyToText(keyFromLatin1(cell))
}
