/** What can be wrong with a database after a move: how it comes about, how it is mended, and which check tells of it. */

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
}

/** A table of whoever changes the schema, so that nobody's rights are wrong. */
const made = (statement: string): readonly Statement[] => ['set role migrator', statement, 'reset role']
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
    found: [{ schema_name: 'app', table_name: 'orders', constraint_name: 'orders_customer_id_fkey' }],
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
]
