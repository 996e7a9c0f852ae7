/** What replication and those who move data leave behind. */
import { type Fault, made } from './fault.js'

const SUBSCRIBE = `create subscription left_over connection 'host=127.0.0.1 port=1 dbname=gone' publication p with (connect = false)`
const UNSUBSCRIBE = ['alter subscription left_over set (slot_name = none)', 'drop subscription left_over']

/** A name for each form that tells of something left over. */
const LEFT = [
  ...['old', 'tmp', 'temp', 'bak', 'backup', 'copy', 'orig', 'to_delete', 'deprecated'].map((word) => `orders_${word}`),
  ...['tmp', 'temp', 'old', 'bak', 'backup', 'zz', 'del'].map((word) => `${word}_orders`),
  ...['orders_bak_20240101', 'awsdms_apply_exceptions', '_orders_gho', '_orders_ghc'],
]

/** Schemas of tools that move data. */
const TOOLS = ['pglogical', 'pglogical_origin', 'pgl_ddl_deploy', 'repack', 'pgcopydb', 'bucardo', '_slony', 'londiste']

export const REPLICATION: readonly Fault[] = [
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
        select s.oid, r.name::regclass, r.state from pg_subscription s, (values ('app.orders', 'd'), ('app.customers', 'i'),
          ('app.notes', 's'), ('app.words', 'r')) r(name, state) where s.subname = 'left_over'`,
    ],
    undo: ['delete from pg_subscription_rel', ...UNSUBSCRIBE],
    found: [
      { table_name: 'orders', state: 'being copied' },
      { table_name: 'customers', state: 'not begun' },
      { table_name: 'notes', state: 'catching up' },
    ],
  },
  {
    check: 'replication-slots',
    plant: [`select pg_create_physical_replication_slot('left_over', true)`],
    undo: [`select pg_drop_replication_slot('left_over')`],
    found: [{ slot: 'left_over', problem: 'nobody reads it', fix: `SELECT pg_drop_replication_slot('left_over')` }],
  },
  {
    check: 'replication-slots',
    plant: [
      `select pg_create_physical_replication_slot('left_behind', true)`,
      'select txid_current()',
      'select pg_switch_wal()',
      'checkpoint',
    ],
    undo: [`select pg_drop_replication_slot('left_behind')`],
    found: [{ slot: 'left_behind', problem: 'has lost WAL' }],
  },
  {
    check: 'standbys',
    slow: true,
    plant: ['alter role standby noreplication', 'select pg_terminate_backend(pid) from pg_stat_replication'],
    undo: ['alter role standby replication'],
    found: [{ expected: 1, streaming: 0 }],
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
    plant: made(`create table public.awsdms_apply_exceptions as select 1 as error;
      create table public.awsdms_validation_failures_v1 as select 1 as failure`),
    undo: ['drop table public.awsdms_apply_exceptions, public.awsdms_validation_failures_v1'],
    found: [
      { schema_name: 'public', table_name: 'awsdms_apply_exceptions' },
      { schema_name: 'public', table_name: 'awsdms_validation_failures_v1' },
    ],
  },
  {
    check: 'leftovers',
    plant: made(LEFT.map((name) => `create table public.${name} (id int primary key)`).join(';')),
    undo: [`drop table ${LEFT.map((name) => `public.${name}`).join(', ')}`],
    found: LEFT.map((name) => ({ table_name: name, fix: `DROP TABLE public.${name}` })),
  },
  {
    check: 'leftovers',
    plant: [
      ...TOOLS.map((name) => `create schema ${name} authorization migrator`),
      ...made(TOOLS.map((name) => `create table ${name}.queue (id int primary key)`).join(';')),
    ],
    undo: [`drop schema ${TOOLS.join(', ')} cascade`],
    found: TOOLS.map((name) => ({ schema_name: name, table_name: 'queue', fix: undefined })),
  },
  {
    check: 'replica-identity',
    plant: [
      'alter table app.orders replica identity nothing',
      ...made(`create table public.unkeyed (id int);
        create table public.unindexed (id int primary key, place int not null constraint one_a_place unique);
        alter table public.unindexed replica identity using index one_a_place;
        alter table public.unindexed drop constraint one_a_place`),
      'alter publication changes add table public.unkeyed, public.unindexed',
    ],
    undo: ['ALTER TABLE app.orders REPLICA IDENTITY DEFAULT', 'drop table public.unkeyed, public.unindexed'],
    found: [
      { table_name: 'orders', fix: 'ALTER TABLE app.orders REPLICA IDENTITY FULL' },
      { table_name: 'unkeyed', fix: 'ALTER TABLE public.unkeyed REPLICA IDENTITY FULL' },
      { table_name: 'unindexed', fix: 'ALTER TABLE public.unindexed REPLICA IDENTITY FULL' },
    ],
  },
]
