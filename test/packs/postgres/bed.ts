/** A server with a healthy database and an empty one, and the pack opened on them with all rights, few and none. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { expect } from 'vitest'
import { type PostgresServer, startPostgres } from '../../../fixtures/servers/postgres.js'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import type { Statement } from './faults/fault.js'
import { type OpenPack, openPack } from './open-pack.js'
import { stream } from './streaming.js'

const HEALTHY = ['healthy.sql', 'healthy-rows.sql'].map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))

/** What healthy.sql has on purpose, and the server. */
export const WITH = {
  schemas: ['app', 'more', 'public'],
  standbys: 1,
  sessions: 50,
  checksums: true,
  app_roles: ['app_user'],
  read_roles: ['report'],
  migration_roles: ['migrator'],
  unreached: ['public.*', 'cron.*'],
  extensions: ['citext'],
  settings: [
    'work_mem=4MB',
    'statement_timeout=0',
    'datestyle=ISO, MDY',
    'jit_provider=llvmjit',
    'autovacuum=true',
    'checkpoint_timeout=5min',
  ],
  old_hosts: ['old.example.net'],
  keyless: [
    'public.unknown',
    'public.awsdms_apply_exceptions',
    'public.awsdms_validation_failures_v1',
    'public.parted',
    'public.unkeyed',
  ],
  unvacuumed: ['public.unknown', 'public.unknown_view'],
  slot_age: '0 seconds',
  prepared_age: '0 seconds',
}

const FLAGS = [
  'wal_level=logical',
  // A slot loses its WAL with the next checkpoint.
  'max_slot_wal_keep_size=0',
  'max_prepared_transactions=5',
  'archive_mode=on',
  // Who only reads answers nothing.
  'wal_sender_timeout=0',
]

/** The pack, seen as one role sees it. */
export interface Seen {
  readonly who: string
  readonly pack: OpenPack
}

export interface Bed {
  readonly major: number
  readonly server: PostgresServer
  readonly db: TestDatabase
  readonly empty: TestDatabase
  /** As superuser, and as a role that may do what the pack needs and no more. */
  readonly packs: readonly Seen[]
  /** As a role that may log in and nothing else. */
  readonly stranger: OpenPack
  /** Nobody can connect until this gives the URL of the same database on a standby. */
  readonly intoStandby: () => Promise<string>
  readonly close: () => Promise<void>
}

export async function openBed(major: number): Promise<Bed> {
  const home = mkdtempSync(join(tmpdir(), 'postflight-pack-'))
  // The server runs as another user where the tests run as root.
  chmodSync(home, 0o755)
  const ofServer = {
    major,
    flags: FLAGS,
    // What the servers of other tests have would not be sane.
    durable: true,
    initdbFlags: ['--data-checksums'],
    dataDir: join(home, 'data'),
    password: 'of-the-tests',
  }
  let server = await startPostgres(ofServer)
  const empty = await createDatabase(server.url)
  await apply(empty.client, [`alter system set archive_command = 'true'`, 'select pg_reload_conf()'])
  const db = await createDatabase(server.url)
  await db.client.query(`create role app_user login; create role report login; create role migrator login;
    create role watcher login password 'watcher'; create role stranger login password 'stranger';
    create role standby login replication password 'standby'`)
  const standby = stream(urlOf(server.url, 'standby'))
  for (const statements of HEALTHY) await db.client.query(statements)
  await grantTo(db.client, 'watcher', major)
  const packs = [
    { who: 'superuser', pack: await openPack('postgres', db.url, WITH) },
    { who: 'watcher', pack: await openPack('postgres', urlOf(db.url, 'watcher'), WITH) },
  ]
  const stranger = await openPack('postgres', urlOf(db.url, 'stranger'), WITH)
  const leave = async (): Promise<void> => {
    for (const { pack } of [...packs, { pack: stranger }]) await pack.close()
    for (const { client } of [db, empty]) await client.end()
    await standby.stop()
    await server.stop()
  }
  let left: Promise<void> | undefined
  const leftOnce = (): Promise<void> => {
    left ??= leave()
    return left
  }
  return {
    major,
    server,
    db,
    empty,
    packs,
    stranger,
    intoStandby: async () => {
      await leftOnce()
      writeFileSync(join(home, 'data', 'standby.signal'), '')
      server = await startPostgres(ofServer)
      return Object.assign(new URL(urlOf(db.url, 'watcher')), { port: new URL(server.url).port }).href
    },
    close: async () => {
      await leftOnce()
      await server.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

export async function apply(client: pg.Client, statements: readonly Statement[]): Promise<void> {
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
      alter default privileges for role postgres, migrator grant select on tables to ${role};
      alter default privileges for role postgres, migrator grant select on sequences to ${role}`)
}

export function urlOf(base: string, user: string): string {
  const url = new URL(base)
  url.username = user
  url.password = user
  return url.href
}
