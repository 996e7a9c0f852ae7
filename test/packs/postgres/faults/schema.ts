/** What a restore leaves out or half done: constraints, triggers, indexes, statistics, keys. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type Fault, made } from './fault.js'

const ROWS = readFileSync(join(import.meta.dirname, '..', 'healthy-rows.sql'), 'utf8')

export const SCHEMA: readonly Fault[] = [
  {
    check: 'schemas',
    plant: ['alter schema more rename to left_out'],
    undo: ['alter schema left_out rename to more'],
    found: [{ schema_name: 'more' }],
  },
  {
    check: 'not-empty',
    plant: [
      `do $$ begin execute (select 'truncate ' || string_agg(oid::regclass::text, ', ') || ' restart identity'
        from pg_class where relkind = 'r' and relnamespace = 'app'::regnamespace); end $$`,
    ],
    undo: [ROWS],
    found: [{ empty_tables: 13 }],
  },
  {
    check: 'constraints-enforced',
    plant: [
      'alter table app.orders disable trigger all',
      'alter table app.orders enable trigger user',
      ...made(
        'create table public.queue (id int primary key, place int, constraint one_a_place unique (place) deferrable)',
      ),
      'alter table public.queue disable trigger all',
      `do $$ begin execute (select format('alter table app.customers enable replica trigger %I', tgname) from pg_trigger
        where tgrelid = 'app.customers'::regclass and tgisinternal limit 1); end $$`,
    ],
    undo: [
      'alter table app.orders enable trigger all',
      'drop table public.queue',
      'alter table app.customers enable trigger all',
    ],
    // One trigger is for inserts, one for updates.
    found: [
      { schema_name: 'app', table_name: 'orders', constraint_name: 'orders_customer_id_fkey' },
      { fix: expect.stringMatching(/^ALTER TABLE app\.orders ENABLE TRIGGER "RI_ConstraintTrigger_c_\d+"$/) },
      { table_name: 'queue', constraint_name: 'one_a_place' },
      { table_name: 'customers', constraint_name: 'orders_customer_id_fkey' },
    ],
  },
  {
    check: 'triggers-enabled',
    plant: ['alter table app.orders disable trigger touched', 'alter table app.customers enable replica rule keep'],
    undo: ['alter table app.orders enable trigger touched', 'alter table app.customers enable rule keep'],
    found: [
      { name: 'touched', state: 'off', fix: 'ALTER TABLE app.orders ENABLE TRIGGER touched' },
      { name: 'keep', state: 'only in replication', fix: 'ALTER TABLE app.customers ENABLE RULE keep' },
    ],
  },
  {
    check: 'triggers-enabled',
    plant: ['alter table app.orders enable replica trigger touched', 'alter table app.customers disable rule keep'],
    undo: ['alter table app.orders enable trigger touched', 'alter table app.customers enable rule keep'],
    found: [
      { name: 'touched', state: 'only in replication' },
      { name: 'keep', state: 'off' },
    ],
  },
  {
    check: 'constraints-valid',
    plant: [
      'alter table app.orders add constraint small check (total < 1000000) not valid',
      'alter domain app.percent add constraint even check (value % 2 = 0) not valid',
      'alter table app.notes add constraint written foreign key (id) references app.customers not valid',
    ],
    undo: [
      'alter table app.orders drop constraint small',
      'alter domain app.percent drop constraint even',
      'alter table app.notes drop constraint written',
    ],
    found: [
      { constraint_name: 'small', state: 'not valid', fix: 'ALTER TABLE app.orders VALIDATE CONSTRAINT small' },
      { constraint_name: 'even', fix: 'ALTER DOMAIN app.percent VALIDATE CONSTRAINT even' },
      { constraint_name: 'written', fix: 'ALTER TABLE app.notes VALIDATE CONSTRAINT written' },
    ],
  },
  {
    check: 'constraints-valid',
    since: 18,
    plant: [
      'alter table app.orders alter constraint orders_customer_id_fkey not enforced',
      'alter table app.orders add constraint noted not null note not valid',
      'alter table app.orders add constraint small check (total < 1000000) not enforced',
    ],
    undo: [
      'alter table app.orders drop constraint small',
      'alter table app.orders alter constraint orders_customer_id_fkey enforced',
      'alter table app.orders drop constraint noted',
    ],
    found: [
      {
        state: 'not enforced',
        fix: 'ALTER TABLE app.orders ALTER CONSTRAINT orders_customer_id_fkey ENFORCED',
      },
      { constraint_name: 'noted', state: 'not valid', fix: 'ALTER TABLE app.orders VALIDATE CONSTRAINT noted' },
      {
        constraint_name: 'small',
        fix: 'ALTER TABLE app.orders DROP CONSTRAINT small, ADD CONSTRAINT small CHECK ((total < (1000000)::numeric))',
      },
    ],
  },
  {
    check: 'indexes-valid',
    plant: [
      { fails: 'create unique index concurrently once on app.orders (customer_id)' },
      // As REINDEX CONCURRENTLY names what it is about.
      { fails: 'create unique index concurrently orders_pkey_ccnew on app.orders (customer_id)' },
    ],
    undo: ['drop index app.once', 'DROP INDEX CONCURRENTLY app.orders_pkey_ccnew'],
    found: [
      { index_name: 'once', is_unique: true, fix: 'REINDEX INDEX CONCURRENTLY app.once' },
      { index_name: 'orders_pkey_ccnew', fix: 'DROP INDEX CONCURRENTLY app.orders_pkey_ccnew' },
    ],
  },
  {
    check: 'indexes-valid',
    plant: made(`create table public.parted (id int) partition by list (id);
      create table public.part partition of public.parted for values in (1); create index halves on only public.parted (id)`),
    undo: ['drop table public.parted'],
    found: [{ index_name: 'halves', is_unique: false, fix: undefined }],
  },
  {
    check: 'statistics-present',
    plant: made(`create table public.unknown with (autovacuum_enabled = false) as select generate_series(1, 20000) i;
      create materialized view public.unknown_view with (autovacuum_enabled = false) as select * from public.unknown`),
    undo: ['drop table public.unknown cascade'],
    found: [
      { table_name: 'unknown', fix: 'ANALYZE public.unknown' },
      { table_name: 'unknown_view', fix: 'ANALYZE public.unknown_view' },
    ],
  },
  {
    check: 'statistics-extended',
    seenSince: Number.POSITIVE_INFINITY,
    plant: ['create statistics app.pair (dependencies) on customer_id, total from app.orders'],
    undo: ['drop statistics app.pair'],
    found: [{ name: 'pair', fix: 'ANALYZE app.orders' }],
  },
  {
    check: 'statistics-extended',
    seenSince: 14,
    plant: ['create index doubled on app.orders ((total * 2))'],
    undo: ['drop index app.doubled'],
    found: [{ name: 'doubled', fix: 'ANALYZE app.orders' }],
  },
  {
    check: 'collations',
    plant: [`update pg_collation set collversion = '0.0' where collname = 'german'`],
    undo: [`update pg_collation set collversion = pg_collation_actual_version(oid) where collname = 'german'`],
    found: [{ collation_name: 'german', recorded: '0.0', indexes: 1, unique_indexes: 0 }],
  },
  {
    check: 'extensions',
    plant: [`update pg_extension set extversion = '0.1' where extname = 'citext'`],
    undo: [
      `update pg_extension e set extversion = a.default_version from pg_available_extensions a
        where e.extname = 'citext' and a.name = 'citext'`,
    ],
    found: [{ extension: 'citext', problem: 'behind', fix: 'ALTER EXTENSION citext UPDATE' }],
  },
  {
    check: 'extensions',
    plant: [`update pg_extension set extname = 'gone' where extname = 'citext'`],
    undo: [`update pg_extension set extname = 'citext' where extname = 'gone'`],
    found: [
      { extension: 'gone', problem: 'its files are not on this server', fix: undefined },
      { extension: 'citext', problem: 'not there', fix: 'CREATE EXTENSION citext' },
    ],
  },
  {
    check: 'extensions',
    // One whose files are not there beside one whose files are: the statement of either names both.
    plant: [
      'create extension pg_stat_statements',
      `insert into pg_extension select 999999, 'pgaudit', extowner, extnamespace, extrelocatable, '1.0', null, null
        from pg_extension where extname = 'pg_stat_statements'`,
    ],
    undo: ['drop extension pg_stat_statements', `delete from pg_extension where extname = 'pgaudit'`],
    found: [
      ...['pg_stat_statements', 'pgaudit'].map((extension) => ({
        extension,
        problem: 'not in shared_preload_libraries',
        fix: 'ALTER SYSTEM SET shared_preload_libraries = pg_stat_statements, pgaudit',
      })),
      { extension: 'pgaudit', problem: 'its files are not on this server' },
    ],
  },
  {
    check: 'unlogged',
    plant: made('create unlogged table public.cache (id int primary key)'),
    undo: ['drop table public.cache'],
    found: [{ table_name: 'cache', fix: 'ALTER TABLE public.cache SET LOGGED' }],
  },
  {
    check: 'foreign-key-types',
    plant: made(`create table public.narrow (id int primary key, customer_id int references app.customers);
      create table public.narrower (id int primary key, customer smallint references app.customers,
        narrow smallint references public.narrow)`),
    undo: ['drop table public.narrower, public.narrow'],
    found: [
      { column_name: 'customer_id', fix: 'ALTER TABLE public.narrow ALTER COLUMN customer_id TYPE bigint' },
      { column_name: 'customer', fix: 'ALTER TABLE public.narrower ALTER COLUMN customer TYPE bigint' },
      { column_name: 'narrow', fix: 'ALTER TABLE public.narrower ALTER COLUMN narrow TYPE integer' },
    ],
  },
  {
    check: 'keys-without-default',
    plant: made('create table public.lost (id bigint primary key); create sequence public.lost_id_seq'),
    undo: ['drop table public.lost', 'drop sequence public.lost_id_seq'],
    found: [{ fix: `ALTER TABLE public.lost ALTER COLUMN id SET DEFAULT nextval('public.lost_id_seq')` }],
  },
  {
    check: 'primary-keys',
    plant: made('create table public.twice (id int)'),
    undo: ['drop table public.twice'],
    found: [{ schema_name: 'public', table_name: 'twice' }],
  },
  {
    check: 'autovacuum',
    plant: [
      'alter table app.orders set (autovacuum_enabled = off)',
      'alter materialized view app.totals set (autovacuum_enabled = no)',
    ],
    undo: ['alter table app.orders reset (autovacuum_enabled)', 'ALTER TABLE app.totals RESET (autovacuum_enabled)'],
    found: [
      { table_name: 'orders', fix: 'ALTER TABLE app.orders RESET (autovacuum_enabled)' },
      { table_name: 'totals', fix: 'ALTER TABLE app.totals RESET (autovacuum_enabled)' },
    ],
  },
  {
    check: 'event-triggers',
    plant: [
      'alter event trigger guard disable',
      'create event trigger second on ddl_command_end execute function guard()',
      'alter event trigger second enable replica',
    ],
    undo: ['ALTER EVENT TRIGGER guard ENABLE', 'drop event trigger second'],
    found: [
      { event_trigger: 'guard', problem: 'off', fix: 'ALTER EVENT TRIGGER guard ENABLE' },
      { event_trigger: 'second', problem: 'only in replication', fix: 'ALTER EVENT TRIGGER second ENABLE' },
    ],
  },
]
