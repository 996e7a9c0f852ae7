// Buckets that do not list in byte order: seen, listed whole, sorted, and compared as any other.
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { byDirectory, type Play, type S3Server, scattered, unorderedList } from '../../../fixtures/servers/s3.js'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { s3 } from '../../support/s3.js'
import { openWorld, type Seen, see } from './world.js'

const PAGE = 5
const ROWS = ['a-b/f', 'a/f', 'a.c', 'b', 'gone', 'sub/1', 'sub/2', ...Array.from({ length: 20 }, (_, n) => `img/${n}`)]
const OBJECTS = [...ROWS.filter((key) => key !== 'gone'), 'a/orphan', 'z']
const TOLD = ['missing gone', 'orphaned a/orphan', 'orphaned z']

let database: TestDatabase
let server: S3Server
let stop: () => Promise<void>
let bucket = 0
beforeAll(async () => {
  database = await createDatabase()
  await database.client.query('create table files (key text)')
  const started = await s3({ pageSize: PAGE })
  server = started.server
  stop = started.stop
})
afterEach(() => {
  server.endPlays()
  server.forgetRequests()
})
afterAll(async () => {
  await stop()
  await database.drop()
})

interface Asked {
  readonly rows?: readonly string[]
  readonly objects?: readonly string[]
  readonly play?: Play
  readonly spec?: Readonly<Record<string, unknown>>
  readonly context?: Parameters<typeof see>[2] extends infer O ? (O extends { context?: infer C } ? C : never) : never
}

async function seen({ rows = ROWS, objects = OBJECTS, play, spec = {}, context = {} }: Asked): Promise<Seen> {
  const name = `unordered-${bucket++}`
  server.bucket(name)
  for (const key of objects) server.put(name, key, 'x')
  await database.client.query('truncate files')
  await database.client.query('insert into files select unnest($1::text[])', [rows])
  if (play !== undefined) server.play(play)
  const { endpoint, accessKey: access_key, secretKey: secret_key } = server
  const media = { type: 's3', bucket: name, endpoint, path_style: true, access_key, secret_key, ...spec }
  const world = openWorld({ main: { type: 'postgres', url: database.url }, media })
  const fields = { rows: { connection: 'main', sql: 'select key from files', key: 'key' }, store: 'media' }
  try {
    return await see(world, fields, { expect: { orphaned: 0 }, context: { ...context } })
  } finally {
    server.endPlays()
    await world.close()
  }
}

const notesOf = ({ notes = [] }: Seen) => notes.filter((note) => note.includes('byte order'))
const lists = () =>
  server.requests().filter(({ operation, query }) => operation === 'ListObjectsV2' && query['max-keys'] === undefined)

describe('a bucket that does not list in byte order', () => {
  it.each<[string, Play]>([
    ['from page to page', scattered()],
    ['and leaves out by bytes what comes before', scattered('bytes')],
    ['but directory by directory', byDirectory()],
    ['within each page', unorderedList()],
    ['in its third page only', { ...unorderedList(), after: 3 }],
  ])('%s', async (_, play) => {
    const found = await seen({ play })
    expect(found.told).toEqual(TOLD)
    expect(found.subjects).toMatchObject({ entries: OBJECTS.length, matched: ROWS.length - 1, rows: ROWS.length })
    expect(notesOf(found)).toEqual([
      expect.stringMatching(/^media does not list in byte order \(".+" comes before ".+"\)/),
    ])
  })

  it('is listed once where that is said beforehand', async () => {
    const found = await seen({ play: scattered(), spec: { order: 'none' } })
    expect(found.told).toEqual(TOLD)
    expect(notesOf(found)).toEqual([])
    expect(lists()).toHaveLength(Math.ceil(OBJECTS.length / PAGE))
    expect(lists().every(({ query }) => query['start-after'] === undefined)).toBe(true)
  })

  it('leaves nothing to go on from of what was settled before that was seen', async () => {
    const dir = join(mkdtempSync(join(process.env['TMPDIR'] ?? '/tmp', 'kept-')), 'checkpoints')
    let looks = 0
    // Every look at the clock is two seconds later: what is settled is written at once.
    const context = { checkpoints: dir, now: () => new Date(Date.now() + 2000 * looks++) }
    const found = await seen({ play: { ...unorderedList(), after: 4 }, context })
    expect(found.told).toEqual(TOLD)
    expect(found.notes?.filter((note) => note.includes('went on'))).toEqual([])
  })
})

const segment = fc.constantFrom('a', 'A', 'a-b', 'a.b', 'b', 'é', '😀', '～', ' ', '+', '%61', '~')
const key = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join('/'))
const keys = fc.uniqueArray(key, { minLength: 1, maxLength: 25 })

it('any world comes out as it does in byte order', async () => {
  const plays = fc.constantFrom(scattered(), scattered('bytes'), byDirectory(), byDirectory('bytes'), unorderedList())
  await fc.assert(
    fc.asyncProperty(keys, keys, plays, async (rows, objects, play) => {
      const [ordered, unordered] = [await seen({ rows, objects }), await seen({ rows, objects, play })]
      expect(unordered.findings).toEqual(ordered.findings)
      expect(unordered.subjects).toEqual(ordered.subjects)
    }),
    { numRuns: 25 },
  )
}, 120_000)
