/** That a run changes nothing: not the database, not the directory, not the bucket. */
import { lstatSync, mkdirSync, readdirSync, readlinkSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type S3Server, startS3 } from '../../fixtures/servers/s3.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { directoryOf, runCli } from '../support/run-cli.js'

let database: TestDatabase
let s3: S3Server
let client: S3Client
let place: ReturnType<typeof directoryOf>

beforeAll(async () => {
  database = await createDatabase()
  await database.client.query(`
    create table uploads (path text primary key, bytes bigint, md5 text);
    insert into uploads select 'f' || n || '.txt', 1, md5('x') from generate_series(1, 50) n;
    create sequence ids; select nextval('ids');
    create table log (entry text);
    create function writes() returns int language plpgsql as $$ begin insert into log values ('x'); return 1; end $$;
    create function makes_writable() returns text language sql as $$ select set_config('transaction_read_only', 'off', false) $$;
    create view sly as select writes() as id;
  `)
  s3 = await startS3()
  s3.bucket('media', { versioning: 'Enabled' })
  for (let n = 1; n <= 60; n++) s3.put('media', `p/f${n}.txt`, 'x')
  s3.put('media', 'p/f1.txt', 'x')
  const { accessKey: accessKeyId, secretKey: secretAccessKey, endpoint, region } = s3
  client = new S3Client({ endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } })
})
afterAll(async () => {
  client.destroy()
  await s3.stop()
  await database.drop()
})
beforeEach(() => {
  place = directoryOf()
  mkdirSync(join(place.path, 'root/deep'), { recursive: true })
  for (let n = 1; n <= 40; n++) writeFileSync(join(place.path, `root/f${n}.txt`), 'x')
  writeFileSync(join(place.path, 'root/deep/a.txt'), 'x')
  symlinkSync('f1.txt', join(place.path, 'root/f41.txt'))
  symlinkSync('/etc/hostname', join(place.path, 'root/f42.txt'))
  utimesSync(join(place.path, 'root/f2.txt'), 1e9, 1e9)
})
afterEach(() => place.remove())

