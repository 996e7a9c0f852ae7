/** What can be wrong with a database after a move: how it comes about, how it is mended, and which check tells of it. */
import { expect } from 'vitest'

/** `fails`: a statement that is meant to fail, as an index that cannot be built. */
export type Statement = string | { readonly fails: string }

export interface Fault {
  readonly check: string
  /** Each in its own; run as superuser in a database made by healthy.sql. */
  readonly plant: readonly Statement[]
  readonly undo: readonly Statement[]
  /** What the findings show, in any order; columns not named here may be anything. */
  readonly found: readonly Readonly<Record<string, unknown>>[]
  /** First major it can be planted on. */
  readonly since?: number
  /** Other checks that cannot but tell of it, too. */
  readonly also?: readonly string[]
  /** Only an owner can see it: to the role with the rights the pack asks for it is *error*. */
  readonly unseen?: true
  /** Sessions take it over when they get to it. */
  readonly slow?: true
}

/** A table of whoever changes the schema, so that nobody's rights are wrong. */
const made = (statement: string): readonly Statement[] => ['set role migrator', statement, 'reset role']
const system = (setting: string): readonly Statement[] => [`alter system ${setting}`, 'select pg_reload_conf()']
const SUBSCRIBE = `create subscription left_over connection 'host=127.0.0.1 port=1 dbname=gone' publication p with (connect = false)`
const UNSUBSCRIBE = ['alter subscription left_over set (slot_name = none)', 'drop subscription left_over']

