import { createHash } from 'node:crypto'
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  archived,
  connectionReset,
  forbidden,
  kmsEncrypted,
  type Play,
  type S3Server,
  slowDown,
  stuckToken,
  truncatedList,
  truncatedWithoutToken,
} from '../../fixtures/servers/s3.js'
import { connectionSchema, type S3Spec } from '../../src/connections/schema.js'
import { keyFromLatin1, keyFromText } from '../../src/lib/key.js'
import { createS3Store } from '../../src/stores/s3/s3.js'
import type { Entry, Store } from '../../src/stores/store.js'
import { s3 } from '../support/s3.js'

const { signal } = new AbortController()
const HELLO = 'hello'
/** May only stat in the bucket `media`, and read `paid`, which is not its own. */
const LIMITED = { access_key: 'AKLIMITED', secret_key: 'limited-secret' }
const digest = (algorithm: string, body: string) => createHash(algorithm).update(body).digest('hex')

let server: S3Server
let client: S3Client
let stop: () => Promise<void>
const stores: Store[] = []

beforeAll(async () => {
  const keys = { accessKey: LIMITED.access_key, secretKey: LIMITED.secret_key }
  const rights = { media: ['head'], paid: ['list', 'get'] } as const
  ;({ server, client, stop } = await s3({ users: { limited: { ...keys, rights } }, minPartSize: 1 }))
  server.bucket('media')
  server.put('media', 'hello.txt', HELLO)
  server.put('media', 'folder/', '')
  server.put('media', 'folder/zero', '')
  server.put('media', 'folder/not a placeholder/', 'x')
})
afterEach(async () => {
  server.endPlays()
  server.forgetRequests()
  for (const store of stores.splice(0)) await store.close()
})
afterAll(() => stop())

function storeOf(set: Record<string, unknown> = {}, env: Record<string, string> = {}): Store {
  const spec = {
    type: 's3',
    bucket: 'media',
    endpoint: server.endpoint,
    path_style: true,
    access_key: server.accessKey,
    secret_key: server.secretKey,
    ...set,
  }
  const store = createS3Store('media', connectionSchema.parse(spec) as S3Spec, env)
  stores.push(store)
  return store
}

async function listed(store: Store): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  for await (const page of store.list({ signal })) entries.push(...page.entries)
  return entries
}

const stat = (store: Store, key: string, digests = false) => store.stat(keyFromText(key), { digests, signal })
const open = (store: Store, key: string) => store.open(keyFromText(key), { signal })

describe('what a store that cannot be used says', () => {
  const cases: readonly { name: string; set: Record<string, unknown>; code: string; says: RegExp }[] = [
    { name: 'no such bucket', set: { bucket: 'nothing-here' }, code: 'absent', says: /no such bucket/ },
    { name: 'an unknown access key', set: { access_key: 'AKWRONG' }, code: 'forbidden', says: /wrong credentials/ },
    { name: 'a wrong secret', set: { secret_key: 'not-it' }, code: 'forbidden', says: /wrong credentials/ },
    {
      name: 'no right to list',
      set: LIMITED,
      code: 'forbidden',
      says: /s3:ListBucket/,
    },
    { name: 'nobody there', set: { endpoint: 'http://127.0.0.1:1' }, code: 'unavailable', says: /ECONNREFUSED/ },
  ]
  it.each(cases)('$name', async ({ set, code, says }) => {
    const store = storeOf(set)
    const refused = { code, message: expect.stringMatching(says) }
    await expect(store.probe({ signal })).rejects.toMatchObject(refused)
    await expect(listed(store)).rejects.toMatchObject(refused)
    const error = await listed(store).catch((cause: unknown) => cause)
    expect(String(error)).toContain(store.label)
    expect(String(error)).not.toMatch(/not-it|limited-secret/)
  })

  it('half a pair of credentials is a mistake of the check file', async () => {
    await expect(storeOf({ secret_key: undefined }).probe({ signal })).rejects.toMatchObject({ name: 'UsageError' })
  })

  it('another region is named', async () => {
    const headers = { 'x-amz-bucket-region': 'eu-west-9' }
    server.play({ effect: { type: 'error', status: 301, code: 'PermanentRedirect', headers } })
    await expect(storeOf().probe({ signal })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('eu-west-9'),
      hint: 'set region: eu-west-9',
    })
  })
})

describe('credentials', () => {
  const none = { access_key: undefined, secret_key: undefined }

  it('come from the environment that is handed in', async () => {
    const env = { AWS_ACCESS_KEY_ID: server.accessKey, AWS_SECRET_ACCESS_KEY: server.secretKey }
    await storeOf(none, env).probe({ signal })
  })

  it('of the connection win over the environment', async () => {
    await storeOf({}, { AWS_ACCESS_KEY_ID: 'AKWRONG', AWS_SECRET_ACCESS_KEY: 'wrong' }).probe({ signal })
  })
})

