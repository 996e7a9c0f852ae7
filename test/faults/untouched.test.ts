/**
 * That a run of every kind writes nothing: not the files, not the database, not the bucket, not Redis. And that with
 * --allow-writes --allow-commands what is written meanwhile bears the documented names, and is gone afterwards. What
 * statements that try to write come to is in test/cli/untouched.test.ts.
 */
import { copyFileSync, lstatSync, mkdirSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { installed } from '../../fixtures/servers/installed.js'
import { type RedisServer, redisInstalled, startRedis } from '../../fixtures/servers/redis.js'
import { type S3Server, startS3 } from '../../fixtures/servers/s3.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { serverOrSkip } from '../support/require-server.js'
import { directoryOf, runCli } from '../support/run-cli.js'
import { clientOf } from '../support/s3.js'

const DUMP = join(import.meta.dirname, '../../fixtures/backups/shop-pg15.dump')

serverOrSkip('redis-server and pg_restore', redisInstalled() && installed('pg_restore'))('a run of every kind', () => {
  let database: TestDatabase
  let s3: S3Server
  let redis: RedisServer
  let keys: Redis
  let place: ReturnType<typeof directoryOf>
  const root = () => join(place.path, 'root')

  beforeAll(async () => {
    database = await createDatabase()
    await database.client.query(`
      create table uploads (path text primary key);
      insert into uploads select 'originals/f' || n || '.txt' from generate_series(1, 5) n;
      create table jobs (token text);
    `)
    s3 = await startS3()
    s3.bucket('media', { versioning: 'Enabled' })
    for (let n = 1; n <= 5; n++) s3.put('media', `originals/f${n}.txt`, 'x')
    redis = await startRedis()
    keys = new Redis(redis.port, redis.host)
    await keys.rpush('bull:mail:wait', '1')
    await keys.hset('bull:mail:1', 'timestamp', Date.now(), 'data', '{}')
    place = directoryOf()
    mkdirSync(join(root(), 'originals'), { recursive: true })
    mkdirSync(join(root(), 'backups'))
    for (let n = 1; n <= 5; n++) writeFileSync(join(root(), `originals/f${n}.txt`), 'x')
    copyFileSync(DUMP, join(root(), 'backups/shop.dump'))
    writeFileSync(join(place.path, 'postflight.yaml'), checks())
  })
  afterAll(async () => {
    keys?.disconnect()
    await redis?.stop()
    await s3?.stop()
    await database?.drop()
    place?.remove()
  })

  const checks = () => `version: 1
connections:
  main: { type: postgres, url: "${database.url}" }
  queue: { type: redis, host: 127.0.0.1, port: ${redis.port} }
  disk: { type: files, root: ${root()} }
  backups: { type: files, root: ${root()}/backups }
  media: { type: s3, endpoint: "${s3.endpoint}", path_style: true, bucket: media, access_key: ${s3.accessKey}, secret_key: ${s3.secretKey} }
defaults: { owner: me, severity: high, remediation: x, timeout: 20s, retry: none }
checks:
  - { id: artifacts, kind: artifacts, rows: { connection: main, sql: select path from uploads, key: path }, store: media }
  - { id: on-disk, kind: artifacts, rows: { connection: main, sql: select path from uploads, key: path }, store: disk }
  - { id: rows, kind: rows, connection: main, table: uploads, expect: { count: 5 } }
  - { id: sql, kind: sql, connection: main, violations: select path from uploads where path = '' }
  - { id: postgres, kind: postgres, connection: main }
  - { id: resource, kind: resource, measure: connections_used, connection: main, expect: { value: { lt: 99% } } }
  - { id: disk, kind: resource, measure: disk_free, path: ${root()}, expect: { value: { gte: 1B } } }
  - { id: redis, kind: redis, connection: queue }
  - { id: redis-here, kind: redis, host: 127.0.0.1, port: ${redis.port} }
  - { id: tcp, kind: tcp, host: 127.0.0.1, port: ${redis.port} }
  - { id: http, kind: http, url: "${s3.endpoint}/media", expect: { status: { gte: 200 } } }
  - { id: queue, kind: worker, queue: { connection: queue, system: bullmq, name: mail }, expect: { waiting: 1 } }
  - id: canary
    kind: worker
    canary:
      within: 5s
      enqueue: { connection: main, sql: "insert into jobs values (:token)" }
      done: { connection: main, sql: "select exists (select from jobs where token = :token)" }
      clean_up: { connection: main, sql: "delete from jobs where token = :token" }
  - { id: volume, kind: volume, path: ${root()}/originals, expect: { writable: true, mounted: false } }
  - { id: s3, kind: s3, connection: media, write: { multipart: true } }
  - { id: backup, kind: backup, store: backups, match: "*.dump", restore: { server: main } }
  - { id: command, kind: command, command: [cat, ${root()}/originals/f1.txt], expect: { stdout: x } }
`

  function tree() {
    return ['.', ...readdirSync(root(), { recursive: true, encoding: 'utf8' })].sort().map((name) => {
      const stat = lstatSync(join(root(), name), { bigint: true })
      const { mode, ino, uid, gid } = stat
      const bytes = stat.isFile() ? readFileSync(join(root(), name)).toString('base64') : ''
      // A probe file that came and went leaves its mark on the directory alone.
      return {
        name,
        mode,
        ino,
        uid,
        gid,
        bytes,
        ...(stat.isFile() ? { mtime: stat.mtimeNs, ctime: stat.ctimeNs } : {}),
      }
    })
  }

  async function state() {
    const rows = async (text: string) => (await database.client.query({ text, rowMode: 'array' })).rows
    // Statistics reach the shared memory up to a second late (PGSTAT_MIN_INTERVAL).
    await setTimeout(1100)
    await database.client.query('select pg_stat_clear_snapshot()')
    const names = (await keys.keys('*')).sort()
    return {
      tree: tree(),
      uploads: await rows('select ctid, xmin, xmax, * from uploads order by path'),
      jobs: await rows('select * from jobs'),
      catalogue: await rows('select oid, relname from pg_class order by oid'),
      written: await rows(`select n_tup_ins, n_tup_upd, n_tup_del from pg_stat_user_tables where relname = 'uploads'`),
      versions: await versions(),
      redis: await Promise.all(names.map(async (name) => [name, (await keys.dumpBuffer(name)).toString('hex')])),
    }
  }

  async function versions() {
    const client = clientOf(s3)
    const { Versions, DeleteMarkers } = await client.send(new ListObjectVersionsCommand({ Bucket: 'media' }))
    client.destroy()
    return { Versions, DeleteMarkers }
  }

  async function run(flags: readonly string[]) {
    const monitor = await keys.monitor()
    const commands = new Set<string>()
    monitor.on('monitor', (_time: string, [command = '']: readonly string[]) => commands.add(command.toUpperCase()))
    const appeared = new Set<string>()
    const watcher = watch(root(), { recursive: true }, (_, name) => appeared.add(String(name)))
    s3.forgetRequests()
    try {
      const { code, stdout, stderr } = await runCli(['verify', '--json', ...flags], { cwd: place.path })
      expect(code, stderr).not.toBe(2)
      const outcomes: [string, string][] = JSON.parse(stdout).checks.map(({ id, outcome }: Record<string, string>) => [
        id,
        outcome,
      ])
      return { code, stderr, stdout, outcomes: Object.fromEntries(outcomes), commands, appeared }
    } finally {
      watcher.close()
      monitor.disconnect()
    }
  }
  /** As the server itself sorts its commands. */
  async function writingAmong(commands: ReadonlySet<string>): Promise<readonly string[]> {
    expect(commands).toContain('INFO')
    const known = await keys.call('COMMAND', 'INFO', ...commands)
    if (!Array.isArray(known)) throw new Error('COMMAND INFO gave no list')
    return known.filter(([, , flags]) => flags.includes('write')).map(([name]) => String(name))
  }
  const changing = () => s3.requests().filter(({ operation }) => !/^(List|Get|Head|undefined)/.test(String(operation)))

  test('without flags changes nothing, and asks for no change', async () => {
    const before = await state()
    const { code, stderr, outcomes, commands, appeared } = await run([])
    expect([1, 3], stderr).toContain(code)
    expect(outcomes).toMatchObject({ artifacts: 'pass', rows: 'pass', redis: 'pass', queue: 'pass' })
    for (const id of ['canary', 's3', 'volume', 'backup', 'command']) expect(outcomes[id], id).not.toBe('pass')
    expect(await writingAmong(commands)).toEqual([])
    expect([...appeared]).toEqual([])
    expect(changing()).toEqual([])
    expect(await state()).toEqual(before)
  })

  test('with them writes what the check file asks for, under its documented name, and takes it away again', async () => {
    const before = await state()
    const { stdout, outcomes, commands, appeared } = await run(['--allow-writes', '--allow-commands'])
    for (const id of ['canary', 's3', 'backup', 'command']) expect(outcomes[id], stdout).toBe('pass')
    expect(JSON.parse(stdout).checks.find(({ id }: { id: string }) => id === 'volume').subjects.writable).toBe(true)
    expect(await writingAmong(commands)).toEqual([])
    const probes = [...appeared].filter((name) => name !== 'originals')
    expect(probes.length).toBeGreaterThan(0)
    expect(probes.filter((name) => !/^originals\/\.postflight-probe-/.test(name))).toEqual([])
    expect(changing().length).toBeGreaterThan(0)
    expect(changing().filter(({ key }) => !/^\.postflight\/postflight-probe-[0-9a-f]+(-parts)?$/.test(key))).toEqual([])
    expect(s3.requests().some(({ operation }) => operation === 'PutObject')).toBe(true)
    expect(await state()).toEqual(before)
  })
})
