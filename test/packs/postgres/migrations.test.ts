import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { type OpenPack, openPack, wrong } from './open-pack.js'

interface Ledger {
  readonly check: string
  /** As the framework makes it, and as it is when all has run. */
  readonly ledger: string
  /** What goes wrong, and what is told of it. */
  readonly faults: readonly (readonly [statement: string, ...told: Readonly<Record<string, unknown>>[]])[]
}

const EMPTY = { problem: 'the ledger is empty' }
const missing = (migration: string) => ({ problem: 'not there', migration })

const LEDGERS: readonly Ledger[] = [
  {
    check: 'rails',
    ledger: `create table schema_migrations (version varchar primary key);
      insert into schema_migrations values ('20230101000000'), ('20240101000000')`,
    faults: [
      [`delete from schema_migrations where version = '20240101000000'`, missing('20240101000000')],
      ['delete from schema_migrations', EMPTY, missing('20240101000000')],
      [
        `insert into schema_migrations values ('20250101000000')`,
        { problem: 'newer than expected', migration: '20250101000000' },
      ],
    ],
  },
  {
    check: 'rails-environment',
    ledger: `create table ar_internal_metadata (key varchar primary key, value varchar);
      insert into ar_internal_metadata values ('environment', 'production'), ('schema_sha1', 'x')`,
    faults: [[`update ar_internal_metadata set value = 'staging'`, { environment: 'staging' }]],
  },
  {
    check: 'django',
    ledger: `create table django_migrations (id serial, app varchar, name varchar, applied timestamptz);
      insert into django_migrations (app, name) values ('shop', '0001_initial'), ('shop', '0002_more')`,
    faults: [[`delete from django_migrations where name = '0002_more'`, missing('shop.0002_more')]],
  },
  {
    check: 'flyway',
    ledger: `create table flyway_schema_history (installed_rank int, version varchar, script varchar, success boolean);
      insert into flyway_schema_history values (1, '1', 'V1__a.sql', true), (2, '2', 'V2__b.sql', true), (3, null, 'R__c.sql', true)`,
    faults: [
      [
        `update flyway_schema_history set success = false where installed_rank > 1`,
        { problem: 'failed', migration: '2' },
        { problem: 'failed', migration: 'R__c.sql' },
        missing('2'),
      ],
    ],
  },
  {
    check: 'liquibase',
    ledger: `create table databasechangelog (id varchar, author varchar, exectype varchar);
      insert into databasechangelog values ('1-users', 'a', 'EXECUTED'), ('2-orders', 'a', 'EXECUTED')`,
    faults: [
      [
        `update databasechangelog set exectype = 'FAILED' where id = '1-users'`,
        { problem: 'failed', migration: '1-users' },
      ],
      [`delete from databasechangelog where id = '2-orders'`, missing('2-orders')],
    ],
  },
  {
    check: 'liquibase-lock',
    ledger: `create table databasechangeloglock (id int, locked boolean, lockgranted timestamp, lockedby varchar);
      insert into databasechangeloglock values (1, true, now(), 'new.example.net')`,
    faults: [[`update databasechangeloglock set lockgranted = '2020-01-01'`, { since: '2020-01-01 00:00:00' }]],
  },
  {
    check: 'prisma',
    ledger: `create table _prisma_migrations (migration_name varchar, started_at timestamptz, finished_at timestamptz,
        rolled_back_at timestamptz);
      insert into _prisma_migrations values ('1_init', '2024-01-01', '2024-01-01', null),
        ('2_more', '2024-01-02', null, null), ('2_more', '2024-01-03', '2024-01-03', null),
        ('3_back', '2024-01-04', null, '2024-01-05')`,
    faults: [
      [
        `update _prisma_migrations set finished_at = null where started_at = '2024-01-03'`,
        { problem: 'failed', migration: '2_more' },
        { problem: 'failed', migration: '2_more' },
        missing('2_more'),
      ],
    ],
  },
  {
    check: 'sequelize',
    ledger: `create table "SequelizeMeta" (name varchar primary key); insert into "SequelizeMeta" values ('1-users.js')`,
    faults: [['delete from "SequelizeMeta"', EMPTY, missing('1-users.js')]],
  },
  {
    check: 'knex',
    ledger: `create table knex_migrations (id serial, name varchar, batch int, migration_time timestamptz);
      insert into knex_migrations (name) values ('1_users.js')`,
    faults: [[`update knex_migrations set name = '0_users.js'`, missing('1_users.js')]],
  },
  {
    check: 'knex-lock',
    ledger: `create table knex_migrations_lock (index serial, is_locked int); insert into knex_migrations_lock values (1, 0)`,
    faults: [['update knex_migrations_lock set is_locked = 1', { locked: '1' }]],
  },
  {
    check: 'typeorm',
    ledger: `create table migrations (id serial, "timestamp" bigint, name varchar);
      insert into migrations ("timestamp", name) values (1700000000000, 'Users1700000000000')`,
    faults: [['delete from migrations', EMPTY, missing('Users1700000000000')]],
  },
  {
    check: 'golang-migrate',
    ledger: `create schema gone; create table gone.schema_migrations (version bigint primary key, dirty boolean);
      insert into gone.schema_migrations values (42, false)`,
    faults: [['update gone.schema_migrations set dirty = true', { problem: 'dirty', migration: '42' }, missing('42')]],
  },
  {
    check: 'alembic',
    ledger: `create table alembic_version (version_num varchar primary key); insert into alembic_version values ('ae10')`,
    faults: [
      [
        `insert into alembic_version values ('bf20')`,
        { problem: 'several heads', migration: 'ae10' },
        { problem: 'several heads', migration: 'bf20' },
      ],
      [`update alembic_version set version_num = 'bf20'`, missing('ae10')],
    ],
  },
]

