/** What `plan --estimate` tells of kind `probe` and of manifests, in this process, of a real database and real directories. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { estimate } from '../../src/cli/estimate/command.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { directoryOf } from '../support/run-cli.js'

let database: TestDatabase
let place: ReturnType<typeof directoryOf>
beforeAll(async () => {
  database = await createDatabase()
  place = directoryOf()
  mkdirSync(join(place.path, 'few'))
  for (let n = 0; n < 12; n++) writeFileSync(join(place.path, 'few', `f${n}`), 'x'.repeat(512))
})
afterAll(async () => {
  place.remove()
  await database.drop()
})

async function estimated(checks: readonly string[], { json = true, include = '[]' } = {}) {
  writeFileSync(
    join(place.path, 'postflight.yaml'),
    `version: 1
secrets: { url: { env: SHOP_URL } }
connections: { main: { type: postgres, url: "\${secret.url}" }, few: { type: files, root: ${join(place.path, 'few')} } }
defaults: { owner: team-shop, severity: high, remediation: Restore it. }
include: ${include}
checks:${checks.length === 0 ? ' []' : ''}
${checks.map((check) => `  - { ${check} }\n`).join('')}`,
  )
  let [stdout, stderr] = ['', '']
  const code = await estimate(
    { files: ['postflight.yaml'], vars: {}, envFile: undefined, strict: false, json },
    {
      cwd: place.path,
      env: { SHOP_URL: database.url, LANG: 'C.UTF-8', COLUMNS: '80' },
      now: new Date(),
      version: '0.0.0',
      stdout: new PassThrough().on('data', (chunk) => (stdout += chunk)),
      stderr: new PassThrough().on('data', (chunk) => (stderr += chunk)),
      hideSecrets: () => undefined,
    },
  )
  expect(stderr).toBe('')
  return { code, stdout }
}

async function readsOf(check: string) {
  const { code, stdout } = await estimated([check])
  const { checks, estimate: summary } = JSON.parse(stdout)
  return { code, totals: summary.totals, reads: checks[0].reads.map((read: { estimate?: object }) => read.estimate) }
}

describe('objects to look into', () => {
  const FIVE =
    "(values ('a', 100, null), ('b', 200, null), ('c', 4000, null), ('d', 50, 'gone'), ('e', null, null)) v(object, bytes, unseen)"
  const probe = (columns: string, more = '') =>
    `id: probed, kind: probe, connection: main, list: "select ${columns}, 'select pg_sleep(100)' as probe from ${FIVE}"${more}`

  it.each([
    [
      'of any size',
      probe('object, bytes, unseen'),
      { objects: 4, object_bytes: 4300, of_unknown_size: 1, left_out: 1 },
    ],
    [
      'none above max_bytes',
      probe('object, bytes', ', max_bytes: 200B'),
      { objects: 4, object_bytes: 350, left_out: 1 },
    ],
    [
      'no more than the budget',
      probe('object, bytes', ', budget: 300B'),
      { objects: 3, object_bytes: 150, left_out: 2 },
    ],
    ['of unknown size', probe('object'), { objects: 5, object_bytes: 0, of_unknown_size: 5, left_out: 0 }],
  ])('%s', async (_name, check, expected) => {
    const { code, reads, totals } = await readsOf(check)
    expect(reads[1]).toMatchObject({ estimated: true, ...expected })
    expect(totals).toMatchObject({ objects: expected.objects, object_bytes: expected.object_bytes, at_least: false })
    expect(code).toBe(0)
  })

  test('are told in words, and what they come to', async () => {
    const { stdout } = await estimated([probe('object, bytes, unseen')], { json: false })
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
    const words = stdout.replace(/\s+/g, ' ')
    expect(words).toContain(
      '4 objects, 4.2 KiB; the size of 1 is not known; 1 more are left out, as too large or not to be probed',
    )
    expect(words).toContain('at least 4.2 KiB of 4 objects to look into')
    expect(words).toContain('time: at least 1s')
  })

  test('are those no schema but pg_catalog has a say in', async () => {
    await database.client.query('create function public.lower_of(text) returns text language sql return $1')
    const { code, reads } = await readsOf(
      `id: probed, kind: probe, connection: main, list: "select lower_of('a') as object, 'select 1' as probe"`,
    )
    expect(reads[1]).toMatchObject({ estimated: false, error: { message: expect.stringContaining('lower_of') } })
    expect(code).toBe(3)
  })

  test('are those of the lists of the pack', async () => {
    await database.client.query('create table public.orders (id serial primary key, note text check (note <> $$x$$))')
    const include = '[{ pack: postgres, as: pg, with: { connection: main, schemas: [public] } }]'
    const { code, stdout } = await estimated([], { include })
    const { checks, estimate: summary } = JSON.parse(stdout)
    const probes = checks.filter(({ kind }: { kind: string }) => kind === 'probe')
    const objects = probes.map(
      ({ reads }: { reads: { estimate: { objects: number } }[] }) => reads[1]?.estimate.objects,
    )
    // One sequence behind its column, one near its end, one key, one constraint, one text.
    expect(objects.filter(Boolean)).toEqual([1, 1, 1, 1, 1])
    expect(summary).toMatchObject({ reads: summary.estimated, totals: { objects: 5 } })
    expect(code).toBe(0)
  })
})

describe('a manifest', () => {
  const manifest = (more = '') => `id: kept, kind: artifacts, store: few, manifest: {}${more}`

  test('is held against all entries there are, never looked up one by one', async () => {
    const { code, reads } = await readsOf(manifest())
    expect(reads).toEqual([{ estimated: true, entries: 12, exact: true, bytes: 6144 }])
    expect(code).toBe(0)
  })

  test('has as much content to verify as there are entries, within sample and budget', async () => {
    const all = 'manifest: { checksum: sha256 }, verify: { checksum: all, budget: 4KiB }'
    const { reads, totals } = await readsOf(manifest().replace('manifest: {}', all))
    expect(reads[1]).toEqual({
      estimated: true,
      contents: 12,
      at_most: false,
      content_bytes: 12 * 512,
      budget_bytes: 4096,
    })
    expect(totals).toMatchObject({ entries: 12, content_bytes_at_most: 4096 })
    const some = 'manifest: { checksum: sha256 }, verify: { checksum: { sample: 1/4 } }'
    expect((await readsOf(manifest().replace('manifest: {}', some))).reads[1]).toMatchObject({ contents: 3 })
  })

  test('is told in words that name no row', async () => {
    const { stdout } = await estimated([manifest()], { json: false })
    expect(stdout).toContain('  few: List every entry\n    12 files, 6.0 KiB\n')
    expect(stdout).not.toMatch(/\brows?\b/)
  })
})
