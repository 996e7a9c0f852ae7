import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DeleteObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { archived, forbidden } from '../../../fixtures/servers/s3.js'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { s3 } from '../../support/s3.js'
import { openWorld, see, type World } from './world.js'

let database: TestDatabase
let store: Awaited<ReturnType<typeof s3>>
let world: World
let bucket = 0

beforeAll(async () => {
  database = await createDatabase()
  await database.client.query('create table files (path text, size bigint, sum text)')
  store = await s3({ defaultChecksum: 'none' })
})
afterAll(async () => {
  await store.stop()
  await database.drop()
})
afterEach(async () => {
  store.server.endPlays()
  await world.close()
  await database.client.query('truncate files')
})

const md5 = (text: string) => createHash('md5').update(text).digest('hex')
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

type Put = { readonly body: string; readonly set?: Parameters<typeof store.server.put>[3] }

async function given(
  rows: readonly (readonly [string, string?])[],
  objects: Readonly<Record<string, Put>>,
): Promise<string> {
  for (const [path, sum] of rows) await database.client.query('insert into files values ($1, 5, $2)', [path, sum])
  const name = `bucket-${bucket++}`
  store.server.bucket(name)
  for (const [key, { body, set }] of Object.entries(objects)) store.server.put(name, `up/${key}`, body, set)
  const { endpoint, region, accessKey, secretKey } = store.server
  const common = {
    type: 's3',
    bucket: name,
    endpoint,
    region,
    path_style: true,
    access_key: accessKey,
    secret_key: secretKey,
  }
  world = openWorld({
    main: { type: 'postgres', url: database.url },
    media: { ...common, prefix: 'up/' },
    wrong: { ...common, bucket: 'not-there' },
  })
  store.server.forgetRequests()
  return name
}

const ROWS = { connection: 'main', sql: 'select * from files', key: 'path' }
const CHECK = { rows: ROWS, store: 'media' }
const LISTED = { expect: { orphaned: 0 } }
const hello = { body: 'hello' }
const gets = () => store.server.requests().filter(({ operation }) => operation === 'GetObject').length

test('both directions, below the prefix, awkward keys included', async () => {
  const names = ['a b+c.txt', 'ä/😀', 'x%20y', '~', 'new\nline', 'a-b/f', 'a/f', './dot', '/slash', 'double//slash']
  const objects = Object.fromEntries([...names, 'extra'].map((name) => [name, hello]))
  const bucketName = await given(
    [...names, 'gone'].map((name) => [name] as const),
    objects,
  )
  store.server.put(bucketName, 'upper', 'another prefix')
  const seen = await see(world, CHECK, LISTED)
  expect(seen.told).toEqual(['missing gone', 'orphaned extra'])
  expect(seen.subjects).toMatchObject({ matched: names.length, entries: names.length + 1 })
})

test('a directory placeholder is neither an entry nor an orphan', async () => {
  await given([['a']], { a: hello, 'dir/': { body: '' } })
  const seen = await see(world, CHECK, LISTED)
  expect(seen.told).toEqual([])
  expect(seen.subjects).toMatchObject({ entries: 1 })
})

