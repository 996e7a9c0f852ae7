/** kill -9 at any moment, and the same command again: the findings and the verdict of a run that was never disturbed. */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CheckEnd, RunEvent } from '../../src/engine/events.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { directoryOf, runCli } from '../support/run-cli.js'
import { s3 } from '../support/s3.js'

const KILL_AT = join(import.meta.dirname, '../support/kill-at.mjs')
const FILES = 1200
const OBJECTS = 150

let database: TestDatabase
let objects: Awaited<ReturnType<typeof s3>>
let place: ReturnType<typeof directoryOf>
beforeAll(async () => {
  ;[database, objects] = await Promise.all([createDatabase(), s3()])
  place = directoryOf()
  await fill()
})
afterAll(async () => {
  await Promise.all([database?.drop(), objects?.stop()])
  place?.remove()
})

/** Every fault an artifacts check knows, spread over all keys. */
async function fill(): Promise<void> {
  objects.server.bucket('media')
  const rows: [store: string, key: string, size: number, sha256: string][] = []
  const root = join(place.path, 'uploads')
  for (let index = 0; index < FILES; index++) {
    const key = `${String(index % 50).padStart(2, '0')}/n${(index * 7919) % FILES}${index % 97 === 0 ? '\u2028x' : ''}`
    const body = `content of ${index}`.repeat(index % 5)
    mkdirSync(join(root, key, '..'), { recursive: true })
    const sha256 = createHash('sha256').update(body).digest('hex')
    if (index % 61 === 0) symlinkSync('nowhere', join(root, key))
    else if (index % 41 !== 0) writeFileSync(join(root, index % 83 === 0 ? `${key}.JPG` : key), body)
    if (index % 37 === 0) continue
    rows.push(['files', key, body.length + (index % 53 === 0 ? 1 : 0), index % 43 === 0 ? '0'.repeat(64) : sha256])
    if (index % 29 === 0) rows.push(['files', key, body.length, sha256])
  }
  for (let index = 0; index < OBJECTS; index++) {
    const key = `originals/${(index * 7919) % OBJECTS}`
    const body = `object ${index}`
    if (index % 31 !== 0) objects.server.put('media', key, body)
    if (index % 17 === 0) continue
    const sha256 = createHash('sha256')
      .update(index % 13 === 0 ? 'another' : body)
      .digest('hex')
    rows.push(['objects', key, body.length, sha256])
  }
  await database.client.query('create table uploads (store text, path text, bytes bigint, sha256 text)')
  await database.client.query(
    'insert into uploads select * from unnest($1::text[], $2::text[], $3::bigint[], $4::text[])',
    [
      rows.map(([store]) => store),
      rows.map(([, key]) => key),
      rows.map(([, , size]) => size),
      rows.map(([, , , sha256]) => sha256),
    ],
  )
  const { endpoint, accessKey } = objects.server
  writeFileSync(
    join(place.path, 'postflight.yaml'),
    `version: 1
secrets: { url: { env: DATABASE_URL }, key: { env: S3_SECRET } }
connections:
  main: { type: postgres, url: "\${secret.url}" }
  uploads: { type: files, root: ./uploads }
  media: { type: s3, bucket: media, endpoint: "${endpoint}", path_style: true, access_key: ${accessKey}, secret_key: "\${secret.key}" }
defaults: { owner: me, severity: high, remediation: mend it, tags: [all] }
checks:
  - { id: count, kind: rows, connection: main, table: uploads, expect: { count: { gte: 1 } } }
  - { id: odd, kind: sql, connection: main, violations: "select path from uploads where bytes = 0 order by path", show: { columns: [path], limit: 5000 } }
  - id: uploads
    kind: artifacts
    rows: { connection: main, sql: "select * from uploads where store = 'files'", key: path, size: bytes, checksum: { column: sha256, algorithm: sha256, encoding: hex } }
    store: uploads
    verify: { checksum: all }
    warn: { renamed: 0, zero_bytes: 0, duplicate_refs: 0 }
  - id: media
    kind: artifacts
    rows: { connection: main, sql: "select * from uploads where store = 'objects'", key: path, size: bytes, checksum: { column: sha256, algorithm: sha256, encoding: hex } }
    store: media
    requires: [count]
    verify: { checksum: all }
`,
  )
}

interface Sitting {
  readonly code: number | null
  readonly stderr: string
}

