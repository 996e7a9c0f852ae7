/** What the role of a session may do in its database beyond reading, and what of it is hidden from it. */
import { textOf } from './identity.js'
import type { Session } from './source.js'

/** How many there are, and the first few by name. */
export interface Counted {
  readonly count: number
  readonly some: readonly string[]
}

export interface Rights {
  readonly superuser: boolean
  readonly bypassRowSecurity: boolean
  readonly createDatabase: boolean
  readonly createRole: boolean
  readonly replication: boolean
  /** Predefined roles it belongs to with which more can be done than to read. */
  readonly roles: readonly string[]
  /** pg_monitor, or what it is made of. */
  readonly monitor: boolean
  readonly ownsDatabase: boolean
  readonly createsInDatabase: boolean
  /** Schemas in which it, and not everybody, may make tables. */
  readonly createsIn: Counted
  readonly owned: Counted
  /** Not its own, and not only to be read. */
  readonly writable: Counted
  readonly unreadable: Counted
  readonly unreadableSequences: Counted
  /** Of all tables, whoever reads them. */
  readonly withRowSecurity: Counted
  readonly hidingRows: Counted
  /** Schemas with something to read in them. */
  readonly schemas: readonly string[]
  /** Its own search_path, where the role has been given one. */
  readonly searchPath: string | undefined
}

const counted = (condition: string): string =>
  `(SELECT json_build_object('count', count(*), 'some', coalesce(json_agg(name ORDER BY name) FILTER (WHERE nth <= 3), '[]'))
   FROM (SELECT name, row_number() OVER (ORDER BY name) AS nth FROM relation WHERE ${condition}) AS q)`

// MEMBER, not USAGE: what a role may switch to, it may do.
const RIGHTS = `
WITH relation AS MATERIALIZED (
  SELECT format('%I.%I', n.nspname, c.relname) AS name, n.nspname, c.relkind, c.relrowsecurity,
    pg_has_role(c.relowner, 'MEMBER') AS own, row_security_active(c.oid) AS hides,
    CASE WHEN c.relkind = 'S' THEN has_sequence_privilege(c.oid, 'USAGE, UPDATE')
      ELSE has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
        OR has_any_column_privilege(c.oid, 'INSERT, UPDATE') END AS writes,
    CASE WHEN c.relkind = 'S' THEN has_sequence_privilege(c.oid, 'SELECT')
      ELSE has_table_privilege(c.oid, 'SELECT') END AND has_schema_privilege(n.oid, 'USAGE') AS reads
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
)
SELECT json_build_object('superuser', rolsuper, 'bypassRowSecurity', rolbypassrls, 'createDatabase', rolcreatedb,
  'createRole', rolcreaterole, 'replication', rolreplication,
  'roles', ARRAY(SELECT m.rolname FROM pg_roles m WHERE m.rolname IN ('pg_write_all_data', 'pg_read_server_files',
    'pg_write_server_files', 'pg_execute_server_program', 'pg_signal_backend', 'pg_maintain',
    'pg_create_subscription') AND pg_has_role(m.oid, 'MEMBER') ORDER BY 1),
  'monitor', pg_has_role('pg_read_all_stats', 'USAGE') AND pg_has_role('pg_read_all_settings', 'USAGE'),
  'ownsDatabase', (SELECT pg_has_role(datdba, 'MEMBER') FROM pg_database WHERE datname = current_database()),
  'createsInDatabase', has_database_privilege(current_database(), 'CREATE'),
  'createsIn', (SELECT json_build_object('count', count(*), 'some', coalesce(json_agg(name ORDER BY name), '[]'))
    FROM (SELECT format('%I', nspname) AS name FROM pg_namespace
      WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND has_schema_privilege(oid, 'CREATE')
        AND NOT has_schema_privilege('public', oid, 'CREATE') ORDER BY nspname LIMIT 50) AS q),
  'owned', ${counted("own AND relkind <> 'S'")},
  'writable', ${counted('writes AND NOT own')},
  'unreadable', ${counted("relkind <> 'S' AND NOT reads")},
  'unreadableSequences', ${counted("relkind = 'S' AND NOT reads")},
  'withRowSecurity', ${counted('relrowsecurity')},
  'hidingRows', ${counted('hides')},
  'schemas', ARRAY(SELECT DISTINCT nspname FROM relation ORDER BY 1))::text
FROM pg_roles WHERE rolname = current_user`

const OWN_PATH = `SELECT setting FROM pg_catalog.pg_settings
WHERE name OPERATOR(pg_catalog.=) 'search_path' AND source IN ('user', 'database user')`

/** Names mean those of PostgreSQL in this session afterwards. */
export async function rightsOf(session: Session): Promise<Rights> {
  const path = await session.query({ text: OWN_PATH })
  await session.query({ text: "SELECT pg_catalog.set_config('search_path', 'pg_catalog', true)" })
  const { rows } = await session.query({ text: RIGHTS })
  const [own] = path.rows[0] ?? []
  return { ...JSON.parse(textOf(rows[0]?.[0])), searchPath: own == null ? undefined : textOf(own) }
}