describe('checksums', () => {
  const cases: readonly {
    readonly name: string
    readonly algorithm: string
    readonly sum: string
    readonly put: Put
    readonly budget?: string
    readonly told: readonly string[]
    readonly gets: number
  }[] = [
    { name: 'an MD5 ETag is trusted', algorithm: 'md5', sum: md5('hello'), put: hello, told: [], gets: 0 },
    {
      name: 'an MD5 ETag that differs is read, and a mismatch where the content differs',
      algorithm: 'md5',
      sum: md5('x'),
      put: hello,
      told: ['checksum_mismatch a'],
      // And once more before it is told.
      gets: 2,
    },
    {
      name: 'an ETag that looks like an MD5 and is none is read',
      algorithm: 'md5',
      sum: md5('hello'),
      put: { body: 'hello', set: { etag: md5('something else') } },
      told: [],
      gets: 1,
    },
    {
      name: 'an ETag that looks like an MD5 and is none, beyond the budget, is no mismatch',
      algorithm: 'md5',
      sum: md5('hello'),
      put: { body: 'hello', set: { etag: md5('something else') } },
      budget: '1B',
      told: ['unverifiable a'],
      gets: 0,
    },
    {
      name: 'a SHA-256 of the object that differs is a mismatch at once',
      algorithm: 'sha256',
      sum: sha256('x'),
      put: { body: 'hello', set: { checksum: { algorithm: 'SHA256', type: 'FULL_OBJECT' } } },
      told: ['checksum_mismatch a'],
      gets: 0,
    },
    {
      name: 'an ETag that is no MD5 is read',
      algorithm: 'md5',
      sum: md5('hello'),
      put: { body: 'hello', set: { encryption: 'aws:kms' } },
      told: [],
      gets: 1,
    },
    {
      name: 'an ETag that is no MD5, beyond the budget, is no mismatch',
      algorithm: 'md5',
      sum: md5('hello'),
      put: { body: 'hello', set: { encryption: 'aws:kms' } },
      budget: '1B',
      told: ['unverifiable a'],
      gets: 0,
    },
    {
      name: "the object's own SHA-256",
      algorithm: 'sha256',
      sum: sha256('hello'),
      put: { body: 'hello', set: { checksum: { algorithm: 'SHA256', type: 'FULL_OBJECT' } } },
      told: [],
      gets: 0,
    },
    {
      name: 'another algorithm than the row has is read',
      algorithm: 'sha256',
      sum: sha256('hello'),
      put: { body: 'hello', set: { checksum: { algorithm: 'CRC32C', type: 'FULL_OBJECT' } } },
      told: [],
      gets: 1,
    },
    {
      name: 'CRC64NVME by HEAD',
      algorithm: 'crc64nvme',
      sum: '3377857006524257',
      put: { body: 'hello', set: { checksum: { algorithm: 'CRC64NVME', type: 'FULL_OBJECT' } } },
      told: [],
      gets: 0,
    },
    { name: 'CRC64NVME by reading', algorithm: 'crc64nvme', sum: '3377857006524257', put: hello, told: [], gets: 1 },
  ]
  test.each(cases)('$name', async ({ algorithm, sum, put, budget, told, gets: reads }) => {
    await given([['a', sum]], { a: put })
    const checksum = { column: 'sum', algorithm }
    const verify = { checksum: 'all', ...(budget === undefined ? {} : { budget }) }
    const seen = await see(world, { rows: { ...ROWS, checksum }, store: 'media', verify })
    expect(seen.told).toEqual(told)
    expect(gets()).toBe(reads)
  })

  const verified = {
    rows: { ...ROWS, checksum: { column: 'sum', algorithm: 'sha256' } },
    store: 'media',
    verify: { checksum: 'all' },
  }

  test('an archived object is there, and its content cannot be verified; it is never read', async () => {
    await given([['a', sha256('hello')]], { a: hello })
    store.server.play(archived(/a$/))
    const seen = await see(world, verified, LISTED)
    expect(seen.told).toEqual(['archived a', 'unverifiable a'])
    expect(seen.subjects).toMatchObject({ matched: 1, missing: 0, archived: 1 })
    expect(gets()).toBe(0)
  })

  test('an object that Intelligent-Tiering has put away is listed as any other, and is never read', async () => {
    const set = { storageClass: 'INTELLIGENT_TIERING', archiveStatus: 'ARCHIVE_ACCESS' as const }
    await given([['a', sha256('hello')]], { a: { body: 'hello', set } })
    const seen = await see(world, verified, LISTED)
    expect(seen.told).toEqual(['unverifiable a'])
    expect(seen.findings[0]?.reason).toMatch(/archived \(ARCHIVE_ACCESS\)/)
    expect(gets()).toBe(0)
  })

  test('a refused object is forbidden, not missing and not a mismatch', async () => {
    await given([['a', sha256('hello')]], { a: hello })
    store.server.play(forbidden(/a$/))
    expect((await see(world, verified, LISTED)).told).toEqual(['forbidden a'])
    expect((await see(world, CHECK)).told).toEqual(['forbidden a'])
  })

  test('a body that ends early is no mismatch', async () => {
    await given([['a', sha256('hello')]], { a: hello })
    store.server.play({ operations: ['GetObject'], effect: { type: 'cut', bytes: 2 } })
    expect((await see(world, verified, LISTED)).told).toEqual(['unverifiable a'])
  })
})

