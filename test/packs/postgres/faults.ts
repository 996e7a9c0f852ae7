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
}

const RESET = 'alter role app_user reset session_replication_role'

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
    undo: [RESET],
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
]
