import pg from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type PostgresServer, postgresHome, startPostgres } from '../../fixtures/servers/postgres.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { serverOrSkip } from '../support/require-server.js'
import { type Outcomes, outcomesOf } from './support.js'

const FILE = `version: 1
secrets: { url: { env: URL_OF_TEST } }
connections: { main: { type: postgres, url: "\${secret.url}" } }
defaults: { owner: team-db }
include:
  - pack: postgres-health
    as: db
    with:
      connection: main
      dead_rows: 1000
      modified_rows: 10000
      bloat_bytes: 1000000
      slot_bytes: 1000000
      open_transaction: 1 second
      idle_transaction: 1 second
      prepared_transaction: 1 second
      unused_bytes: 100000
      unused_for: 0 seconds
      transaction_age: 1000000
checks: []
`
const outcomes = (url: string, file = FILE) => outcomesOf(file, { URL_OF_TEST: url })
const shown = (found: Outcomes) =>
  Object.fromEntries(Object.entries(found).map(([id, { outcome }]) => [id.slice('db.'.length), outcome]))
const wrong = (found: Outcomes) =>
  Object.values(found)
    .filter(({ outcome }) => outcome !== 'pass' && outcome !== 'skip')
    .map(({ id, outcome, message }) => [id.slice('db.'.length), outcome, message].filter(Boolean).join(' '))
    .toSorted()

/** One table, filled by `rows`, that autovacuum leaves alone; known to the planner. */
const table = (name: string, rows = 20_000) => `
  create table ${name} (id int, filler text) with (autovacuum_enabled = false);
  insert into ${name} select i, repeat('x', 60) from generate_series(1, ${rows}) i;
  analyze ${name};`

interface Fault {
  readonly check: string
  /** Statement by statement; some may fail, as an index that cannot be built. */
  readonly statements: readonly string[]
  readonly undo: readonly string[]
  /** Seen when this gives true: counters arrive late, and `settle` is run each time before it is asked. */
  readonly until?: string
  readonly settle?: string
}

const FAULTS: readonly Fault[] = [
  {
    check: 'dead-rows',
    statements: [table('dead'), 'delete from dead where id % 10 < 4'],
    settle: 'analyze dead',
    until: `select n_dead_tup > 7000 and n_mod_since_analyze = 0 from pg_stat_user_tables where relname = 'dead'`,
    undo: ['drop table dead'],
  },
  {
    check: 'statistics-missing',
    statements: [`create table unknown with (autovacuum_enabled = false) as select i from generate_series(1, 20000) i`],
    until: `select n_live_tup > 0 from pg_stat_user_tables where relname = 'unknown'`,
    undo: ['drop table unknown'],
  },
  {
    check: 'statistics-stale',
    statements: [
      table('stale', 15_000),
      'update stale set id = id',
      'vacuum stale',
      'update stale set id = id where id < 9000',
    ],
    settle: 'vacuum stale',
    until: `select n_mod_since_analyze > 20000 and n_dead_tup < 1000 from pg_stat_user_tables where relname = 'stale'`,
    undo: ['drop table stale'],
  },
  {
    check: 'bloat',
    statements: [table('bloated'), 'delete from bloated where id % 10 > 0', 'vacuum bloated', 'analyze bloated'],
    settle: 'vacuum analyze bloated',
    until: `select n_dead_tup = 0 and n_mod_since_analyze = 0 from pg_stat_user_tables where relname = 'bloated'`,
    undo: ['drop table bloated'],
  },
  {
    check: 'invalid-indexes',
    statements: [
      'create table twice as select 1 as id from generate_series(1, 2)',
      'create unique index concurrently once on twice (id)',
    ],
    undo: ['drop table twice'],
  },
  {
    check: 'unused-indexes',
    statements: [table('rarely', 10_000), 'create index never_read on rarely (id)'],
    until: `select count(*) = 1 from pg_stat_user_indexes where indexrelname = 'never_read'`,
    undo: ['drop table rarely'],
  },
  {
    check: 'sequences',
    statements: ['create table numbered (id serial)', `select setval('numbered_id_seq', 2000000000)`],
    undo: ['drop table numbered'],
  },
  {
    check: 'slots',
    statements: [
      `select pg_create_physical_replication_slot('left_behind', true)`,
      'create table written as select repeat(i::text, 100) from generate_series(1, 20000) i',
      'drop table written',
    ],
    undo: [`select pg_drop_replication_slot('left_behind')`],
  },
  {
    check: 'prepared-transactions',
    statements: [
      'begin',
      'create temp table of_nobody (id int) on commit drop',
      'rollback',
      'begin',
      'select txid_current()',
      `prepare transaction 'forgotten'`,
    ],
    until: `select now() - prepared > interval '1 second' from pg_prepared_xacts`,
    undo: [`rollback prepared 'forgotten'`],
  },
  {
    check: 'archiving',
    statements: [`alter system set archive_command = 'false'`, 'select pg_reload_conf()'],
    // Again and again: the archiver may still take the first with the command it had.
    settle: 'select txid_current(), pg_switch_wal()',
    until: `select last_failed_time > coalesce(last_archived_time, '-infinity') from pg_stat_archiver`,
    // After failing a few times the archiver rests for a minute, so this comes last, and stays.
    undo: [],
  },
]