test('a bucket that is not there is an error', async () => {
  await given([['a']], {})
  await expect(see(world, { ...CHECK, store: 'wrong' })).rejects.toThrow(/no such bucket/)
})

test('rows behind the place where a listing breaks off are unverifiable, those before it proven', async () => {
  const names = Array.from({ length: 1500 }, (_, index) => `f${String(index).padStart(4, '0')}`)
  const rows = [...names, 'f0000-gone', 'f1400-gone'].map((name) => [name] as const)
  await given(rows, Object.fromEntries(names.map((name) => [name, hello])))
  store.server.play({ operations: ['ListObjectsV2'], after: 2, effect: { type: 'error', status: 400, code: 'Broken' } })
  const seen = await see(world, CHECK, LISTED)
  expect(seen.findings.filter(({ finding }) => finding === 'missing')).toMatchObject([{ key: 'f0000-gone' }])
  expect(seen.subjects).toMatchObject({ matched: 1000, unverifiable: 501, missing: 1 })
  expect(seen.gaps).toEqual([expect.stringMatching(/not listed from "f0999\\u0000" on: the listing broke off/)])
})

test.each([
  ['long before', 3_600_000, /its listing is not complete: "b" and 1 more are there and older/],
  ['while it was read', 0, undefined],
])('objects that came %s, and that the listing passed by', async (_, ago, gap) => {
  const set = { lastModified: Date.now() - ago }
  const one = { body: 'hello', set }
  await given([['a'], ['b'], ['c']], { a: one, b: one, c: one })
  store.server.play({
    operations: ['ListObjectsV2'],
    effect: {
      type: 'rewrite',
      change: (xml) =>
        xml.replace(/<Contents><Key>up(?:\/|%2F)[bc]<.*?<\/Contents>/gs, '').replace(/<KeyCount>\d+/, '<KeyCount>1'),
    },
  })
  const seen = await see(world, CHECK, { expect: { orphaned: 0 } })
  expect(seen.subjects).toMatchObject({ missing: 0, matched: 3, entries: 1 })
  expect(seen.gaps ?? []).toEqual(gap === undefined ? [] : [expect.stringMatching(gap)])
})

describe('a store whose clock is far off', () => {
  test.each([
    ['ahead', 3_600_000],
    ['behind', -3_600_000],
  ])('%s is taken at its word only of how old things are', async (_, off) => {
    const usual = store
    store = await s3({ defaultChecksum: 'none', now: () => Date.now() + off })
    try {
      const now = Date.now() + off
      const old = { body: 'hello', set: { lastModified: now - 86_400_000 } }
      await given([['a'], ['b']], { a: { body: 'hello', set: { lastModified: now } }, b: old, young: hello, old })
      // Passed by while it was being put, which is no word on the listing.
      const change = (xml: string) =>
        xml.replace(/<Contents><Key>up(?:\/|%2F)a<.*?<\/Contents>/gs, '').replace(/<KeyCount>\d+/, '<KeyCount>3')
      store.server.play({ operations: ['ListObjectsV2'], asking: 'encoding-type', effect: { type: 'rewrite', change } })
      const seen = await see(world, { ...CHECK, grace: '10m' }, LISTED)
      expect(seen.told).toEqual(['orphaned old'])
      expect(seen.gaps ?? []).toEqual([])
      expect(seen.subjects).toMatchObject({ matched: 2 })
    } finally {
      await store.stop()
      store = usual
    }
  })
})

test('a server that lists out of order is sorted, and no flood of findings', async () => {
  await given([['a'], ['b']], { a: hello, b: hello })
  const swap = (xml: string) => xml.replace(/(<Contents>.*?<\/Contents>)(<Contents>.*?<\/Contents>)/s, '$2$1')
  store.server.play({ operations: ['ListObjectsV2'], effect: { type: 'rewrite', change: swap } })
  expect((await see(world, CHECK, LISTED)).told).toEqual([])
})

