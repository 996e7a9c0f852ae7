/**
 * Which relations a query reads, told without running it and without a right to any of them: analysing a query locks
 * what it names (ACCESS SHARE) to the end of the transaction, and every role may see its own locks.
 */
import { textOf } from './identity.js'
import type { Session, UserQuery } from './source.js'

export interface Relation {
  readonly schema: string
  readonly name: string
  /** As `pg_class.relkind` has it. */
  readonly kind: string
  /** Of PostgreSQL itself. */
  readonly system: boolean
  /** Whether the role of the session may read it, by whatever way. */
  readonly readable: boolean
  /** Whether policies choose what this role sees. */
  readonly hidesRows: boolean
  /** Whether there are policies that could. */
  readonly rowSecurity: boolean
  /** Every role may read it; or those may that are given pg_monitor. */
  readonly open: 'public' | 'monitor' | undefined
  /** It stands in the query itself, and not only behind a view, whose owner's rights count there. */
  readonly named: boolean
}

interface Found extends Omit<Relation, 'named'> {
  readonly oid: string
  readonly invoker: boolean
  /** What a view is made of. */
  readonly of: readonly string[]
}

const LOCKED = `
SELECT json_build_object('oid', c.oid::text, 'schema', n.nspname, 'name', c.relname, 'kind', c.relkind,
  'system', n.nspname IN ('pg_catalog', 'information_schema') OR n.nspname ~ '^pg_(toast|temp)',
  'readable', CASE WHEN c.relkind = 'S' THEN has_sequence_privilege(c.oid, 'SELECT')
    ELSE has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') END,
  'hidesRows', row_security_active(c.oid), 'rowSecurity', c.relrowsecurity,
  'open', CASE WHEN has_table_privilege('public', c.oid, 'SELECT') THEN 'public'
    WHEN has_table_privilege('pg_monitor', c.oid, 'SELECT') THEN 'monitor' END,
  'invoker', EXISTS (SELECT FROM pg_options_to_table(c.reloptions)
    WHERE option_name = 'security_invoker' AND option_value::boolean),
  'of', ARRAY(SELECT DISTINCT d.refobjid::text FROM pg_rewrite r
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
    WHERE c.relkind = 'v' AND r.ev_class = c.oid AND d.refobjid <> c.oid))::text
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.oid IN (SELECT relation FROM pg_locks
  WHERE locktype = 'relation' AND pid = pg_backend_pid()
    AND database IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())))
ORDER BY n.nspname, c.relname`

/**
 * The session is of no use for queries of a check file afterwards. Errors: PostgresError, for instance where a schema may
 * not be looked into.
 */
export async function relationsOf(session: Session, query: UserQuery): Promise<readonly Relation[]> {
  // With it off, the server refuses a table with policies before it tells what else the query names.
  await session.query({ text: "SELECT pg_catalog.set_config('row_security', 'on', true)" })
  await session.describe(query)
  await session.query({ text: "SELECT pg_catalog.set_config('search_path', 'pg_catalog', true)" })
  const { rows } = await session.query({ text: LOCKED })
  const found = rows.map(([cell]): Found => JSON.parse(textOf(cell)))
  const known = new Map(found.map((one) => [one.oid, one]))
  const named = new Set(directly(found, query.sql))
  // Of a view with the rights of whoever asks, what it is made of has to be readable as well.
  for (const oid of named) {
    const { invoker, of } = known.get(oid) ?? { invoker: false, of: [] }
    if (invoker) for (const part of of) if (known.has(part)) named.add(part)
  }
  return found.map(({ oid, invoker: _invoker, of: _of, ...relation }) => ({ ...relation, named: named.has(oid) }))
}

/** What no view accounts for; and of the rest what is called by its name in the text, for it may be there twice. */
function directly(found: readonly Found[], sql: string): readonly string[] {
  const behind = new Set(found.flatMap(({ of }) => of))
  const text = sql.toLowerCase()
  return found.flatMap(({ oid, name }) => (!behind.has(oid) || text.includes(name.toLowerCase()) ? [oid] : []))
}