async function databaseState() {
  const rows = async (text: string) => (await database.client.query({ text, rowMode: 'array' })).rows
  await database.client.query('select pg_stat_clear_snapshot()')
  return {
    tables: await rows(
      `select relname, n_tup_ins, n_tup_upd, n_tup_del, pg_relation_size(relid) from pg_stat_user_tables order by 1`,
    ),
    uploads: await rows('select ctid, xmin, xmax, * from uploads order by path'),
    log: await rows('select * from log'),
    sequence: await rows('select last_value, is_called, log_cnt from ids'),
    catalogue: await rows(
      `select 'class', oid, xmin::text, relname::text from pg_class union all select 'proc', oid, xmin::text, proname::text from pg_proc order by 1, 2`,
    ),
    settings: await rows(
      'select setdatabase, setrole, setconfig from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase where datname = current_database()',
    ),
    locks: await rows(
      `select locktype from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
    ),
    largeObjects: await rows('select oid from pg_largeobject_metadata'),
    slots: await rows('select slot_name from pg_replication_slots'),
  }
}

function tree() {
  const root = join(place.path, 'root')
  const names = ['.', ...readdirSync(root, { recursive: true, encoding: 'utf8' })].sort()
  return names.map((name) => {
    const { mode, size, mtimeNs, ctimeNs, ino, uid, gid } = lstatSync(join(root, name), { bigint: true })
    const link = lstatSync(join(root, name)).isSymbolicLink() ? readlinkSync(join(root, name)) : undefined
    return { name, mode, size, mtimeNs, ctimeNs, ino, uid, gid, link }
  })
}

async function bucketState() {
  const { Versions, DeleteMarkers } = await client.send(new ListObjectVersionsCommand({ Bucket: 'media' }))
  return { Versions, DeleteMarkers }
}

const WRITES = [
  'select writes()',
  'select id from sly',
  "select nextval('ids')",
  "select setval('ids', 99)",
  'select makes_writable() || writes()',
  "select set_config('transaction_read_only', 'off', true) || writes()",
  "select set_config('default_transaction_read_only', 'off', false) || writes()",
  'select 1 from uploads for update',
  "with w as (insert into log values ('x') returning 1) select * from w",
  "select query_to_xml('insert into log values (1)', true, true, '')",
  'select pg_advisory_lock(7)',
  "select lo_from_bytea(0, 'x')",
]
/** Refused before anything runs, one by one. */
const ESCAPES = [
  'select 1) as q; commit; insert into log values (1); select (1',
  "select 1) as q) to program 'touch /tmp/postflight-leak'; --",
  'select 1 /* ',
]

test('the database, the directory and the bucket are after a run what they were before', async () => {
  const quoted = (text: string) => JSON.stringify(text)
  const tries = (all: readonly string[]) =>
    all.flatMap((sql, index) => [
      `  - { id: value-${index}, kind: sql, connection: main, sql: ${quoted(sql)}, expect: { value: 1 } }`,
      `  - { id: rows-${index}, kind: sql, connection: main, violations: ${quoted(sql)} }`,
      `  - { id: where-${index}, kind: rows, connection: main, table: uploads, where: ${quoted(`exists (${sql})`)}, expect: { count: 1 } }`,
    ])
  const rows = (store: string) =>
    `rows: { connection: main, sql: "select path, bytes, md5 from uploads", key: path, size: bytes, checksum: { column: md5, algorithm: md5 } }, store: ${store}, verify: { checksum: all }`
  const head = `version: 1
connections:
  main: { type: postgres, url: "${database.url}?options=-c%20default_transaction_read_only%3Doff" }
  disk: { type: files, root: ./root }
  media: { type: s3, endpoint: "${s3.endpoint}", path_style: true, bucket: media, prefix: p/, access_key: ${s3.accessKey}, secret_key: ${s3.secretKey} }
defaults: { owner: me, severity: high, remediation: x }
checks:
`
  const stores = `  - { id: on-disk, kind: artifacts, ${rows('disk')} }
  - { id: in-bucket, kind: artifacts, ${rows('media')} }
  - { id: counted, kind: rows, connection: main, table: uploads, expect: { count: 50 } }
`
  // Statistics reach the shared memory up to a second late (PGSTAT_MIN_INTERVAL).
  await setTimeout(1100)
  const before = { database: await databaseState(), tree: tree(), bucket: await bucketState() }
  s3.forgetRequests()

  writeFileSync(join(place.path, 'good.yaml'), head + stores)
  const good = await runCli(['verify', 'good.yaml', '--json'], { cwd: place.path })
  expect(good.code, good.stderr).toBe(1)
  const outcomes = JSON.parse(good.stdout).checks.map((check: { id: string; outcome: string }) => check.outcome)
  expect(outcomes).toEqual(['fail', 'pass', 'pass'])

  writeFileSync(join(place.path, 'all.yaml'), `${head}${tries(WRITES).join('\n')}\n`)
  const all = await runCli(['verify', 'all.yaml', '--json'], { cwd: place.path })
  expect([1, 3], all.stderr).toContain(all.code)
  const told = JSON.parse(all.stdout).checks.map((check: { id: string; message?: string }) => check.message ?? check.id)
  expect(told.filter((text: string) => /tried to write/.test(text)).length).toBeGreaterThan(15)
  for (const one of tries(ESCAPES)) {
    writeFileSync(join(place.path, 'one.yaml'), `${head}${one}\n`)
    expect([2, 3]).toContain((await runCli(['verify', 'one.yaml'], { cwd: place.path })).code)
  }

  const operations = new Set(s3.requests().map(({ operation }) => operation))
  expect(
    [...operations].filter((one) => !['ListObjectsV2', 'HeadObject', 'GetObject'].includes(one ?? '')).sort(),
  ).toEqual([])
  await setTimeout(1100)
  expect({ database: await databaseState(), tree: tree(), bucket: await bucketState() }).toEqual(before)
})
