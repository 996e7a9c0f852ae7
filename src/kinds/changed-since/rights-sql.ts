/** Who may what, and how the database is set: in the form of `objects-sql.ts`. */

const WITH = `WITH RECURSIVE ns AS (SELECT oid, nspname, nspowner, nspacl FROM pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
      AND ($1::jsonb IS NULL OR nspname IN (SELECT jsonb_array_elements_text($1::jsonb)))),
  ext AS (SELECT classid, objid FROM pg_depend
    WHERE deptype = 'e' OR deptype = 'i' AND classid = 'pg_proc'::regclass),
  o AS (
    SELECT CASE c.relkind WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' ELSE 'table' END AS kind, format('%I.%I', n.nspname, c.relname) AS obj,
      coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner)) AS acl, c.relowner AS own
    FROM pg_class c JOIN ns n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
      AND NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_class'::regclass AND objid = c.oid)
    UNION ALL SELECT 'function', p.oid::regprocedure::text, coalesce(p.proacl, acldefault('f', p.proowner)), p.proowner
    FROM pg_proc p JOIN ns n ON n.oid = p.pronamespace
    WHERE NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_proc'::regclass AND objid = p.oid)
    UNION ALL SELECT 'type', format('%I.%I', n.nspname, t.typname), coalesce(t.typacl, acldefault('T', t.typowner)), t.typowner
    FROM pg_type t JOIN ns n ON n.oid = t.typnamespace
    WHERE (t.typtype IN ('e', 'd', 'r') OR EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
      AND NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_type'::regclass AND objid = t.oid)
    UNION ALL SELECT 'server', format('%I', srvname), coalesce(srvacl, acldefault('S', srvowner)), srvowner FROM pg_foreign_server
    WHERE $1::jsonb IS NULL AND NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_foreign_server'::regclass AND objid = pg_foreign_server.oid)
    UNION ALL SELECT 'publication', format('%I', pubname), NULL, pubowner FROM pg_publication WHERE $1::jsonb IS NULL
    UNION ALL SELECT 'schema', format('%I', nspname), coalesce(nspacl, acldefault('n', nspowner)), nspowner FROM ns
    UNION ALL SELECT 'column', format('%I.%I.%I', n.nspname, c.relname, a.attname), a.attacl, c.relowner
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN ns n ON n.oid = c.relnamespace
    WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
    UNION ALL SELECT 'database', 'this', coalesce(datacl, acldefault('d', datdba)), datdba FROM pg_database WHERE datname = current_database()),
  granted AS (SELECT o.kind, o.obj, x.grantee, x.privilege_type, x.is_grantable FROM o CROSS JOIN LATERAL aclexplode(o.acl) x
    WHERE x.grantee <> o.own AND x.privilege_type <> 'MAINTAIN'),
  named AS (SELECT own AS id FROM o WHERE kind <> 'database' UNION SELECT grantee FROM granted WHERE grantee <> 0),
  role AS (SELECT id FROM named UNION SELECT m.member FROM role JOIN pg_auth_members m ON m.roleid = role.id
    JOIN pg_roles r ON r.oid = m.member AND NOT r.rolsuper AND NOT r.rolcreaterole)`

const owner = `SELECT format('%s %s', kind, obj), format('%s %s', kind, obj), pg_get_userbyid(own)::text, '', pg_get_userbyid(own)::text, NULL
FROM o WHERE kind NOT IN ('column', 'database')`

const grant = `SELECT format('%s %s for %s', kind, obj, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee)::text END),
  CASE WHEN kind <> 'database' THEN format('%s %s', kind, obj) END, p.privs, '', p.privs, NULL
FROM (SELECT kind, obj, grantee, string_agg(privilege_type || CASE WHEN is_grantable THEN '*' ELSE '' END, ', ' ORDER BY privilege_type) AS privs
  FROM granted GROUP BY kind, obj, grantee) p`

const defaultPrivilege = `SELECT format('%s by %s in %s for %s', CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' ELSE d.defaclobjtype::text END,
    pg_get_userbyid(d.defaclrole), coalesce(format('%I', n.nspname), 'any schema'), CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(x.grantee)::text END),
  NULL, p.privs, '', p.privs, NULL
FROM (SELECT d.oid, x.grantee, string_agg(x.privilege_type || CASE WHEN x.is_grantable THEN '*' ELSE '' END, ', ' ORDER BY x.privilege_type) AS privs
  FROM pg_default_acl d CROSS JOIN LATERAL aclexplode(d.defaclacl) x WHERE x.privilege_type <> 'MAINTAIN' GROUP BY d.oid, x.grantee) p
JOIN pg_default_acl d ON d.oid = p.oid LEFT JOIN ns n ON n.oid = d.defaclnamespace CROSS JOIN LATERAL (SELECT p.grantee) x
WHERE d.defaclnamespace = 0 OR n.oid IS NOT NULL`

