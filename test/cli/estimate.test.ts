import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sshd, sshdInstalled, startSshd } from '../../fixtures/servers/sshd.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { serverOrSkip } from '../support/require-server.js'
import { directoryOf, runCli } from '../support/run-cli.js'
import { s3 } from '../support/s3.js'

const SECRET = 'hunter2hunter2'

let database: TestDatabase
let store: Awaited<ReturnType<typeof s3>>
let web: Server
let sshd: Sshd | undefined
/** Connections of one test, lines of the file. */
let more = ''
let place: ReturnType<typeof directoryOf>

beforeAll(async () => {
  database = await createDatabase()
  await database.client.query(`
    create table orders (id int primary key, note text);
    insert into orders select n, 'note' from generate_series(1, 20000) n;
    create table fresh (id int) with (autovacuum_enabled = false);
    insert into fresh select generate_series(1, 100);
    create table parts (id int) partition by range (id);
    create table parts_1 partition of parts for values from (0) to (100);
    insert into parts select generate_series(1, 99);
    create view all_orders as select * from orders;
    create table uploads (path text);
    insert into uploads select 'f' || n from generate_series(1, 30) n;
    create table media (path text);
    insert into media select 'f' || n from generate_series(1, 3000) n;
    analyze orders; analyze parts; analyze uploads; analyze media;
  `)
  store = await s3()
  for (const bucket of ['small', 'full', 'exact']) store.server.bucket(bucket)
  for (let n = 0; n < 1000; n++) store.server.put('exact', `f${n}`, 'xx')
  for (let n = 0; n < 1001; n++) store.server.put('full', `f${n}`, 'xx')
  for (let n = 0; n < 3; n++) store.server.put('small', `2019/f${n}`, 'xx')
  store.server.put('small', 'other', 'xx')
  web = createServer((_, response) => response.writeHead(404).end())
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
  place = directoryOf()
  mkdirSync(join(place.path, 'uploads/many'), { recursive: true })
  mkdirSync(join(place.path, 'few'))
  for (let n = 0; n < 10_001; n++) writeFileSync(join(place.path, 'uploads/many', `f${n}`), '')
  for (let n = 0; n < 12; n++) writeFileSync(join(place.path, 'few', `f${n}`), 'x'.repeat(512))
})
afterAll(async () => {
  place.remove()
  await new Promise((resolve) => web.close(resolve))
  await store.stop()
  await database.drop()
})

const s3Of = (bucket: string, secret = '${secret.s3}') =>
  `{ type: s3, bucket: ${bucket}, endpoint: "${store.server.endpoint}", region: ${store.server.region}, path_style: true, access_key: ${store.server.accessKey}, secret_key: "${secret}" }`

function estimate(checks: readonly string[], flags: readonly string[] = [], env: Record<string, string> = {}) {
  const { port } = web.address() as AddressInfo
  writeFileSync(
    join(place.path, 'postflight.yaml'),
    `version: 1
secrets: { url: { env: SHOP_URL }, s3: { env: S3_SECRET }, word: { env: WORD } }
connections:
  main: { type: postgres, url: "\${secret.url}" }
  nowhere: { type: postgres, url: "postgresql://nobody@127.0.0.1:1/none" }
  uploads: { type: files, root: ./uploads }
  few: { type: files, root: ./few }
  gone: { type: files, root: ./gone }
  small: ${s3Of('small')}
  full: ${s3Of('full')}
  exact: ${s3Of('exact')}
  absent: ${s3Of('absent')}
  cdn: { type: http, url: "http://127.0.0.1:${port}/", headers: { authorization: "Bearer \${secret.word}" } }
${more}defaults: { owner: team-shop, severity: high, remediation: Restore it. }
checks:
${checks.map((check) => `  - { ${check} }\n`).join('')}`,
  )
  return runCli(['plan', '--estimate', ...flags], {
    cwd: place.path,
    env: { SHOP_URL: database.url, S3_SECRET: store.server.secretKey, WORD: SECRET, ...env },
  })
}

/** The estimates of the reads of one check. */
async function readsOf(check: string) {
  const { code, stdout, stderr } = await estimate([check], ['--json'])
  expect(stderr).toBe('')
  const { checks, estimate: summary } = JSON.parse(stdout)
  return { code, summary, reads: checks[0].reads.map((read: { estimate?: object }) => read.estimate) }
}

