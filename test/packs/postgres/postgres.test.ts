import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PostgresServer, postgresHome, startPostgres } from '../../../fixtures/servers/postgres.js'
import { generateShop } from '../../../fixtures/shop/generate.js'
import { loadDatabase } from '../../../fixtures/shop/load.js'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { serverOrSkip } from '../../support/require-server.js'
import { FAULTS, type Statement } from './faults.js'
import { FAULTS_INSIDE } from './faults-inside.js'
import { type OpenPack, openPack, type Results, wrong } from './open-pack.js'

const HEALTHY = readFileSync(join(import.meta.dirname, 'healthy.sql'), 'utf8')
const WITH = {
  app_roles: ['app_user'],
  read_roles: ['report'],
  migration_roles: ['migrator'],
  unreached: ['public.*', 'cron.*'],
  extensions: ['citext'],
  settings: ['work_mem=4MB', 'statement_timeout=0', 'jit_provider=llvmjit', 'autovacuum=true'],
  old_hosts: ['old.example.net'],
  keyless: ['public.unknown', 'public.awsdms_apply_exceptions', 'public.orders_bak_20240101', 'public.parted'],
  unvacuumed: ['public.unknown'],
  slot_age: '0 seconds',
  prepared_age: '0 seconds',
}

/** What of these there is does not depend on what is in the database. */
const SERVER_WIDE = [
  'archiving',
  'databases',
  'prepared-transactions',
  'replication-role',
  'settings-durable',
  'settings-pending',
  'settings-sane',
  'target',
  'visibility',
]
/** What nobody has after a move that went well. */
const LEFT_BEHIND = [
  'dms-exceptions',
  'jobs',
  'replication-slots',
  'schemas',
  'standbys',
  'statistics-extended',
  'subscribed-tables',
  'subscriptions',
]

/** Values that nothing here fulfils, and what is told of it. */
const WANTED = {
  schemas: ['app', 'gone'],
  app_roles: ['nobody'],
  database: 'shop',
  old_addresses: ['127.0.0.1'],
  subscriptions: ['wanted'],
  slots: ['wanted'],
  standbys: 1,
  event_triggers: ['wanted'],
  settings: ['work_mum=4MB', 'work_mem=4MB'],
}
const TOLD: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  schemas: [{ schema_name: 'gone' }],
  'app-roles': [{ role: 'nobody', run: 'CREATE ROLE nobody LOGIN' }],
  target: [{ what: 'database', expected: 'shop' }, { what: 'address' }],
  subscriptions: [{ subscription: 'wanted', problem: 'not there', run: null }],
  'replication-slots': [{ slot: 'wanted', problem: 'not there', run: null }],
  standbys: [{ expected: 1, streaming: 0 }],
  'event-triggers': [{ event_trigger: 'wanted', problem: 'not there' }],
}

/** That a fault is told by no other check is looked at here alone: it takes most of the time. */
const OLDEST_AND_NEWEST = [13, 18]

async function apply(client: pg.Client, statements: readonly Statement[]): Promise<void> {
  for (const statement of statements)
    if (typeof statement === 'string') await client.query(statement)
    else {
      await expect(client.query(statement.fails), statement.fails).rejects.toThrow()
      // An error is told before what the statement was about is over: an index would still be one being built.
      await client.query('select 1')
    }
}

/** What docs/postgres-pack.md tells to grant. */
async function grantTo(client: pg.Client, role: string, major: number): Promise<void> {
  await client.query(`grant pg_monitor to ${role}; alter role ${role} bypassrls`)
  if (major >= 14) await client.query(`grant pg_read_all_data to ${role}`)
  else
    await client.query(`grant usage on schema app to ${role}; grant select on all tables in schema app to ${role};
      grant select on all sequences in schema app to ${role};
      alter default privileges for role postgres, migrator grant select on tables to ${role}`)
}

function urlOf(base: string, user: string): string {
  const url = new URL(base)
  url.username = user
  url.password = user
  return url.href
}

// Others than the servers of tests have: those would not be sane.
const FLAGS = [
  'fsync=on',
  'full_page_writes=on',
  'synchronous_commit=on',
  'wal_level=logical',
  'max_prepared_transactions=5',
  'archive_mode=on',
]