// The server makes whoever makes a role its administrator, from 16 on: that is no membership anybody uses.
const role = `SELECT format('%I', r.rolname), NULL, a.attributes, '', a.attributes, NULL
FROM pg_roles r CROSS JOIN LATERAL (SELECT concat_ws(', ', CASE WHEN r.rolcanlogin THEN 'login' ELSE 'no login' END, CASE WHEN r.rolsuper THEN 'superuser' END,
    CASE WHEN r.rolbypassrls THEN 'bypasses row security' END, CASE WHEN r.rolreplication THEN 'replication' END,
    CASE WHEN r.rolcreatedb THEN 'makes databases' END, CASE WHEN r.rolcreaterole THEN 'makes roles' END,
    CASE WHEN r.rolconnlimit >= 0 THEN 'connection limit ' || r.rolconnlimit END,
    CASE WHEN r.rolvaliduntil < 'infinity' THEN 'valid until ' || r.rolvaliduntil END,
    (SELECT 'member of ' || string_agg(DISTINCT g.rolname, ', ' ORDER BY g.rolname) FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
      WHERE m.member = r.oid AND coalesce((to_jsonb(m) ->> 'inherit_option')::boolean OR (to_jsonb(m) ->> 'set_option')::boolean, true))) AS attributes) a
WHERE r.oid IN (SELECT id FROM role) AND r.rolname !~ '^pg_' AND r.oid <> 10`

// What is set may be a secret, so it is told apart and never shown.
const roleSetting = `SELECT format('%s of %s%s', split_part(cfg, '=', 1), CASE s.setrole WHEN 0 THEN 'all roles' ELSE pg_get_userbyid(s.setrole)::text END,
    CASE s.setdatabase WHEN 0 THEN ' in all databases' ELSE '' END), NULL, cfg, '', NULL, NULL
FROM pg_db_role_setting s CROSS JOIN LATERAL unnest(s.setconfig) cfg
WHERE s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
   OR s.setdatabase = 0 AND (s.setrole = 0 OR s.setrole IN (SELECT id FROM role WHERE id <> 10))`

/** What another major has as its default is no change of anybody's. */
const UNLESS_DEFAULT = `CASE WHEN reset_val = boot_val THEN 'default' ELSE reset_val END`

const MEANING = `'DateStyle','IntervalStyle','TimeZone','bytea_output','default_text_search_config','default_transaction_isolation',
'default_transaction_read_only','extra_float_digits','lc_monetary','lc_numeric','lc_time','password_encryption','row_security',
'session_replication_role','standard_conforming_strings','transform_null_equals','backslash_quote','array_nulls','xmloption',
'fsync','full_page_writes','synchronous_commit','shared_preload_libraries','default_toast_compression'`

/** What the database means by what it is sent, and whether it keeps what it was told. Ours are set for this session alone. */
const setting = `SELECT name, NULL, ${UNLESS_DEFAULT}, '', reset_val, NULL FROM pg_settings WHERE name IN (${MEANING})`

const PLACE = `'config_file','data_directory','hba_file','ident_file','external_pid_file','port','listen_addresses','unix_socket_directories',
'unix_socket_permissions','unix_socket_group','cluster_name','application_name','log_file_mode','log_directory','log_filename','log_timezone',
'primary_conninfo','primary_slot_name','restore_command','archive_command','promote_trigger_file','data_directory_mode','data_sync_retry',
'client_encoding','search_path','transaction_isolation','transaction_read_only','transaction_deferrable','lc_messages','event_source',
'krb_server_keyfile','ssl_ca_file','ssl_cert_file','ssl_crl_file','ssl_key_file','ssl_dh_params_file','ssl_passphrase_command','bonjour_name'`

/** What is set for the size of the machine. The server finds out the depth of its stack by itself. */
const size = `SELECT name, NULL, ${UNLESS_DEFAULT}, '',
  CASE WHEN unit = '8kB' THEN pg_size_pretty(8192 * reset_val::int8) ELSE concat(reset_val, unit) END, NULL FROM pg_settings
WHERE vartype IN ('integer', 'real', 'bool', 'enum') AND context <> 'internal' AND name NOT IN ('max_stack_depth', ${MEANING}, ${PLACE})`

const database = `SELECT f.name, NULL, f.value, '', f.value, NULL FROM pg_database d
CROSS JOIN LATERAL (VALUES ('encoding', pg_encoding_to_char(d.encoding)::text), ('collate', to_jsonb(d) ->> 'datcollate'), ('ctype', to_jsonb(d) ->> 'datctype'),
  ('connection limit', d.datconnlimit::text)) f(name, value)
WHERE d.datname = current_database()`

export const RIGHTS_SQL: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({ owner, grant, 'default privilege': defaultPrivilege, role, 'role setting': roleSetting }).map(
    ([kind, text]) => [kind, `${WITH}\n${text}`],
  ),
)

/** They take no schemas. */
export const SETTING_SQL: Readonly<Record<string, string>> = { setting, size, database }
