/** What replication and those who move data leave behind. */
import { type Fault, made } from './fault.js'

const SUBSCRIBE = `create subscription left_over connection 'host=127.0.0.1 port=1 dbname=gone' publication p with (connect = false)`
const UNSUBSCRIBE = ['alter subscription left_over set (slot_name = none)', 'drop subscription left_over']

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
        select oid, 'app.orders'::regclass, 'd' from pg_subscription where subname = 'left_over'`,
    ],
    undo: ['delete from pg_subscription_rel', ...UNSUBSCRIBE],
    found: [{ table_name: 'orders', state: 'being copied' }],
  },
  {
    check: 'replication-slots',
    plant: [`select pg_create_physical_replication_slot('left_over', true)`],
    undo: [`select pg_drop_replication_slot('left_over')`],
    found: [{ slot: 'left_over', problem: 'nobody reads it', fix: `SELECT pg_drop_replication_slot('left_over')` }],
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
    found: [{ table_name: 'awsdms_apply_exceptions' }, { fix: 'DROP TABLE public.orders_bak_20240101' }],
  },
  {
    check: 'replica-identity',
    plant: ['alter table app.orders replica identity nothing'],
    undo: ['alter table app.orders replica identity default'],
    found: [{ table_name: 'orders', fix: 'ALTER TABLE app.orders REPLICA IDENTITY FULL' }],
  },
]
