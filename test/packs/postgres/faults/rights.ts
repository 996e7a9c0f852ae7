/** Who may do what: roles, privileges, owners, row-level security, and where their sessions look. */
import type { Fault } from './fault.js'

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
    check: 'connection-room',
    plant: [
      `do $$ begin execute format('alter database %I connection limit 20', current_database()); end $$`,
      'alter role app_user connection limit 10',
    ],
    undo: [
      `do $$ begin execute format('alter database %I connection limit -1', current_database()); end $$`,
      'ALTER ROLE app_user CONNECTION LIMIT -1',
    ],
    found: [
      { limited_by: 'the limit of the database', room: 20 },
      { limited_by: 'the limits of app_roles', room: 10, fix: 'ALTER ROLE app_user CONNECTION LIMIT -1' },
    ],
  },
  {
    check: 'app-privileges',
    plant: ['revoke insert, delete on app.orders from app_user', 'revoke usage on schema app from report'],
    undo: ['grant insert, delete on app.orders to app_user', 'grant usage on schema app to report'],
    found: [
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
    plant: ['alter table app.orders owner to postgres', 'revoke create on schema app from migrator'],
    undo: ['alter table app.orders owner to migrator', 'grant create on schema app to migrator'],
    found: [
      { table_name: 'orders', fix: 'ALTER TABLE app.orders OWNER TO migrator' },
      { table_name: null, fix: 'GRANT CREATE ON SCHEMA app TO migrator' },
    ],
  },
  {
    check: 'search-path',
    plant: ['alter role app_user set search_path = app, "Gone", public'],
    undo: ['alter role app_user set search_path = app, public'],
    found: [{ role: 'app_user', schema_name: 'Gone' }],
  },
  {
    check: 'settings-expected',
    plant: [`alter role app_user set work_mem = '8MB'`],
    undo: ['alter role app_user reset work_mem'],
    found: [{ role: 'app_user', name: 'work_mem', expected: '4MB', actual: '8MB' }],
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
    plant: ['alter role report bypassrls'],
    undo: ['alter role report nobypassrls'],
    found: [{ role: 'report', problem: 'has BYPASSRLS', fix: 'ALTER ROLE report NOBYPASSRLS' }],
  },
  {
    check: 'row-security-bypassed',
    plant: ['grant migrator to app_user'],
    undo: ['revoke migrator from app_user'],
    found: [{ role: 'app_user', problem: 'owns the table', fix: 'ALTER TABLE app.notes FORCE ROW LEVEL SECURITY' }],
  },
  {
    check: 'replication-role',
    plant: [`alter role app_user set session_replication_role = 'replica'`],
    undo: ['alter role app_user reset session_replication_role'],
    found: [{ role: 'app_user', fix: 'ALTER ROLE app_user RESET session_replication_role' }],
  },
]