const WITH = {
  rails: '20240101000000',
  django: ['shop.0001_initial', 'shop.0002_more'],
  flyway: '2',
  liquibase: '2-orders',
  prisma: '2_more',
  sequelize: '1-users.js',
  knex: '1_users.js',
  typeorm: 'Users1700000000000',
  golang_migrate: '42',
  alembic: 'ae10',
}

let db: TestDatabase
let pack: OpenPack
beforeAll(async () => {
  db = await createDatabase()
  pack = await openPack('migrations', db.url, WITH)
})
afterAll(async () => {
  await pack?.close()
  await db?.drop()
})

test('skips every framework that has no ledger here', async () => {
  const found = await pack.look()
  expect(Object.values(found).map(({ outcome }) => outcome)).toEqual(pack.ids.map(() => 'skip'))
  expect(LEDGERS.map(({ check }) => check)).toEqual(pack.ids)
})

test('is silent where all has run, and tells what has not', async () => {
  for (const { ledger } of LEDGERS) await db.client.query(ledger)
  const healthy = await pack.look()
  expect(wrong(healthy)).toEqual([])
  for (const { check, faults } of LEDGERS)
    for (const [statement, ...told] of faults) {
      await db.client.query(statement)
      const found = await pack.look()
      expect(wrong(found), statement).toEqual([`${check} fail`])
      const rows = found[check]?.findings.map(({ row }) => row) ?? []
      expect(rows, statement).toHaveLength(told.length)
      expect(rows).toEqual(expect.arrayContaining(told.map((row) => expect.objectContaining(row))))
      await restore(check)
    }
})

async function restore(check: string): Promise<void> {
  const { ledger = '' } = LEDGERS.find((one) => one.check === check) ?? {}
  const [, table = ''] = /create table (\S+)/.exec(ledger) ?? []
  await db.client.query(`drop table ${table}`)
  await db.client.query(ledger.replace('create schema gone;', ''))
}

test('is error where the ledger may not be read', async () => {
  await db.client.query(`create role of_nobody login password 'of_nobody'`)
  const url = new URL(db.url)
  url.username = 'of_nobody'
  url.password = 'of_nobody'
  const stranger = await openPack('migrations', url.href, WITH)
  try {
    const found = await stranger.look()
    expect(Object.values(found).map(({ outcome }) => outcome)).toEqual(pack.ids.map(() => 'error'))
  } finally {
    await stranger.close()
    await db.client.query('drop role of_nobody')
  }
})