async function sit(dir: string, env: Record<string, string> = {}, onRun: (kill: () => void) => void = () => {}) {
  const args = ['verify', '--resume', join(dir, 'journal'), '--findings', join(dir, 'findings')]
  return runCli([...args, '--reporter', `ndjson:${join(dir, 'run.ndjson')}`, '--quiet'], {
    cwd: place.path,
    env: { DATABASE_URL: database.url, S3_SECRET: objects.server.secretKey, TMPDIR: join(dir, 'tmp'), ...env },
    node: ['--import', KILL_AT],
    started: (child) => onRun(() => void child.kill('SIGKILL')),
  })
}

/** What must be the same: the findings files byte for byte, what was measured and judged, the exit code. */
function outcome(dir: string, { code }: Sitting) {
  const findings = join(dir, 'findings')
  const events = readFileSync(join(dir, 'run.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent)
  const ends = events.filter((event): event is CheckEnd => event.type === 'check:end')
  const end = events.at(-1)
  return {
    code,
    files: Object.fromEntries(
      readdirSync(findings)
        .sort()
        .map((name) => [name, readFileSync(join(findings, name), 'utf8')]),
    ),
    told: events.flatMap((event) => (event.type === 'check:finding' ? [JSON.stringify(event)] : [])).sort(),
    ends: Object.fromEntries(
      ends.map(({ id, outcome, subjects, unobserved, counts, assertions, gaps, diagnoses }) => [
        id,
        { outcome, subjects, unobserved, counts, assertions, gaps, diagnoses },
      ]),
    ),
    // In which order checks of one severity are named is the order they ended in.
    verdict: end?.type === 'run:end' ? [end.tally, [...end.gate.failed].sort(), end.exit.code] : undefined,
  }
}

function directory() {
  const { path, remove } = directoryOf()
  mkdirSync(join(path, 'tmp'))
  return { path, remove }
}

let undisturbed: { readonly outcome: ReturnType<typeof outcome>; readonly changes: number; readonly gets: number }
const gets = () => objects.server.requests().filter(({ operation }) => operation === 'GetObject').length

beforeAll(async () => {
  const dir = directory()
  const before = gets()
  const sitting = await sit(dir.path, { COUNT_TO: join(dir.path, 'count') })
  undisturbed = {
    outcome: outcome(dir.path, sitting),
    changes: Number(readFileSync(join(dir.path, 'count'), 'utf8')),
    gets: gets() - before,
  }
  dir.remove()
})

test('the world has faults of every sort, and time to be interrupted', () => {
  const { subjects } = undisturbed.outcome.ends['uploads'] as CheckEnd
  for (const name of ['missing', 'orphaned', 'size_mismatch', 'checksum_mismatch', 'unreadable', 'duplicate_refs'])
    expect(subjects[name], name).toBeGreaterThan(0)
  expect(undisturbed.outcome.code).toBe(1)
  expect(undisturbed.changes).toBeGreaterThan(20)
})

/** Three or four runs each, which a busy machine takes its time for. */
const PATIENCE = { timeout: 180_000 }
// More of them: RESUME_MOMENTS=50.
const MOMENTS = Number(process.env['RESUME_MOMENTS'] ?? 2)
const moments = Array.from({ length: MOMENTS }, (_, index) => [index, Math.random()] as const)

test.each(moments)(
  'killed while it changes a file, moment %i (%f), and again while it goes on',
  PATIENCE,
  async (_, moment) => {
    const dir = directory()
    const first = Math.ceil(moment * undisturbed.changes)
    const kills = [first, Math.ceil(((moment * 7) % 1) * undisturbed.changes)]
    for (const at of kills) await sit(dir.path, { KILL_AT: String(at) })
    const last = await sit(dir.path)
    expect(outcome(dir.path, last), `killed at changes ${kills.join(' and ')} of ${undisturbed.changes}`).toEqual(
      undisturbed.outcome,
    )
    expect(readdirSync(join(dir.path, 'journal'))).toEqual([])
    dir.remove()
  },
)

test.each(moments)('killed while it asks the object store, moment %i (%f)', PATIENCE, async (_, moment) => {
  const dir = directory()
  const before = objects.server.requests().length
  const at = Math.ceil(moment * (undisturbed.gets + 2))
  const got = gets()
  await sit(dir.path, {}, (kill) => {
    const watch = setInterval(() => {
      if (objects.server.requests().length - before < at) return
      clearInterval(watch)
      kill()
    }, 1)
  })
  const last = await sit(dir.path)
  expect(outcome(dir.path, last), `killed at request ${at}`).toEqual(undisturbed.outcome)
  // What was under way, or not yet written, is read twice.
  expect(gets() - got).toBeLessThan(undisturbed.gets + 150)
  rmSync(dir.path, { recursive: true })
})
