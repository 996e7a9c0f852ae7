/** Who may do what: roles, privileges, owners, row-level security, and where their sessions look. */
import { expect } from 'vitest'
import { type Fault, ofDatabase, system } from './fault.js'

export const RIGHTS: readonly Fault[] = [
  {
    check: 'app-roles',
    plant: ['alter role report nologin', `alter role app_user valid until '2001-01-01'`],
    undo: ['alter role report login', `alter role app_user valid until 'infinity'`],
    found: [
      { role: 'report', problem: 'may not log in', fix: 'ALTER ROLE report LOGIN' },
      { role: 'app_user', fix: `ALTER ROLE app_user VALID UNTIL 'infinity'` },
    ],
  },
  {
    check: 'app-roles',
    plant: [
      'alter role migrator connection limit 0',
      ofDatabase('revoke connect on database %I from public'),
      ofDatabase('grant connect on database %I to watcher, stranger, migrator, app_user'),
    ],
    undo: [
      'ALTER ROLE migrator CONNECTION LIMIT -1',
      ofDatabase('revoke connect on database %I from watcher, stranger, migrator, app_user'),
      ofDatabase('grant connect on database %I to public'),
    ],
    found: [
      { role: 'migrator', problem: 'may have no connection', fix: 'ALTER ROLE migrator CONNECTION LIMIT -1' },
      { role: 'report', fix: expect.stringMatching(/^GRANT CONNECT ON DATABASE \S+ TO report$/) },
    ],
  },
  {
    check: 'connection-room',
    plant: [ofDatabase('alter database %I connection limit 20'), 'alter role app_user connection limit 10'],
    undo: [ofDatabase('alter database %I connection limit -1'), 'ALTER ROLE app_user CONNECTION LIMIT -1'],
    found: [
      { limited_by: 'the limit of the database', room: 20 },
      { limited_by: 'the limits of app_roles', room: 10, fix: 'ALTER ROLE app_user CONNECTION LIMIT -1' },
    ],
  },
  {
    check: 'app-privileges',
    plant: [
      'revoke insert, delete on app.orders from app_user',
      'revoke select on app.open_orders, app.totals from report',
      'revoke usage on schema app from report',
    ],
    undo: [
      'grant insert, delete on app.orders to app_user',
      'grant select on app.open_orders, app.totals to report',
      'grant usage on schema app to report',
    ],
    found: [
      { table_name: 'open_orders', missing: 'SELECT', fix: 'GRANT SELECT ON app.open_orders TO report' },
      { table_name: 'totals', missing: 'SELECT', fix: 'GRANT SELECT ON app.totals TO report' },
      { role: 'app_user', table_name: 'orders', fix: 'GRANT DELETE, INSERT ON app.orders TO app_user' },
      { role: 'report', table_name: null, fix: 'GRANT USAGE ON SCHEMA app TO report' },
    ],
  },
  {
    check: 'sequence-grants',
    plant: ['revoke usage on sequence app.orders_id_seq from app_user'],
    undo: ['grant usage on sequence app.orders_id_seq to app_user'],
    found: [{ role: 'app_user', fix: 'GRANT USAGE ON SEQUENCE app.orders_id_seq TO app_user' }],
  },
  {
    check: 'schema-changes',
    plant: [
      'alter table app.orders owner to postgres',
      'alter view app.open_orders owner to postgres',
      'alter materialized view app.totals owner to postgres',
      'revoke create on schema app from migrator',
    ],
    undo: [
      'alter table app.orders owner to migrator',
      'ALTER VIEW app.open_orders OWNER TO migrator',
      'ALTER MATERIALIZED VIEW app.totals OWNER TO migrator',
      'grant create on schema app to migrator',
    ],
    found: [
      { table_name: 'orders', fix: 'ALTER TABLE app.orders OWNER TO migrator' },
      { table_name: 'open_orders', fix: 'ALTER VIEW app.open_orders OWNER TO migrator' },
      { table_name: 'totals', fix: 'ALTER MATERIALIZED VIEW app.totals OWNER TO migrator' },
      { table_name: null, fix: 'GRANT CREATE ON SCHEMA app TO migrator' },
    ],
  },
  {
    check: 'search-path',
    plant: [
      'alter role app_user set search_path = app, "Gone", public',
      ofDatabase('alter database %I set search_path = lost'),
    ],
    undo: ['alter role app_user set search_path = app, public', ofDatabase('alter database %I reset search_path')],
    found: [
      { role: 'app_user', schema_name: 'Gone' },
      { role: '(any)', schema_name: 'lost' },
    ],
  },
  {
    check: 'settings-expected',
    slow: true,
    plant: [
      ...system(`set checkpoint_timeout = '7min'`),
      `alter role app_user set work_mem = '8MB'`,
      ofDatabase(`alter database %I set statement_timeout = '5s'`),
      ofDatabase(`alter role app_user in database %I set datestyle = 'German, DMY'`),
    ],
    undo: [
      'alter role app_user reset work_mem',
      `ALTER SYSTEM SET checkpoint_timeout = '5min'`,
      ...system('reset checkpoint_timeout'),
      ofDatabase('alter database %I reset statement_timeout'),
      ofDatabase('alter role app_user in database %I reset datestyle'),
    ],
    found: [
      {
        role: 'app_user',
        name: 'work_mem',
        expected: '4MB',
        actual: '8MB',
        fix: expect.stringMatching(/^ALTER ROLE app_user IN DATABASE \S+ SET work_mem = '4MB'$/),
      },
      // No role can have its own.
      {
        name: 'checkpoint_timeout',
        expected: '5min',
        fix: `ALTER SYSTEM SET checkpoint_timeout = '5min'; SELECT pg_reload_conf()`,
      },
      { role: 'app_user', name: 'statement_timeout', expected: '0', actual: '5s' },
      { role: 'app_user', name: 'datestyle', expected: 'ISO, MDY', actual: 'German, DMY' },
    ],
  },
  {
    check: 'row-security',
    plant: ['alter table app.notes disable row level security'],
    undo: ['alter table app.notes enable row level security'],
    found: [{ table_name: 'notes', fix: 'ALTER TABLE app.notes ENABLE ROW LEVEL SECURITY' }],
  },
  {
    check: 'row-security',
    plant: ['drop policy own on app.notes'],
    undo: ['create policy own on app.notes using (owner = current_user)'],
    found: [{ table_name: 'notes', fix: undefined }],
  },
  {
    check: 'row-security-bypassed',
    plant: ['alter role report bypassrls', 'alter role app_user superuser'],
    undo: ['ALTER ROLE report NOBYPASSRLS', 'ALTER ROLE app_user NOSUPERUSER'],
    found: [
      { role: 'report', problem: 'has BYPASSRLS', fix: 'ALTER ROLE report NOBYPASSRLS' },
      { role: 'app_user', problem: 'is a superuser', fix: 'ALTER ROLE app_user NOSUPERUSER' },
    ],
  },
  {
    check: 'row-security-bypassed',
    plant: ['grant migrator to app_user'],
    undo: ['revoke migrator from app_user'],
    found: [{ role: 'app_user', problem: 'owns the table', fix: 'ALTER TABLE app.notes FORCE ROW LEVEL SECURITY' }],
  },
  {
    check: 'replication-role',
    plant: [
      `alter role app_user set session_replication_role = 'replica'`,
      `alter role all set session_replication_role = 'local'`,
      ofDatabase(`alter database %I set session_replication_role = 'replica'`),
      ofDatabase(`alter role report in database %I set session_replication_role = 'replica'`),
    ],
    undo: [
      'ALTER ROLE app_user RESET session_replication_role',
      'ALTER ROLE ALL RESET session_replication_role',
      ofDatabase('ALTER DATABASE %I RESET session_replication_role'),
      ofDatabase('ALTER ROLE report IN DATABASE %I RESET session_replication_role'),
    ],
    found: [
      { role: 'app_user', fix: 'ALTER ROLE app_user RESET session_replication_role' },
      { role: 'ALL', fix: 'ALTER ROLE ALL RESET session_replication_role' },
      { fix: expect.stringMatching(/^ALTER DATABASE \S+ RESET session_replication_role$/) },
      {
        role: 'report',
        fix: expect.stringMatching(/^ALTER ROLE report IN DATABASE \S+ RESET session_replication_role$/),
      },
    ],
  },
]