const rows = (table: string, more = '') =>
  `id: rows, kind: rows, connection: main, table: ${table}, ${more} expect: { count: { gte: 1 } }`
const artifacts = (connection: string, more = '', table = 'media', keys = '') =>
  `id: files, kind: artifacts, rows: { connection: main, sql: select path from ${table}, key: path ${keys} }, store: ${connection}, ${more}`

describe('the database', () => {
  it('tells rows, cost and size of a table', async () => {
    const { code, reads } = await readsOf(rows('orders'))
    expect(reads).toEqual([
      {
        estimated: true,
        rows: 20_000,
        planner_cost: expect.any(Number),
        table_bytes: expect.any(Number),
        analysed: true,
      },
    ])
    expect(reads[0].planner_cost).toBeGreaterThan(200)
    expect(reads[0].table_bytes % 8192).toBe(0)
    expect(code).toBe(0)
  })

  it.each([
    ['with a condition and a parameter', rows('orders', 'where: "id <= :n", params: { n: 500 },'), 500],
    ['of all partitions', rows('parts'), 99],
    ['of a view, whose size is not known', rows('all_orders'), 20_000],
    [
      'of a query whose rows are violations',
      'id: v, kind: sql, connection: main, violations: "select id from orders where id <= :n", params: { n: 40 }',
      40,
    ],
    ['of a value', 'id: v, kind: sql, connection: main, sql: select count(*) from orders, expect: { value: 1 }', 1],
  ])('%s', async (_name, check, expected) => {
    const { code, reads } = await readsOf(check)
    expect(reads[0].rows).toBeGreaterThan(expected * 0.9)
    expect(reads[0].rows).toBeLessThan(expected * 1.1 + 1)
    expect('table_bytes' in reads[0]).toBe(/table: (orders|parts)/.test(check))
    expect(code).toBe(0)
  })

  it('says so where statistics were never gathered', async () => {
    const { reads } = await readsOf(rows('fresh'))
    expect(reads[0]).toMatchObject({ analysed: false })
    const { stdout } = await estimate([rows('fresh')])
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/never analysed, so the planner guesses/)
  })

  it('runs nothing of the query', async () => {
    const slow =
      'id: v, kind: sql, connection: main, sql: select count(pg_sleep(100)) from orders, expect: { value: 1 }'
    expect((await readsOf(slow)).code).toBe(0)
  })
})

describe('stores', () => {
  it.each([
    ['a small directory', 'few', '', { estimated: true, entries: 12, exact: true, bytes: 6144 }],
    ['a small bucket', 'small', '', { estimated: true, entries: 4, exact: true, bytes: 8 }],
    ['the scope alone', 'small', 'scope: { prefix: 2019/ },', { estimated: true, entries: 3, exact: true, bytes: 6 }],
    ['a bucket of one full page', 'exact', '', { estimated: true, entries: 1000, exact: true, bytes: 2000 }],
    ['a bucket of more', 'full', '', { estimated: true, entries: 1000, exact: false }],
    ['a server that cannot list', 'cdn', '', { estimated: true, look_ups: 3000, at_most: false }],
  ])('%s', async (_name, connection, more, expected) => {
    const { code, reads } = await readsOf(artifacts(connection, more))
    expect(reads.filter(Boolean).at(-1)).toEqual(expected)
    expect(code).toBe(0)
  })

  it('a large directory is bounded by the inodes in use', async () => {
    const { reads } = await readsOf(artifacts('uploads'))
    expect(reads[1]).toMatchObject({ estimated: true, exact: false })
    expect(reads[1].entries).toBeGreaterThanOrEqual(10_000)
    const { stdout } = await estimate([artifacts('uploads')])
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /more than 10,0\d\d files; its file system (has [\d,]+ inodes|does not say)/,
    )
  })

  it('one page is asked of a bucket, however many it has, and once for all checks', async () => {
    store.server.forgetRequests()
    await estimate([artifacts('full'), artifacts('full').replace('id: files', 'id: again')])
    const listed = store.server
      .requests()
      .filter(({ query }) => query['list-type'] === '2' && query['max-keys'] !== '1')
    expect(listed).toHaveLength(1)
  })

  it('few rows are looked up, unless something is asserted that only a listing tells', async () => {
    expect((await readsOf(artifacts('few', '', 'uploads'))).reads[1]).toEqual({
      estimated: true,
      look_ups: 30,
      at_most: false,
    })
    const listed = await readsOf(artifacts('few', 'expect: { orphaned: 0 },', 'uploads'))
    expect(listed.reads[1]).toMatchObject({ entries: 12, exact: true })
  })

  it('content is the share of the keys times the size of what was listed, within the budget', async () => {
    const declared = ', checksum: { column: path, algorithm: md5 }'
    const all = await readsOf(artifacts('few', 'verify: { checksum: all, budget: 1MiB },', 'media', declared))
    expect(all.reads[2]).toEqual({
      estimated: true,
      contents: 3000,
      at_most: false,
      content_bytes: 3000 * 512,
      budget_bytes: 2 ** 20,
    })
    const some = await readsOf(artifacts('few', 'verify: { checksum: { sample: 1/100 } },', 'media', declared))
    expect(some.reads[2]).toMatchObject({ contents: 30, content_bytes: 30 * 512 })
  })
})

