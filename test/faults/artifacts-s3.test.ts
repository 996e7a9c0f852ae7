/** What a bucket does to a comparison that is under way: a right result, or doubt in words; never a wrong finding. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Effect,
  kmsEncrypted,
  type S3Server,
  startS3,
  stuckToken,
  truncatedWithoutToken,
  unorderedList,
} from '../../fixtures/servers/s3.js'
import { openWorld, see, type World } from '../kinds/artifacts/world.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { expectDoubt, expectRight, fill, outcomeOf, ROWS_SQL, TRUTH } from './artifacts-world.js'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database.drop())

const LISTED = { expect: { orphaned: 0 } }
const rows = { connection: 'main', sql: ROWS_SQL, key: 'path' }

async function against<T>(
  objects: number | undefined,
  use: (server: S3Server, world: World) => Promise<T>,
): Promise<T> {
  const server = await startS3()
  fill(server, 'media', objects)
  const { endpoint, region, accessKey, secretKey } = server
  const bucket = {
    type: 's3',
    bucket: 'media',
    endpoint,
    region,
    path_style: true,
    access_key: accessKey,
    secret_key: secretKey,
  }
  const world = openWorld({ main: { type: 'postgres', url: database.url }, media: bucket, spare: bucket })
  try {
    return await use(server, world)
  } finally {
    await world.close()
    await server.stop()
  }
}

const EFFECTS: Readonly<Record<string, Effect>> = {
  'answers 503': { type: 'error', status: 503, code: 'SlowDown' },
  'answers 500': { type: 'error', status: 500, code: 'InternalError' },
  'says that the credentials have expired': { type: 'error', status: 400, code: 'ExpiredToken' },
  refuses: { type: 'error', status: 403, code: 'AccessDenied' },
  'ends the XML in its middle': { type: 'truncate', bytes: 20_000 },
  'breaks the connection in the middle of an answer': { type: 'cut', bytes: 20_000 },
  'resets the connection': { type: 'reset' },
}
/** The first listing is that of the probe; three pages follow. */
const PAGES = { first: 1, middle: 2, last: 3 } as const

describe.concurrent('a bucket that from one page of its listing on', () => {
  for (const [what, effect] of Object.entries(EFFECTS)) {
    for (const [page, after] of Object.entries(PAGES)) {
      test(`${what}: the ${page} page`, () =>
        against(undefined, async (server, world) => {
          server.play({ operations: ['ListObjectsV2'], after, effect })
          // A store that asks for patience gets it, as long as the check has time.
          const context = { signal: AbortSignal.timeout(4000) }
          expectDoubt(await outcomeOf(see(world, { rows, store: 'media' }, { ...LISTED, context })))
        }))
    }
    if (effect.type === 'error' && effect.status < 500) continue
    test(`${what} once, and then is well again`, () =>
      against(undefined, async (server, world) => {
        server.play({ operations: ['ListObjectsV2'], after: 2, times: 1, effect })
        expectRight(await outcomeOf(see(world, { rows, store: 'media' }, LISTED)))
      }))
  }
})

const twice = (xml: string) => xml.replace(/<Contents>.*?<\/Contents>/s, (entry) => entry + entry)
const ODD = {
  'gives the same page for ever': stuckToken(),
  'says there is more and not how to get it': truncatedWithoutToken(),
  'lists an object twice': { operations: ['ListObjectsV2'], effect: { type: 'rewrite', change: twice } },
} as const

describe.concurrent('a bucket that', () => {
  test.each(Object.entries(ODD))('%s', (_, play) =>
    against(undefined, async (server, world) => {
      server.play(play)
      expectDoubt(await outcomeOf(see(world, { rows, store: 'media' }, LISTED)))
    }),
  )

  test('lists in no order is sorted', () =>
    against(undefined, async (server, world) => {
      server.play(unorderedList())
      expectRight(await outcomeOf(see(world, { rows, store: 'media' }, LISTED)))
    }))

  const checked = {
    ...rows,
    sql: `select * from (${ROWS_SQL}) q where path < 'm/000009'`,
    checksum: { column: 'sum', algorithm: 'md5' },
  }
  test.each(
    Object.entries(EFFECTS)
      .filter(([, { type }]) => type !== 'truncate' && type !== 'cut')
      .concat([
        ['ends the content early and says that this was all', { type: 'truncate', bytes: 0 }],
        ['breaks the connection in the middle of a content', { type: 'cut', bytes: 0 }],
      ] as [string, Effect][]),
  )('while checksums are read %s', (_, effect) =>
    against(8, async (server, world) => {
      // Its ETag says nothing, so that it has to be read.
      server.play(kmsEncrypted(/^m/))
      server.play({ operations: ['GetObject'], after: 3, effect })
      const outcome = await outcomeOf(
        see(world, { rows: checked, store: 'media', verify: { checksum: 'all' } }, LISTED),
      )
      expectDoubt(outcome)
      if ('subjects' in outcome) expect(outcome.subjects).toMatchObject({ checksum_mismatch: 0 })
      if ('subjects' in outcome) expect(Number(outcome.subjects['verified'])).toBeLessThan(8)
    }),
  )

  const few = { ...rows, sql: `select * from (${ROWS_SQL}) q where path < 'm/000009' or path like 'z%'` }
  test.each(Object.entries(EFFECTS).filter(([, { type }]) => type !== 'truncate' && type !== 'cut'))(
    'when findings are looked at again %s',
    (_, effect) =>
      against(8, async (server, world) => {
        server.play({ operations: ['HeadObject'], effect })
        const outcome = await outcomeOf(see(world, { rows: few, store: 'media' }, LISTED))
        if (!('told' in outcome)) return
        const untrue = outcome.told.filter((told) => /^(missing|orphaned) /.test(told) && !TRUTH.includes(told))
        expect(untrue).toEqual([])
        // What cannot be seen again stays what it was, or is called out of sight.
        expect(outcome.told.filter((told) => / (a-gone|z-gone|b-left|y-left)$/.test(told))).toHaveLength(4)
      }),
  )

  test.each(Object.entries(EFFECTS).filter(([, { type }]) => type !== 'truncate' && type !== 'cut'))(
    'when it is asked for what is missing elsewhere %s',
    (_, effect) =>
      against(8, async (server, world) => {
        server.bucket('empty')
        server.play({ operations: ['HeadObject'], bucket: 'media', key: /gone$/, after: 2, effect })
        const outcome = await outcomeOf(see(world, { rows: few, store: 'media', recover_from: ['spare'] }, LISTED))
        if (!('told' in outcome)) return
        expect(outcome.told).toEqual(TRUTH)
        expect(outcome.findings.filter((finding) => finding.recover_from !== undefined)).toEqual([])
        expect(outcome.notes?.join()).toMatch(/0 of 2 missing keys can be had from spare \(2 could not be told\)/)
      }),
  )
})
