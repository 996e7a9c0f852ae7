// Any world of rows, files and objects: the parts of a run, put together, tell what the undivided run tells.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Key, keyFromLatin1, keyFromText, keyToBytes } from '../../src/lib/key.js'
import { createTree } from '../kinds/artifacts/tree.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { directoryOf } from '../support/run-cli.js'
import { s3 } from '../support/s3.js'
import { listsIn, putTogether, runHere, verdictOf } from './parts.js'

let database: TestDatabase
let bucket: Awaited<ReturnType<typeof s3>>

beforeAll(async () => {
  database = await createDatabase()
  await database.client.query('create table files (key bytea, size bigint, store text, explains boolean)')
  bucket = await s3({ pageSize: 3 })
})
afterAll(async () => {
  await bucket.stop()
  await database.drop()
})

const SEGMENTS = ['a', 'A', 'a-b', 'b', 'é', 'e\u0301', '😀', '～', ' ', '%61', '+', '\n', 'tmp', "'", '~', 'm', 'z']
const RAW = ['\xff', 'caf\xe9', '\x01']
const STORES = ['local', 'cloud'] as const

/** No object has a key that is not UTF-8, and rows that promise one are the same in every part all the same. */
const path = fc
  .array(fc.constantFrom(...SEGMENTS.map((text) => keyFromText(text) as string), ...RAW), {
    minLength: 1,
    maxLength: 3,
  })
  .map((segments) => keyFromLatin1(segments.join('/')))

const worlds = fc.record({
  rows: fc.array(
    fc.record({
      key: fc.oneof({ weight: 12, arbitrary: path }, fc.constantFrom(keyFromText('../out'), undefined)),
      size: fc.option(fc.nat(2)),
      store: fc.constantFrom(...STORES, ...STORES, ...STORES, 'elsewhere'),
      explains: fc.integer({ min: 0, max: 5 }).map((number) => number === 0),
    }),
    { maxLength: 30 },
  ),
  entries: fc.array(fc.record({ key: path, size: fc.nat(2), store: fc.constantFrom(...STORES) }), { maxLength: 30 }),
  /** So many rows have their entry for certain, or nearly all of a world would be missing. */
  kept: fc.double({ min: 0, max: 1, noNaN: true }),
  of: fc.integer({ min: 1, max: 6 }),
  order: fc.array(fc.nat(), { minLength: 6, maxLength: 6 }),
  renamed: fc.boolean(),
  derived: fc.boolean(),
})
type Plan = typeof worlds extends fc.Arbitrary<infer T> ? T : never

function checkFile({ renamed, derived }: Plan, name: string, root: string): string {
  const { endpoint, accessKey, secretKey } = bucket.server
  return `version: 1
name: any
secrets: { url: { env: SHOP_URL } }
connections:
  main: { type: postgres, url: "\${secret.url}" }
  files: { type: files, root: ${JSON.stringify(root)} }
  objects: { type: s3, bucket: ${name}, endpoint: "${endpoint}", path_style: true, access_key: ${accessKey}, secret_key: ${secretKey}, limit: 3 }
checks:
  - id: all
    kind: artifacts
    rows: { connection: main, sql: "select key, size, store from files where not explains", key: key, size: size, store: store }
    explained_by: [{ connection: main, sql: "select key, store from files where explains", key: key, store: store }]
    stores: { local: files, cloud: objects }
    ignore: ["tmp/**"]
    ${derived ? 'derived: [{ match: "m/{key}" }]' : 'verify: { size: all }'}
    plausible: { empty_rows: allow, empty_store: allow }
    owner: team
    severity: high
    remediation: Copy them.
    expect: { orphaned: 0${renamed ? ', renamed: 0' : ''} }
`
}

/** On a disk a name is a file or a directory: whichever comes first stays. */
function entriesOf({ entries, rows, kept }: Plan, store: string): ReadonlyMap<Key, number> {
  const found = new Map<Key, number>()
  const certain = rows.slice(0, Math.round(rows.length * kept)).map((row) => ({ ...row, size: row.size ?? 1 }))
  for (const { key, size, store: at } of [...certain, ...entries]) {
    if (at !== store || key === undefined || key.startsWith('..')) continue
    if (store === 'cloud' && Buffer.from(keyToBytes(key).toString()).compare(keyToBytes(key)) !== 0) continue
    const clash = [...found.keys()].some((other) => other.startsWith(`${key}/`) || key.startsWith(`${other}/`))
    if (!clash || store === 'cloud') found.set(key, found.get(key) ?? size)
  }
  return found
}

/** A suggestion is tried on the rows only where they are at hand. */
const untried = (report: Record<string, never>) => {
  const { checks, ...verdict } = verdictOf(report)
  return { ...verdict, checks: checks.map((check) => ({ ...check, diagnoses: undefined })) }
}

const RUNS = Number(process.env['POSTFLIGHT_ANY_SHARDS'] ?? 14)

let number = 0
async function agree(plan: Plan): Promise<void> {
  const name = `any-${number++}`
  const place = directoryOf()
  const tree = createTree()
  const { server } = bucket
  server.bucket(name)
  try {
    for (const [key, size] of entriesOf(plan, 'local')) tree.put(key, 'x'.repeat(size))
    for (const [key, size] of entriesOf(plan, 'cloud')) server.put(name, keyToBytes(key), 'x'.repeat(size))
    const { rows } = plan
    await database.client.query('truncate files')
    await database.client.query(
      'insert into files select * from unnest($1::bytea[], $2::bigint[], $3::text[], $4::bool[])',
      [
        rows.map(({ key }) => (key === undefined ? null : keyToBytes(key))),
        rows.map(({ size }) => size),
        rows.map(({ store }) => store),
        rows.map(({ explains }) => explains),
      ],
    )
    writeFileSync(join(place.path, 'postflight.yaml'), checkFile(plan, name, tree.root))
    const here = { cwd: place.path, env: { SHOP_URL: database.url } }
    const file = (one: string) => join(place.path, one)
    const whole = await runHere(here, {
      requests: [{ name: 'json', path: file('whole.json') }],
      findingsDir: file('whole'),
    })
    const numbers = Array.from({ length: plan.of }, (_, index) => index + 1)
    // The parts know nothing of each other, so any may run first.
    for (const part of numbers.toSorted((a, b) => (plan.order[a - 1] ?? 0) - (plan.order[b - 1] ?? 0))) {
      await runHere(here, {
        shard: { number: part, of: plan.of },
        requests: [{ name: 'ndjson', path: file(`${part}.ndjson`) }],
      })
    }
    const { code, report } = await putTogether(
      place.path,
      numbers.map((part) => file(`${part}.ndjson`)),
      file('together'),
    )
    expect(code).toBe(whole.code)
    expect(untried(report)).toEqual(untried(JSON.parse(readFileSync(file('whole.json'), 'utf8'))))
    expect(listsIn(file('together'))).toEqual(listsIn(file('whole')))
  } finally {
    tree.remove()
    place.remove()
  }
}

test('two stores, one of files and one of objects, in up to six parts', async () => {
  await fc.assert(fc.asyncProperty(worlds, agree), { numRuns: RUNS })
}, 600_000)