serverOrSkip('sshd', sshdInstalled())('what lies elsewhere', () => {
  beforeAll(async () => {
    sshd = await startSshd()
    more = `  there: { type: files, root: "${join(place.path, 'few')}" }\n  old: ${JSON.stringify(sshd.connection)}\n`
  })
  afterAll(async () => {
    more = ''
    await sshd?.stop()
  })

  it('is asked from there', async () => {
    const { code, reads, summary } = await readsOf(artifacts('there', 'from: { ssh: old }, warn: { orphaned: 0 }'))
    expect(reads).toContainEqual({ estimated: true, entries: 12, exact: true, bytes: 12 * 512 })
    expect(summary.connections).toContainEqual({ name: 'there', type: 'files', from: 'ssh old', opened: true })
    expect(summary.connections).toContainEqual({ name: 'old', type: 'ssh', opened: true })
    expect(code).toBe(0)
  })
})

describe('what cannot be told', () => {
  it('is that a redis server can be opened, which has nothing to estimate', async () => {
    more = '  queue: { type: redis, host: 127.0.0.1, port: 1 }\n'
    const { code, stdout } = await estimate(['id: queue, kind: redis, connection: queue'])
    more = ''
    expect(stdout).toMatch(/Could not be opened:\n +queue \(127.0.0.1:1\): connection refused/)
    expect(stdout.replace(/\s+/g, ' ')).toContain('1 connection could not be opened (exit 3)')
    expect(code).toBe(3)
  })

  it.each([
    ['an unreachable database', rows('orders').replace('main', 'nowhere'), /cannot reach nowhere .*connection refused/],
    ['a directory that is not there', artifacts('gone'), /gone .*does not exist/],
    ['a bucket that is not there', artifacts('absent'), /absent \(s3:.*/],
    ['a source of recovery that is not there', artifacts('few', 'recover_from: [gone],'), /gone .*does not exist/],
  ])('%s', async (_name, check, message) => {
    const { code, reads, summary } = await readsOf(check)
    expect(code).toBe(3)
    expect(reads).toContainEqual({
      estimated: false,
      error: { message: expect.stringContaining('could not be opened') },
    })
    const closed = summary.connections.filter(({ opened }: { opened: boolean }) => !opened)
    expect(closed).toEqual([
      expect.objectContaining({ error: expect.objectContaining({ message: expect.stringMatching(message) }) }),
    ])
    const text = await estimate([check])
    expect([text.code, text.stderr]).toEqual([3, ''])
    expect(text.stdout.replace(/\s+/g, ' ')).toMatch(message)
  })

  it('a table that is not there, at its place; the rest is told all the same', async () => {
    const checks = [rows('nothing_here').replace('id: rows', 'id: other'), rows('orders')]
    const { code, stdout } = await estimate(checks, ['--json'])
    const [wrong, right] = JSON.parse(stdout).checks
    expect(wrong.reads[0].estimate).toEqual({
      estimated: false,
      error: {
        message: 'relation "nothing_here" does not exist',
        hint: expect.any(String),
        file: 'postflight.yaml',
        line: 16,
        column: expect.any(Number),
      },
    })
    expect(right.reads[0].estimate).toMatchObject({ estimated: true })
    expect(code).toBe(3)
  })

  it('how many look-ups, where the planner does not tell the rows', async () => {
    const { code, reads } = await readsOf(artifacts('cdn', '', 'nothing_here'))
    expect(reads.slice(0, 2)).toMatchObject([{ estimated: false }, { estimated: false }])
    expect(code).toBe(3)
  })

  it('a connection that does not answer is tried once', async () => {
    const checks = ['a', 'b', 'c'].map((id) =>
      rows('orders').replace('id: rows', `id: ${id}`).replace('main', 'nowhere'),
    )
    const { stdout } = await estimate(checks)
    expect(stdout.match(/connection refused/g)).toHaveLength(1)
    expect(stdout.match(/not estimated: nowhere could not be opened/g)).toHaveLength(3)
  })

  it('a missing secret is a usage error, as for verify', async () => {
    const { code, stdout, stderr } = await estimate([rows('orders')], [], { WORD: '' })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('secret "word" is not set')
  })
})

it('what is read is data for the estimate alone: a recorded run holds no query and no parameter', async () => {
  const check = rows('orders', 'where: "note <> :note", params: { note: "private-value-77" },')
  await estimate([check])
  const { stdout } = await runCli(['verify', '--reporter', 'ndjson'], {
    cwd: place.path,
    env: { SHOP_URL: database.url, S3_SECRET: store.server.secretKey, WORD: SECRET },
  })
  expect(JSON.parse(stdout.split('\n')[0] ?? '').checks[0].plan).toEqual([
    { what: 'count of orders where a condition holds', connection: 'main', cost: expect.any(String) },
  ])
})

describe('the text', () => {
  const CHECKS = [
    `${rows('orders', `where: "note <> :note", params: { note: "private-value-77" },`)}`,
    artifacts('full', 'recover_from: [uploads, gone],').replace(
      'id: files',
      'id: media-objects-with-a-rather-long-name',
    ),
    artifacts('cdn').replace('id: files', 'id: cdn'),
    rows('orders', 'when: { env.STAGE: { eq: prod } },').replace('id: rows', 'id: later').replace('main', 'nowhere'),
  ]

  it('fits 80 columns, ends with what counts, and shows no value and no secret', async () => {
    const { code, stdout, stderr } = await estimate(CHECKS)
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
    expect(stdout).toMatch(
      /^rows \(kind rows\) {2}postflight\.yaml:16\n {2}main: count of orders where a condition holds\n {4}about 20,000 rows, planner cost \d+, a table of /,
    )
    expect(stdout).toContain('more than 1,000 keys; listing costs one request per 1,000\n')
    expect(stdout).toContain('about 3,000 requests, one a row\n')
    expect(stdout).toMatch(/later \(kind rows\).*\n {2}skipped: /)
    expect(stdout.trimEnd().split('\n\n').at(-1)?.replace(/\s+/g, ' ')).toBe(
      '4 checks, 6 of 7 reads estimated; 1 could not be (exit 3). Nothing was checked.',
    )
    expect(stdout + stderr).not.toMatch(new RegExp(`private-value|${SECRET}|${store.server.secretKey}`))
    expect(code).toBe(3)
  })

  it('is what docs/plan.md shows', async () => {
    const text = readFileSync(join(import.meta.dirname, '../../docs/plan.md'), 'utf8')
    const [, example = ''] = /```text\n(.*?)```/s.exec(text) ?? []
    const { stdout } = await estimate([
      rows('orders').replace('id: rows', 'id: orders'),
      artifacts('full', 'recover_from: [gone],').replace('id: files', 'id: images'),
    ])
    const plain = (shown: string) =>
      shown.replace(/planner cost \d+/g, 'planner cost N').replace(/\(\/.*\/gone\)/, '(…)')
    expect(plain(stdout)).toBe(plain(example))
  })

  it('says when all could be told', async () => {
    const { code, stdout } = await estimate([rows('orders')])
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('1 check, 1 read estimated. Nothing was checked.')
    expect(code).toBe(0)
  })

  it('is wrapped to the columns there are', async () => {
    const { stdout } = await estimate(CHECKS, [], { COLUMNS: '40' })
    expect(stdout.split('\n').filter((line) => line.length > 40)).toEqual([])
  })

  it('as data holds no value of a query and opens nothing that is skipped', async () => {
    const { stdout } = await estimate(CHECKS, ['--json'])
    const { checks, estimate: summary } = JSON.parse(stdout)
    expect(JSON.stringify(checks.map(({ reads }: { reads: object }) => reads))).not.toMatch(/private-value|select path/)
    expect(summary.connections.map(({ name }: { name: string }) => name).sort()).toEqual([
      'cdn',
      'full',
      'gone',
      'main',
      'uploads',
    ])
    expect(summary).toMatchObject({ reads: 7, estimated: 6 })
  })
})
