import { chmodSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { directoryOf, runCli } from '../../support/run-cli.js'
import { s3 } from '../../support/s3.js'

const NAMES = Array.from({ length: 30 }, (_, index) => `2019/${String(index).padStart(3, '0')}.jpg`)

let database: TestDatabase
let store: Awaited<ReturnType<typeof s3>>
let home: ReturnType<typeof directoryOf>

beforeAll(async () => {
  database = await createDatabase()
  await database.client.query('create table photos (path text, old_path text)')
  await database.client.query("insert into photos select p, '/usr/src/app/upload/' || p from unnest($1::text[]) p", [
    NAMES,
  ])
  await database.client.query("create table holes (path text); insert into holes values (null), ('')")
  store = await s3({
    users: { blind: { accessKey: 'BLIND', secretKey: 'blind-secret-key', rights: { full: ['get', 'head'] } } },
  })
  for (const bucket of ['full', 'empty']) store.server.bucket(bucket)
  for (const name of NAMES) store.server.put('full', name, 'x')
  home = directoryOf()
  mkdirSync(join(home.path, 'photos/2019'), { recursive: true })
  for (const name of NAMES) writeFileSync(join(home.path, 'photos', name), 'x')
})

afterAll(async () => {
  home.remove()
  await store.stop()
  await database.drop()
})

let runs = 0

interface Case {
  readonly sql?: string
  readonly key?: string
  readonly store: string
  readonly secret?: string
  readonly confined?: boolean
  readonly expect?: string
}

async function verify(one: Case) {
  const { server } = store
  const bucket = (name: string, user = server.accessKey) =>
    `{ type: s3, bucket: ${name}, endpoint: "${server.endpoint}", region: ${server.region}, path_style: true, access_key: ${user}, secret_key: "\${secret.s3}" }`
  const findings = join(home.path, `findings-${++runs}`)
  writeFileSync(
    join(home.path, 'postflight.yaml'),
    `version: 1
secrets: { url: { env: SHOP_URL }, s3: { env: S3_SECRET } }
connections:
  main: { type: postgres, url: "\${secret.url}" }
  files: { type: files, root: ./photos }
  unmounted: { type: files, root: ./photos, mounted: true }
  nowhere: { type: files, root: ./nowhere }
  full: ${bucket('full')}
  empty: ${bucket('empty')}
  missing-bucket: ${bucket('missing')}
  blind: ${bucket('full', 'BLIND')}
checks:
  - id: photos
    kind: artifacts
    rows: { connection: main, sql: ${JSON.stringify(one.sql ?? 'select path from photos')}, key: ${one.key ?? 'path'} }
    store: ${one.store}
    owner: team-shop
    severity: high
    remediation: Copy the listed files.
    timeout: 20s
    expect: ${one.expect ?? '{ missing: 0, orphaned: 0 }'}
    warn: { zero_bytes: 0 }
`,
  )
  const result = await runCli(['verify', '--no-color', '--findings', findings], {
    cwd: home.path,
    env: { SHOP_URL: database.url, S3_SECRET: one.secret ?? server.secretKey },
    confined: one.confined === true,
  })
  const listed = () => readFileSync(join(findings, 'photos.ndjson'), 'utf8').trim().split('\n')
  return { ...result, output: result.stdout + result.stderr, listed }
}

describe('stores that are not what they should be', () => {
  it.each(['files', 'full'])('%s passes when nothing is wrong', async (name) => {
    const { code, output } = await verify({ store: name })
    expect(code, output).toBe(0)
  })

  const CANNOT_TELL: readonly (readonly [string, Case, RegExp])[] = [
    ['root absent', { store: 'nowhere' }, /nowhere/],
    ['root not mounted', { store: 'unmounted' }, /mount/],
    ['missing bucket', { store: 'missing-bucket' }, /bucket/i],
    ['wrong credentials', { store: 'full', secret: 'wrong-credential-0000' }, /credential|secret|signature/i],
    ['a bucket that denies listing', { store: 'blind', secret: 'blind-secret-key' }, /list/i],
    [
      'no rows against a full bucket',
      { store: 'full', sql: 'select path from photos where false' },
      /wrong database|no rows/i,
    ],
  ]

  it.each(CANNOT_TELL.map(([name, one, pattern]) => ({ name, one, pattern })))(
    '$name: error, exit 3',
    async ({ one, pattern }) => {
      const { code, output } = await verify(one)
      expect(code, output).toBe(3)
      expect(output).toMatch(pattern)
      expect(output).not.toContain('wrong-credential')
    },
  )

  it('all rows against an empty bucket: fail, all listed', async () => {
    const { code, output, listed } = await verify({ store: 'empty' })
    expect(code, output).toBe(1)
    expect(listed()).toHaveLength(NAMES.length)
    expect(output).toMatch(/empty/)
  })

  it('a wrong prefix: fail with one diagnosis that holds the rewrite to add', async () => {
    const { code, output } = await verify({ store: 'files', sql: 'select old_path from photos', key: 'old_path' })
    expect(code, output).toBe(1)
    expect(output).toMatch(/strip_prefix: "\/usr\/src\/app\/upload\/"/)
  })

  it('a directory that cannot be read: what lies below it is not called missing', async () => {
    const locked = join(home.path, 'photos/2020')
    mkdirSync(locked)
    chmodSync(locked, 0o000)
    const confined = process.getuid?.() === 0
    try {
      const sql = "select path from photos union all select '2020/a.jpg'"
      const alone = await verify({ store: 'files', sql, confined })
      expect(alone.code, alone.output).toBe(3)
      expect(alone.output).toMatch(/2020/)
      expect(alone.listed()).toEqual([expect.stringContaining('"finding":"unverifiable","key":"2020/a.jpg"')])
      const lost = `${sql} union all select '2019/lost.jpg'`
      const beside = await verify({ store: 'files', sql: lost, confined })
      expect(beside.code, beside.output).toBe(1)
      expect(beside.output).toMatch(/2019\/lost\.jpg: missing/)
      expect(beside.output).toMatch(/2020/)
    } finally {
      chmodSync(locked, 0o700)
      rmdirSync(locked)
    }
  })

  it('a thousand rows on one missing file are not one in a thousand missing', async () => {
    const sql = "select '2019/lost.jpg' as path from generate_series(1, 1000)"
    const { code, output } = await verify({ store: 'files', sql, expect: '{ missing: { lte: 1% } }' })
    expect(code, output).toBe(1)
  })

  it('NULL and empty keys: fail, counted', async () => {
    const { code, output } = await verify({
      store: 'files',
      sql: 'select path from holes union all select path from photos',
    })
    expect(code, output).toBe(1)
    expect(output).toMatch(/no_key/)
  })
})