export const FAULTS: readonly Fault[] = [
  {
    check: 'target',
    plant: ['alter role app_user set default_transaction_read_only = on'],
    undo: ['alter role app_user reset default_transaction_read_only'],
    found: [{ what: 'read only', run: 'ALTER ROLE app_user RESET default_transaction_read_only' }],
  },
  {
    check: 'constraints-enforced',
    plant: ['alter table app.orders disable trigger all', 'alter table app.orders enable trigger user'],
    undo: ['alter table app.orders enable trigger all'],
    // One trigger is for inserts, one for updates.
    found: [
      { schema_name: 'app', table_name: 'orders', constraint_name: 'orders_customer_id_fkey' },
      { run: expect.stringMatching(/^ALTER TABLE app\.orders ENABLE TRIGGER "RI_ConstraintTrigger_c_\d+"$/) },
    ],
  },
  {
    check: 'triggers-enabled',
    plant: ['alter table app.orders disable trigger touched', 'alter table app.customers enable replica rule keep'],
    undo: ['alter table app.orders enable trigger touched', 'alter table app.customers enable rule keep'],
    found: [
      { name: 'touched', state: 'off', run: 'ALTER TABLE app.orders ENABLE TRIGGER touched' },
      { name: 'keep', state: 'only in replication', run: 'ALTER TABLE app.customers ENABLE RULE keep' },
    ],
  },
  {
    check: 'replication-role',
    plant: [`alter role app_user set session_replication_role = 'replica'`],
    undo: ['alter role app_user reset session_replication_role'],
    found: [{ role: 'app_user', run: 'ALTER ROLE app_user RESET session_replication_role' }],
  },
  {
    check: 'constraints-valid',
    plant: [
      'alter table app.orders add constraint small check (total < 1000000) not valid',
      'alter domain app.percent add constraint even check (value % 2 = 0) not valid',
    ],
    undo: ['alter table app.orders drop constraint small', 'alter domain app.percent drop constraint even'],
    found: [
      { constraint_name: 'small', state: 'not valid', run: 'ALTER TABLE app.orders VALIDATE CONSTRAINT small' },
      { constraint_name: 'even', run: 'ALTER DOMAIN app.percent VALIDATE CONSTRAINT even' },
    ],
  },
  {
    check: 'constraints-valid',
    since: 18,
    plant: [
      'alter table app.orders alter constraint orders_customer_id_fkey not enforced',
      'alter table app.orders add constraint noted not null note not valid',
    ],
    undo: [
      'alter table app.orders alter constraint orders_customer_id_fkey enforced',
      'alter table app.orders drop constraint noted',
    ],
    found: [
      {
        state: 'not enforced',
        run: 'ALTER TABLE app.orders ALTER CONSTRAINT orders_customer_id_fkey ENFORCED',
      },
      { constraint_name: 'noted', state: 'not valid', run: 'ALTER TABLE app.orders VALIDATE CONSTRAINT noted' },
    ],
  },
  {
    check: 'app-roles',
    plant: ['alter role report nologin', `alter role app_user valid until '2001-01-01'`],
    undo: ['alter role report login', `alter role app_user valid until 'infinity'`],
    found: [
      { role: 'report', problem: 'may not log in', run: 'ALTER ROLE report LOGIN' },
      { role: 'app_user', run: `ALTER ROLE app_user VALID UNTIL 'infinity'` },
    ],
  },
  {
    check: 'app-privileges',
    plant: ['revoke insert, delete on app.orders from app_user', 'revoke usage on schema app from report'],
    undo: ['grant insert, delete on app.orders to app_user', 'grant usage on schema app to report'],
    found: [
      { role: 'app_user', table_name: 'orders', run: 'GRANT DELETE, INSERT ON app.orders TO app_user' },
      { role: 'report', table_name: null, run: 'GRANT USAGE ON SCHEMA app TO report' },
    ],
  },
  {
    check: 'sequence-grants',
    plant: ['revoke usage on sequence app.orders_id_seq from app_user'],
    undo: ['grant usage on sequence app.orders_id_seq to app_user'],
    found: [{ role: 'app_user', run: 'GRANT USAGE ON SEQUENCE app.orders_id_seq TO app_user' }],
  },
  {
    check: 'schema-changes',
    plant: ['alter table app.orders owner to postgres', 'revoke create on schema app from migrator'],
    undo: ['alter table app.orders owner to migrator', 'grant create on schema app to migrator'],
    found: [
      { table_name: 'orders', run: 'ALTER TABLE app.orders OWNER TO migrator' },
      { table_name: null, run: 'GRANT CREATE ON SCHEMA app TO migrator' },
    ],
  },
  {
    check: 'indexes-valid',
    plant: [{ fails: 'create unique index concurrently once on app.orders (customer_id)' }],
    undo: ['drop index app.once'],
    found: [{ index_name: 'once', is_unique: true, run: 'REINDEX INDEX CONCURRENTLY app.once' }],
  },
  {
    check: 'indexes-valid',
    plant: made(`create table public.parted (id int) partition by list (id);
      create table public.part partition of public.parted for values in (1); create index halves on only public.parted (id)`),
    undo: ['drop table public.parted'],
    found: [{ index_name: 'halves', is_unique: false, run: null }],
  },
  {
    check: 'statistics-present',
    plant: made('create table public.unknown with (autovacuum_enabled = false) as select generate_series(1, 20000) i'),
    undo: ['drop table public.unknown'],
    found: [{ table_name: 'unknown', run: 'ANALYZE public.unknown' }],
  },
  {
    check: 'statistics-extended',
    unseen: true,
    plant: ['create statistics app.pair (dependencies) on customer_id, total from app.orders'],
    undo: ['drop statistics app.pair'],
    found: [{ name: 'pair', run: 'ANALYZE app.orders' }],
  },
  {
    check: 'statistics-extended',
    // Before, nobody but a superuser sees those of an index that is another's.
    since: 14,
    plant: ['create index doubled on app.orders ((total * 2))'],
    undo: ['drop index app.doubled'],
    found: [{ name: 'doubled', run: 'ANALYZE app.orders' }],
  },
  {
    check: 'subscriptions',
    plant: [SUBSCRIBE],
    undo: UNSUBSCRIBE,
    found: [{ subscription: 'left_over', problem: 'left over' }],
  },
  {
    check: 'subscribed-tables',
    also: ['subscriptions'],
    plant: [
      SUBSCRIBE,
      `insert into pg_subscription_rel (srsubid, srrelid, srsubstate)
        select oid, 'app.orders'::regclass, 'd' from pg_subscription where subname = 'left_over'`,
    ],
    undo: ['delete from pg_subscription_rel', ...UNSUBSCRIBE],
    found: [{ table_name: 'orders', state: 'being copied' }],
  },
  {
    check: 'replication-slots',
    plant: [`select pg_create_physical_replication_slot('left_over', true)`],
    undo: [`select pg_drop_replication_slot('left_over')`],
    found: [{ slot: 'left_over', problem: 'nobody reads it', run: `SELECT pg_drop_replication_slot('left_over')` }],
  },
  {
    check: 'prepared-transactions',
    plant: ['begin', 'select txid_current()', `prepare transaction 'left_over'`],
    undo: [`rollback prepared 'left_over'`],
    found: [{ owner: 'postgres' }],
  },
  {
    check: 'dms-exceptions',
    also: ['leftovers'],
    plant: made('create table public.awsdms_apply_exceptions as select 1 as error'),
    undo: ['drop table public.awsdms_apply_exceptions'],
    found: [{ schema_name: 'public', table_name: 'awsdms_apply_exceptions' }],
  },
  {
    check: 'leftovers',
    plant: made(
      'create table public.orders_bak_20240101 (id int); create table public.awsdms_apply_exceptions (id int)',
    ),
    undo: ['drop table public.orders_bak_20240101, public.awsdms_apply_exceptions'],
    found: [{ table_name: 'awsdms_apply_exceptions' }, { run: 'DROP TABLE public.orders_bak_20240101' }],
  },
  {
    check: 'collations',
    plant: [`update pg_collation set collversion = '0.0' where collname = 'german'`],
    undo: [`update pg_collation set collversion = pg_collation_actual_version(oid) where collname = 'german'`],
    found: [{ collation_name: 'german', recorded: '0.0', indexes: 1, unique_indexes: 0 }],
  },
  {
    check: 'settings-durable',
    slow: true,
    plant: system('set zero_damaged_pages = on'),
    undo: system('reset zero_damaged_pages'),
    found: [{ name: 'zero_damaged_pages', run: 'ALTER SYSTEM RESET zero_damaged_pages; SELECT pg_reload_conf()' }],
  },
  {
    check: 'settings-sane',
    slow: true,
    plant: system('set enable_tidscan = off'),
    undo: system('reset enable_tidscan'),
    found: [{ name: 'enable_tidscan', setting: 'off' }],
  },
  {
    check: 'settings-pending',
    slow: true,
    plant: system('set max_connections = 150'),
    undo: system('reset max_connections'),
    found: [{ name: 'max_connections' }],
  },
  {
    check: 'settings-expected',
    plant: [`alter role app_user set work_mem = '8MB'`],
    undo: ['alter role app_user reset work_mem'],
    found: [{ role: 'app_user', name: 'work_mem', expected: '4MB', actual: '8MB' }],
  },
  {
    check: 'search-path',
    plant: ['alter role app_user set search_path = app, "Gone", public'],
    undo: ['alter role app_user set search_path = app, public'],
    found: [{ role: 'app_user', schema_name: 'Gone' }],
  },
  {
    check: 'archiving',
    slow: true,
    plant: [...system(`set archive_command = 'false'`), 'select txid_current()', 'select pg_switch_wal()'],
    undo: system(`set archive_command = 'true'`),
    found: [{ problem: 'the last attempt failed' }],
  },
  {
    check: 'extensions',
    plant: [`update pg_extension set extversion = '0.1' where extname = 'citext'`],
    undo: [
      `update pg_extension e set extversion = a.default_version from pg_available_extensions a
        where e.extname = 'citext' and a.name = 'citext'`,
    ],
    found: [{ extension: 'citext', problem: 'behind', run: 'ALTER EXTENSION citext UPDATE' }],
  },
  {
    check: 'extensions',
    plant: [`update pg_extension set extname = 'gone' where extname = 'citext'`],
    undo: [`update pg_extension set extname = 'citext' where extname = 'gone'`],
    found: [
      { extension: 'gone', problem: 'its files are not on this server', run: null },
      { extension: 'citext', problem: 'not there', run: 'CREATE EXTENSION citext' },
    ],
  },
  {
    check: 'unlogged',
    plant: made('create unlogged table public.cache (id int primary key)'),
    undo: ['drop table public.cache'],
    found: [{ table_name: 'cache', run: 'ALTER TABLE public.cache SET LOGGED' }],
  },
  {
    check: 'row-security',
    plant: ['alter table app.notes disable row level security'],
    undo: ['alter table app.notes enable row level security'],
    found: [{ table_name: 'notes', run: 'ALTER TABLE app.notes ENABLE ROW LEVEL SECURITY' }],
  },
  {
    check: 'row-security',
    plant: ['drop policy own on app.notes'],
    undo: ['create policy own on app.notes using (owner = current_user)'],
    found: [{ table_name: 'notes', run: null }],
  },
  {
    check: 'row-security-bypassed',
    plant: ['alter role report bypassrls'],
    undo: ['alter role report nobypassrls'],
    found: [{ role: 'report', problem: 'has BYPASSRLS', run: 'ALTER ROLE report NOBYPASSRLS' }],
  },
  {
    check: 'row-security-bypassed',
    plant: ['grant migrator to app_user'],
    undo: ['revoke migrator from app_user'],
    found: [{ role: 'app_user', problem: 'owns the table', run: 'ALTER TABLE app.notes FORCE ROW LEVEL SECURITY' }],
  },
  {
    check: 'foreign-servers',
    plant: [`alter server archive options (set host 'old.example.net')`],
    undo: [`alter server archive options (set host 'new.example.net')`],
    found: [{ server: 'archive', host: 'old.example.net' }],
  },
  {
    check: 'event-triggers',
    plant: ['alter event trigger guard disable'],
    undo: ['alter event trigger guard enable'],
    found: [{ event_trigger: 'guard', problem: 'off', run: 'ALTER EVENT TRIGGER guard ENABLE' }],
  },
  {
    check: 'foreign-key-types',
    plant: made('create table public.narrow (id int primary key, customer_id int references app.customers)'),
    undo: ['drop table public.narrow'],
    found: [{ column_name: 'customer_id', run: 'ALTER TABLE public.narrow ALTER COLUMN customer_id TYPE bigint' }],
  },
  {
    check: 'keys-without-default',
    plant: made('create table public.lost (id bigint primary key); create sequence public.lost_id_seq'),
    undo: ['drop table public.lost', 'drop sequence public.lost_id_seq'],
    found: [{ run: `ALTER TABLE public.lost ALTER COLUMN id SET DEFAULT nextval('public.lost_id_seq')` }],
  },
  {
    check: 'primary-keys',
    plant: made('create table public.twice (id int)'),
    undo: ['drop table public.twice'],
    found: [{ schema_name: 'public', table_name: 'twice' }],
  },
  {
    check: 'replica-identity',
    plant: ['alter table app.orders replica identity nothing'],
    undo: ['alter table app.orders replica identity default'],
    found: [{ table_name: 'orders', run: 'ALTER TABLE app.orders REPLICA IDENTITY FULL' }],
  },
  {
    check: 'databases',
    plant: ['create database closed allow_connections false'],
    undo: ['drop database closed'],
    found: [{ database: 'closed', run: 'ALTER DATABASE closed ALLOW_CONNECTIONS true' }],
  },
  {
    check: 'autovacuum',
    plant: ['alter table app.orders set (autovacuum_enabled = off)'],
    undo: ['alter table app.orders reset (autovacuum_enabled)'],
    found: [{ table_name: 'orders', run: 'ALTER TABLE app.orders RESET (autovacuum_enabled)' }],
  },
  {
    check: 'jobs',
    plant: [
      'create schema cron authorization migrator',
      'grant usage on schema cron to watcher',
      ...made(`create table cron.job (jobid bigint primary key, schedule text, nodename text, username text, active boolean);
        insert into cron.job values (1, '@daily', 'localhost', 'app_user', true), (2, '@daily', 'localhost', 'app_user', false),
          (3, '@daily', 'localhost', 'nobody', true), (4, '@daily', 'old.example.net', 'app_user', true)`),
    ],
    undo: ['drop schema cron cascade'],
    found: [
      { job: 2, problem: 'off' },
      { job: 3, problem: 'its role is not there' },
      { job: 4, problem: 'runs on the old host' },
    ],
  },
]