async function apply(client: pg.Client, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await client.query(statement).catch((error) => error)
}

async function holds(client: pg.Client, query: string | undefined, settle = 'select 1'): Promise<void> {
  if (query === undefined) return
  const ask = async () => {
    await client.query(settle)
    return (await client.query({ text: query, rowMode: 'array' })).rows[0]?.[0]
  }
  await expect.poll(ask, { timeout: 20_000, interval: 200 }).toBe(true)
}

for (const major of [13, 14, 15, 16, 17, 18]) {
  const suite = serverOrSkip(`PostgreSQL ${major}`, postgresHome(major) !== undefined)
  suite(`pack postgres-health on PostgreSQL ${major}`, () => {
    let server: PostgresServer
    let db: TestDatabase
    beforeAll(async () => {
      server = await startPostgres({ major, flags: ['max_prepared_transactions=5', 'archive_mode=on'] })
      db = await createDatabase(server.url)
      await apply(db.client, [`alter system set archive_command = 'true'`, 'select pg_reload_conf()'])
    })
    afterAll(async () => {
      // A database with one cannot be dropped.
      await apply(db.client, [`rollback prepared 'forgotten'`])
      await db.drop()
      await server?.stop()
    })

    test('skips on an empty database what there is nothing of', async () => {
      const found = await outcomes(db.url)
      const nothing = [
        'bloat',
        'dead-rows',
        'invalid-indexes',
        'sequences',
        'slots',
        'statistics-missing',
        'statistics-stale',
        'unused-indexes',
      ]
      const all = Object.entries(shown(found))
      expect(
        all
          .filter(([, outcome]) => outcome === 'skip')
          .map(([id]) => id)
          .toSorted(),
      ).toEqual(nothing)
      expect(
        all.filter(([, outcome]) => outcome !== 'skip' && outcome !== 'pass'),
        JSON.stringify(found),
      ).toEqual([])
      for (const id of nothing) expect(found[`db.${id}`]?.subjects['examined']).toBe(0)
    })

    test('is silent on a healthy one, and each fault is told by its own check alone', async () => {
      await apply(db.client, [
        table('orders'),
        'alter table orders add primary key (id)',
        'create table items (id bigserial primary key)',
        'analyze',
      ])
      await holds(
        db.client,
        `select n_live_tup = 20000 and n_mod_since_analyze = 0 from pg_stat_user_tables where relname = 'orders'`,
        'analyze orders',
      )
      expect(wrong(await outcomes(db.url))).toEqual([])
      // One by one on the newest, on the others all at once: what is asked is the same.
      if (major === 18)
        for (const { check, statements, undo, until, settle } of FAULTS) {
          await apply(db.client, statements)
          await holds(db.client, until, settle)
          expect(wrong(await outcomes(db.url)), check).toEqual([`${check} fail`])
          await apply(db.client, undo)
        }
      for (const { statements, until, settle } of FAULTS) {
        await apply(db.client, statements)
        await holds(db.client, until, settle)
      }
      expect(wrong(await outcomes(db.url))).toEqual(FAULTS.map(({ check }) => `${check} fail`).toSorted())
    })

    test('tells of transactions left open and of a wraparound that comes near', async () => {
      const idle = new pg.Client({ connectionString: db.url })
      await idle.connect()
      onTestFinished(() => idle.end())
      await apply(idle, ['begin', 'select 1'])
      await holds(
        db.client,
        `select now() - xact_start > interval '1 second' from pg_stat_activity where state = 'idle in transaction'`,
      )
      const found = shown(await outcomes(db.url, FILE.replace('transaction_age: 1000000', 'transaction_age: 1')))
      expect([found['open-transactions'], found['transaction-age']]).toEqual(['fail', 'fail'])
    })

    test('never passes where a role with no more than a login cannot see', async () => {
      await apply(db.client, [`create role stranger login password 'stranger'`])
      const url = new URL(db.url)
      url.username = 'stranger'
      url.password = 'stranger'
      const found = shown(await outcomes(url.href))
      expect(found).toMatchObject({
        // Everybody may see these.
        'dead-rows': 'fail',
        'invalid-indexes': 'fail',
        slots: 'fail',
        'prepared-transactions': 'fail',
        archiving: 'fail',
        'transaction-age': 'pass',
        // These not.
        'open-transactions': 'error',
        'statistics-missing': 'error',
        bloat: 'error',
        sequences: 'error',
      })
    })
  })
}
