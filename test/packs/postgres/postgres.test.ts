import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PostgresServer, postgresHome, startPostgres } from '../../../fixtures/servers/postgres.js'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { serverOrSkip } from '../../support/require-server.js'
import { FAULTS, type Statement } from './faults.js'
import { type OpenPack, openPack, type Results, wrong } from './open-pack.js'

const HEALTHY = readFileSync(join(import.meta.dirname, 'healthy.sql'), 'utf8')
const WITH = {
  app_roles: ['app_user'],
  read_roles: ['report'],
  migration_roles: ['migrator'],
  unreached: ['public.*'],
  slot_age: '0 seconds',
  prepared_age: '0 seconds',
}

/** What of these there is does not depend on what is in the database. */
const SERVER_WIDE = ['prepared-transactions', 'replication-role', 'target', 'visibility']
/** What nobody has after a move that went well. */
const LEFT_BEHIND = [
  'dms-exceptions',
  'replication-slots',
  'schemas',
  'statistics-extended',
  'subscribed-tables',
  'subscriptions',
]

async function apply(client: pg.Client, statements: readonly Statement[]): Promise<void> {
  for (const statement of statements)
    if (typeof statement === 'string') await client.query(statement)
    else await expect(client.query(statement.fails), statement.fails).rejects.toThrow()
}

/** What docs/postgres-pack.md tells to grant. */
async function grantTo(client: pg.Client, role: string, major: number): Promise<void> {
  await client.query(`grant pg_monitor to ${role}`)
  if (major >= 14) await client.query(`grant pg_read_all_data to ${role}`)
  else
    await client.query(`grant usage on schema app to ${role}; grant select on all tables in schema app to ${role};
      grant select on all sequences in schema app to ${role};
      alter default privileges for role postgres, migrator grant select on tables to ${role};
      grant select (oid, subdbid, subname, subenabled, subslotname) on pg_catalog.pg_subscription to ${role}`)
}

function urlOf(base: string, user: string): string {
  const url = new URL(base)
  url.username = user
  url.password = user
  return url.href
}

const outcomes = (results: Results, outcome: string): readonly string[] =>
  Object.entries(results).flatMap(([id, result]) => (result.outcome === outcome ? [id] : []))

describe.each([13, 14, 15, 16, 17, 18])('%i', (major) => {
  serverOrSkip(`PostgreSQL ${major}`, postgresHome(major) !== undefined)(`pack postgres on PostgreSQL ${major}`, () => {
    let server: PostgresServer
    let db: TestDatabase
    let empty: TestDatabase
    /** As superuser, and as a role that may do what the pack needs and no more. */
    let packs: readonly { readonly who: string; readonly pack: OpenPack }[] = []
    beforeAll(async () => {
      server = await startPostgres({ major, flags: ['wal_level=logical', 'max_prepared_transactions=5'] })
      empty = await createDatabase(server.url)
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
      await db?.drop()
      await empty?.drop()
      await server?.stop()
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

    const here = FAULTS.filter(({ since = 13 }) => major >= since)
    test.each(here.map((fault, number) => ({ ...fault, number })))(
      '$number $check tells its fault, alone, and no longer',
      async (fault) => {
        const [superuser, watcher] = packs
        await apply(db.client, fault.plant)
        const told = await superuser?.pack.look()
        const seen = await watcher?.pack.look([fault.check])
        await apply(db.client, fault.undo)
        expect(wrong(told ?? {})).toEqual([fault.check, ...(fault.also ?? [])].map((id) => `${id} fail`).toSorted())
        if (fault.unseen === true) expect(seen?.[fault.check]?.outcome).toBe('error')
        for (const results of fault.unseen === true ? [told] : [told, seen]) {
          const rows = results?.[fault.check]?.findings.map(({ row }) => row) ?? []
          expect(rows).toHaveLength(fault.found.length)
          expect(rows).toEqual(expect.arrayContaining(fault.found.map((row) => expect.objectContaining(row))))
        }
        for (const { who, pack } of packs) expect(wrong(await pack.look([fault.check])), who).toEqual([])
      },
    )
  })
})