describe('a listing that is not whole is never taken for one', () => {
  const rewrite = (change: (xml: string) => string): Play => ({
    operations: ['ListObjectsV2'],
    effect: { type: 'rewrite', change },
  })
  const cases: readonly { name: string; play: Play; says: RegExp }[] = [
    { name: 'XML that ends in the middle', play: truncatedList(), says: /cut short/ },
    { name: 'more announced, without a token', play: truncatedWithoutToken(), says: /no token/ },
    { name: 'the same page again and again', play: stuckToken(), says: /again and again/ },
    { name: 'a page of the web', play: rewrite(() => '<html><body>Sign in</body></html>'), says: /not a listing/ },
    { name: 'no answer body', play: rewrite(() => ''), says: /not a listing/ },
    {
      name: 'fewer keys than were counted',
      play: rewrite((xml) => xml.replace(/<Contents>.*?<\/Contents>/s, '')),
      says: /4 keys were promised, 3 came/,
    },
  ]
  it.each(cases)('$name', async ({ play, says }) => {
    server.play(play)
    await expect(listed(storeOf())).rejects.toMatchObject({ code: 'unavailable', message: expect.stringMatching(says) })
  })
})

describe('faults that pass', () => {
  it.each([
    ['503 SlowDown', slowDown(2)],
    ['a reset connection', connectionReset(2)],
  ])('%s is tried again', async (_, play) => {
    server.play(play)
    expect(await listed(storeOf())).toHaveLength(4)
  })

  it('a server that goes on failing is unavailable', async () => {
    server.play({ effect: { type: 'error', status: 500, code: 'InternalError' } })
    await expect(listed(storeOf())).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/HTTP 500 InternalError/),
    })
  })
})

describe('entries', () => {
  it('tell a directory placeholder from an artifact', async () => {
    const store = storeOf()
    const found = (await listed(store)).map(({ key, size, placeholder }) => ({ key, size, placeholder }))
    expect(found).toEqual([
      { key: 'folder/', size: 0, placeholder: true },
      { key: 'folder/not a placeholder/', size: 1, placeholder: undefined },
      { key: 'folder/zero', size: 0, placeholder: undefined },
      { key: 'hello.txt', size: 5, placeholder: undefined },
    ])
    expect(await stat(store, 'folder/')).toMatchObject({ placeholder: true })
  })

  it('in the archive are there, and cannot be read', async () => {
    server.play(archived('hello.txt'))
    const store = storeOf()
    expect((await listed(store)).find(({ key }) => key === 'hello.txt')).toMatchObject({ size: 5, archived: 'GLACIER' })
    expect(await stat(store, 'hello.txt')).toMatchObject({ size: 5, archived: 'GLACIER' })
    await expect(open(store, 'hello.txt')).rejects.toMatchObject({ code: 'unreadable' })
  })

  it('brought back from the archive are ordinary ones', async () => {
    server.play(archived('hello.txt', true))
    expect((await stat(storeOf(), 'hello.txt'))?.archived).toBeUndefined()
  })

  it('that may not be seen are an error, which says that they may be missing', async () => {
    server.play(forbidden('hello.txt'))
    await expect(stat(storeOf(), 'hello.txt')).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringMatching(/"hello.txt".*s3:GetObject.*s3:ListBucket/),
    })
    await expect(open(storeOf(), 'hello.txt')).rejects.toMatchObject({ code: 'forbidden' })
    server.endPlays()
    const limited = storeOf(LIMITED)
    expect(await stat(limited, 'hello.txt')).toMatchObject({ size: 5 })
    await expect(stat(limited, 'missing')).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('with a key of the customer are unreadable, not missing', async () => {
    server.play({ key: 'hello.txt', effect: { type: 'error', status: 400, code: 'InvalidRequest' } })
    await expect(stat(storeOf(), 'hello.txt')).rejects.toMatchObject({ code: 'unreadable' })
  })

  it('deleted in a versioned bucket are absent', async () => {
    server.bucket('versioned', { versioning: 'Enabled' })
    const { DeleteObjectCommand } = await import('@aws-sdk/client-s3')
    server.put('versioned', 'gone', HELLO)
    await client.send(new DeleteObjectCommand({ Bucket: 'versioned', Key: 'gone' }))
    const store = storeOf({ bucket: 'versioned' })
    expect(await listed(store)).toEqual([])
    expect(await stat(store, 'gone')).toBeUndefined()
  })
})