const outcomes = (results: Results, outcome: string): readonly string[] =>
  Object.entries(results).flatMap(([id, result]) => (result.outcome === outcome ? [id] : []))

describe.each([13, 14, 15, 16, 17, 18])('%i', (major) => {
  serverOrSkip(`PostgreSQL ${major}`, postgresHome(major) !== undefined)(`pack postgres on PostgreSQL ${major}`, () => {
    let home: string
    const ofServer = () => ({ major, flags: FLAGS, dataDir: join(home, 'data'), password: 'of-the-tests' })
    let server: PostgresServer
    let db: TestDatabase
    let empty: TestDatabase
    /** As superuser, and as a role that may do what the pack needs and no more. */
    let packs: readonly { readonly who: string; readonly pack: OpenPack }[] = []
    beforeAll(async () => {
      home = mkdtempSync(join(tmpdir(), 'postflight-pack-'))
      // The server runs as another user where the tests run as root.
      chmodSync(home, 0o755)
      server = await startPostgres(ofServer())
      empty = await createDatabase(server.url)
      await apply(empty.client, [`alter system set archive_command = 'true'`, 'select pg_reload_conf()'])
      db = await createDatabase(server.url)
      await db.client.query(`create role app_user login; create role report login; create role migrator login;
        create role watcher login password 'watcher'; create role stranger login password 'stranger'`)
      await db.client.query(HEALTHY)
      await grantTo(db.client, 'watcher', major)
      packs = [
        { who: 'superuser', pack: await openPack('postgres', db.url, WITH) },
        { who: 'watcher', pack: await openPack('postgres', urlOf(db.url, 'watcher'), WITH) },
      ]
    })
    afterAll(async () => {
      for (const { pack } of packs) await pack.close()
      for (const database of [db, empty]) await database?.client.end()
      await server?.stop()
      rmSync(home, { recursive: true, force: true })
    })

    test('an empty database is skipped by all that do not look at the server', async () => {
      for (const url of [empty.url, urlOf(empty.url, 'watcher')]) {
        const pack = await openPack('postgres', url, {})
        const found = await pack.look()
        await pack.close()
        expect(wrong(found)).toEqual([])
        expect(outcomes(found, 'pass')).toEqual(pack.ids.filter((id) => SERVER_WIDE.includes(id)))
        for (const id of outcomes(found, 'skip')) expect(found[id]?.examined, id).toBe(0)
      }
    })

    test('a healthy database is silent, and nothing in it is passed over', async () => {
      for (const { who, pack } of packs) {
        const found = await pack.look()
        expect(wrong(found), who).toEqual([])
        expect(outcomes(found, 'skip').toSorted(), who).toEqual(LEFT_BEHIND)
      }
    })

    /** An archiver that failed three times rests for a minute. */
    async function become(check: string, outcome: string): Promise<void> {
      for (const { pack } of packs)
        await expect
          .poll(async () => (await pack.look([check]))[check]?.outcome, { timeout: 75_000, interval: 50 })
          .toBe(outcome)
    }

    const here = [...FAULTS, ...FAULTS_INSIDE].filter(({ since = 13 }) => major >= since)
    test.each(here.map((fault, number) => ({ ...fault, number })))(
      '$number $check tells its fault, alone, and no longer',
      async (fault) => {
        const [superuser, watcher] = packs
        await apply(db.client, fault.plant)
        if (fault.slow === true) await become(fault.check, 'fail')
        const violated = OLDEST_AND_NEWEST.includes(major) ? await superuser?.pack.violated() : undefined
        const told = await superuser?.pack.look([fault.check])
        const seen = await watcher?.pack.look([fault.check])
        await apply(db.client, fault.undo)
        if (fault.slow === true) await become(fault.check, 'pass')
        if (violated !== undefined) expect(violated.toSorted()).toEqual([fault.check, ...(fault.also ?? [])].toSorted())
        if (fault.unseen === true) expect(seen?.[fault.check]?.outcome).toBe('error')
        for (const results of fault.unseen === true ? [told] : [told, seen]) {
          const { outcome, findings = [] } = results?.[fault.check] ?? {}
          const rows = findings.map(({ row, key, fix }) => ({ ...row, key, fix }))
          expect([outcome, rows.length]).toEqual(['fail', fault.found.length])
          expect(rows).toEqual(expect.arrayContaining(fault.found.map((row) => expect.objectContaining(row))))
        }
        expect(wrong((await superuser?.pack.look([fault.check])) ?? {})).toEqual([])
      },
    )

    test('is silent again', async () => {
      for (const { who, pack } of packs) expect(wrong(await pack.look()), who).toEqual([])
    })

    test('what is named and not there is told', async () => {
      const pack = await openPack('postgres', db.url, WANTED)
      const found = await pack.look(Object.keys(TOLD))
      await pack.close()
      for (const [check, rows] of Object.entries(TOLD))
        expect(
          found[check]?.findings.map(({ row }) => row),
          check,
        ).toEqual(rows.map((row) => expect.objectContaining(row)))
    })

    test('never passes what a role with no more than a login cannot see', async () => {
      const pack = await openPack('postgres', urlOf(db.url, 'stranger'), WITH)
      const found = await pack.look()
      await pack.close()
      const probed = FAULTS_INSIDE.map(({ check }) => check).filter((id) => id !== 'views-populated')
      const unseen = ['archiving', 'settings-expected', 'settings-pending', 'statistics-present', ...new Set(probed)]
      expect(wrong(found).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(
        [...unseen.map((id) => `${id} error`), 'visibility warn'].toSorted(),
      )
      expect(found['visibility']?.findings.map(({ row }) => row?.['unseen'])).toEqual([
        'statistics of other sessions',
        'settings only superusers see',
        'tables',
        'sequences',
        'tables with row-level security',
      ])
    })

    // Until 14 nothing is recorded of the collation of a database.
    test.runIf(major >= 15)('tells of a database whose own collation is another version', async () => {
      await db.client.query(`create database sorted template template0 locale_provider icu icu_locale 'de'`)
      const url = new URL(db.url)
      url.pathname = '/sorted'
      const client = new pg.Client({ connectionString: url.href })
      const pack = await openPack('postgres', url.href, {})
      try {
        await client.connect()
        await client.query('create table words (word text unique)')
        expect((await pack.look(['collations']))['collations']?.outcome).toBe('pass')
        await client.query(`update pg_database set datcollversion = '1.0' where datname = 'sorted'`)
        const { outcome, findings } = (await pack.look(['collations']))['collations'] ?? {}
        expect(outcome).toBe('fail')
        expect(findings?.[0]?.row).toMatchObject({
          collation_name: 'of the database',
          recorded: '1.0',
          unique_indexes: 1,
        })
        await client.query(`update pg_database set datcollversion = null where datname = 'sorted'`)
        expect((await pack.look(['collations']))['collations']?.outcome).toBe('error')
      } finally {
        await pack.close()
        await client.end()
        await db.client.query('drop database sorted')
      }
    })

    test.runIf(major === 18)('raises nothing on the shop of the demo', async () => {
      const shop = await createDatabase(server.url)
      const { signal } = new AbortController()
      try {
        await loadDatabase(shop.client, generateShop().tables, { name: 'reader', password: 'reader' }, { signal })
        await shop.client.query('grant pg_monitor to reader')
        const pack = await openPack('postgres', urlOf(shop.url, 'reader'), { schemas: ['shop'] })
        expect(wrong(await pack.look())).toEqual([])
        await pack.close()
      } finally {
        await shop.drop()
      }
    })

    // The last: the server is another one from here on.
    test('looks at a standby as at any other server', async () => {
      for (const { pack } of packs) await pack.close()
      for (const { client } of [db, empty]) await client.end()
      await server.stop()
      writeFileSync(join(home, 'data', 'standby.signal'), '')
      server = await startPostgres(ofServer())
      const { port } = new URL(server.url)
      const url = Object.assign(new URL(urlOf(db.url, 'watcher')), { port }).href
      for (const [writable, expected] of [
        [true, ['target fail']],
        [false, []],
      ] as const) {
        const pack = await openPack('postgres', url, { ...WITH, writable })
        const found = await pack.look()
        await pack.close()
        expect(wrong(found)).toEqual(expected)
        expect(outcomes(found, 'skip').toSorted()).toEqual(
          ['archiving', ...(writable ? [] : ['target']), ...LEFT_BEHIND].toSorted(),
        )
      }
    })
  })
})