test('a web server cannot list: each key is looked up, and what needs a listing is not observed', async () => {
  await given([['a'], ['b']], {})
  const web = createServer((request, response) => {
    response.writeHead(request.url === '/a' ? 200 : request.url === '/' ? 200 : 404, { 'content-length': 5 })
    response.end(request.method === 'HEAD' ? undefined : 'hello')
  })
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
  const own = openWorld({
    main: { type: 'postgres', url: database.url },
    cdn: { type: 'http', url: `http://127.0.0.1:${(web.address() as AddressInfo).port}/` },
  })
  try {
    const seen = await see(own, { rows: { ...ROWS, size: 'size' }, store: 'cdn' }, LISTED)
    expect(seen.told).toEqual(['missing b'])
    expect(seen.method).toBe('stat per row')
    expect(seen.subjects['orphaned']).toEqual({ unobserved: expect.stringMatching(/cannot be listed/) })
    expect(seen.subjects).toMatchObject({ matched: 1, size_mismatch: 0 })
  } finally {
    await own.close()
    await new Promise((resolve) => web.close(resolve))
  }
})

test.each([
  [
    'a page for all paths below one directory',
    /^\/app\//,
    ['app/1', 'img/a.png'],
    /"app\/no-such-key-5f1d0c9e" is there/,
  ],
  ['a placeholder for all images', /\.png$/, ['app/1', 'img/a.png'], /"img\/no-such-key-5f1d0c9e\.png" is there/],
  ['one for images that nothing asks for', /\.gif$/, ['app/1', 'img/a.png'], undefined],
])('a web server that has %s instead of a 404', async (_, invented, keys, error) => {
  await given(
    keys.map((key) => [key] as const),
    {},
  )
  const web = createServer((request, response) => {
    const url = request.url ?? ''
    response.writeHead(keys.includes(url.slice(1)) || invented.test(url) ? 200 : 404, { 'content-length': 5 })
    response.end()
  })
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
  const own = openWorld({
    main: { type: 'postgres', url: database.url },
    cdn: { type: 'http', url: `http://127.0.0.1:${(web.address() as AddressInfo).port}/` },
  })
  try {
    const seeing = see(own, { rows: ROWS, store: 'cdn' })
    if (error === undefined) expect((await seeing).subjects).toMatchObject({ matched: 2, missing: 0 })
    else await expect(seeing).rejects.toThrow(error)
  } finally {
    await own.close()
    await new Promise((resolve) => web.close(resolve))
  }
})

describe('missing objects that were deleted', () => {
  const check = { rows: { connection: 'main', sql: 'select * from files', key: 'path' }, store: 'media' }
  const deleted = async (rows: readonly string[], gone: readonly string[]) => {
    const name = await given(
      rows.map((row) => [row]),
      {},
    )
    store.server.bucket(name, { versioning: 'Enabled' })
    for (const key of gone) {
      store.server.put(name, `up/${key}`, 'hello')
      await store.client.send(new DeleteObjectCommand({ Bucket: name, Key: `up/${key}` }))
    }
    store.server.put(name, 'up/b', 'hello')
  }

  test('say when, and which version can be had back', async () => {
    await deleted(['a', 'b', 'never'], ['a'])
    const seen = await see(world, check, { expect: { orphaned: 0 } })
    const [at, version] = [expect.stringMatching(/^\d{4}-\d\d-\d\dT/), expect.stringMatching(/./)]
    expect(seen.findings).toEqual([
      { finding: 'missing', key: 'a', refs: 1, deleted: { at, version } },
      { finding: 'missing', key: 'never', refs: 1 },
    ])
    expect(seen.notes?.join()).toMatch(/1 of 2 missing keys were deleted in media .*: 1 of them have a version/)
  })

  test('all within an hour: one deed', async () => {
    const keys = ['1', '2', '3', '4', '5', '6']
    await deleted([...keys, 'b'], keys)
    const seen = await see(world, check)
    expect(seen.notes?.join()).toMatch(/All 6 missing keys were deleted .*; 6 were deleted between \d{4}.* and \d{4}/)
  })

  test('where nobody may ask, they are missing all the same', async () => {
    await deleted(['a', 'b'], ['a'])
    store.server.play({ asking: 'versions', effect: { type: 'error', status: 403, code: 'AccessDenied' } })
    const seen = await see(world, check, { expect: { orphaned: 0 } })
    expect(seen.told).toEqual(['missing a'])
    expect(seen.notes?.join()).toMatch(/whether missing keys were deleted in media .* could not be told/)
  })
})