describe('digests, asked for', () => {
  it('are the MD5 of a plain ETag and the checksum of the whole content', async () => {
    const found = (await stat(storeOf(), 'hello.txt', true))?.digests
    expect(found).toMatchObject({ md5: digest('md5', HELLO), crc64nvme: expect.stringMatching(/^[0-9a-f]{16}$/) })
  })

  it.each([
    ['SHA256', 'sha256'],
    ['SHA1', 'sha1'],
  ] as const)('%s as it was uploaded', async (ChecksumAlgorithm, algorithm) => {
    await client.send(
      new PutObjectCommand({ Bucket: 'media', Key: algorithm, Body: Buffer.from(HELLO), ChecksumAlgorithm }),
    )
    expect((await stat(storeOf(), algorithm, true))?.digests).toEqual({
      md5: digest('md5', HELLO),
      [algorithm]: digest(algorithm, HELLO),
    })
    server.remove('media', algorithm)
  })

  it('not asked for are not there, and cost nothing', async () => {
    expect((await stat(storeOf(), 'hello.txt'))?.digests).toBeUndefined()
  })

  it('of a KMS object hold no MD5, though its ETag looks like one', async () => {
    server.play(kmsEncrypted('hello.txt'))
    expect((await stat(storeOf(), 'hello.txt', true))?.digests?.md5).toBeUndefined()
  })

  it('of an object in parts hold neither its ETag nor a checksum of checksums', async () => {
    const object = { Bucket: 'media', Key: 'parts' }
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({ ...object, ChecksumAlgorithm: 'SHA256', ChecksumType: 'COMPOSITE' }),
    )
    const Parts = []
    for (const PartNumber of [1, 2]) {
      const part = { ...object, UploadId, PartNumber, Body: Buffer.from(HELLO), ChecksumAlgorithm: 'SHA256' as const }
      const { ETag, ChecksumSHA256 } = await client.send(new UploadPartCommand(part))
      Parts.push({ ETag, ChecksumSHA256, PartNumber })
    }
    await client.send(new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts } }))
    expect(await stat(storeOf(), 'parts', true)).toMatchObject({ size: 10 })
    expect((await stat(storeOf(), 'parts', true))?.digests).toBeUndefined()
    server.remove('media', 'parts')
  })

  it('a server that refuses to be asked for them still tells the size', async () => {
    server.play({
      times: 1,
      operations: ['HeadObject'],
      effect: { type: 'error', status: 501, code: 'NotImplemented' },
    })
    expect(await stat(storeOf(), 'hello.txt', true)).toMatchObject({ size: 5 })
  })
})

describe('reading', () => {
  it('pays where the requester is to pay', async () => {
    server.bucket('paid', { requesterPays: true })
    server.put('paid', 'a', HELLO)
    await expect(listed(storeOf({ ...LIMITED, bucket: 'paid' }))).rejects.toMatchObject({ code: 'forbidden' })
    const store = storeOf({ ...LIMITED, bucket: 'paid', requester_pays: true })
    expect(await listed(store)).toHaveLength(1)
    expect(await stat(store, 'a')).toMatchObject({ size: 5 })
  })

  it('has the next page under way while one is looked at, and not more', async () => {
    server.bucket('long')
    for (let index = 0; index < 3500; index++) server.put('long', String(index).padStart(5, '0'), '')
    const pages = storeOf({ bucket: 'long' }).list({ signal })
    await pages.next()
    await expect.poll(() => server.requests().length).toBe(2)
    await pages.next()
    await expect.poll(() => server.requests().length).toBe(3)
    await pages.return()
  })

  it('may be left while the next page hangs', async () => {
    server.play({ operations: ['ListObjectsV2'], after: 1, effect: { type: 'hang' } })
    const pages = storeOf({ bucket: 'long' }).list({ signal })
    await pages.next()
    await pages.return()
  })

  it.each([
    ['longer than any', 'x'.repeat(1025)],
    ['that are no UTF-8', '\xe9'],
    ['without a byte', ''],
  ])('keys %s are not asked for', async (_, key) => {
    const store = storeOf()
    expect(await store.stat(keyFromLatin1(key), { signal })).toBeUndefined()
    if (key !== '') await expect(store.open(keyFromLatin1(key), { signal })).rejects.toMatchObject({ code: 'absent' })
    expect(server.requests()).toEqual([])
  })

  it('asks for no page behind the end of the range', async () => {
    server.forgetRequests()
    const before = keyFromText('00500')
    for await (const page of storeOf({ bucket: 'long' }).list({ before, signal }))
      expect(page.entries).toHaveLength(500)
    expect(server.requests()).toHaveLength(1)
  })

  it('ends at the signal, though the server never answers', async () => {
    server.play({ effect: { type: 'hang' } })
    const stopping = new AbortController()
    const asked = [
      storeOf().probe({ signal: stopping.signal }),
      storeOf().stat(keyFromText('hello.txt'), { signal: stopping.signal }),
      storeOf().list({ signal: stopping.signal }).next(),
    ]
    for (const one of asked) one.catch(() => undefined)
    await expect.poll(() => server.requests().length).toBe(3)
    stopping.abort(new Error('enough'))
    for (const one of asked) await expect(one).rejects.toThrow('enough')
  })
})
