import { createHash } from 'node:crypto'
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { kmsEncrypted } from '../../fixtures/servers/s3.js'
import { keyFromLatin1, keyFromText } from '../../src/lib/key.js'
import { type Bed, HELLO, LIMITED, listed, openBed, signal, stat } from './s3-bed.js'

let bed: Bed
beforeAll(async () => {
  bed = await openBed()
})
afterEach(() => bed.tidy())
afterAll(() => bed.stop())

const digest = (algorithm: string, body: string) => createHash(algorithm).update(body).digest('hex')

describe('digests, asked for', () => {
  it('are the MD5 of a plain ETag and the checksum of the whole content', async () => {
    const found = (await stat(bed.storeOf(), 'hello.txt', true))?.digests
    expect(found).toMatchObject({ md5: digest('md5', HELLO), crc64nvme: expect.stringMatching(/^[0-9a-f]{16}$/) })
  })

  it.each([
    ['SHA256', 'sha256'],
    ['SHA1', 'sha1'],
  ] as const)('%s as it was uploaded', async (ChecksumAlgorithm, algorithm) => {
    await bed.client.send(
      new PutObjectCommand({ Bucket: 'media', Key: algorithm, Body: Buffer.from(HELLO), ChecksumAlgorithm }),
    )
    expect((await stat(bed.storeOf(), algorithm, true))?.digests).toEqual({
      md5: digest('md5', HELLO),
      [algorithm]: digest(algorithm, HELLO),
    })
    bed.server.remove('media', algorithm)
  })

  it('not asked for are not there, and cost nothing', async () => {
    expect((await stat(bed.storeOf(), 'hello.txt'))?.digests).toBeUndefined()
  })

  it('of a KMS object hold no MD5, though its ETag looks like one', async () => {
    bed.server.play(kmsEncrypted('hello.txt'))
    expect((await stat(bed.storeOf(), 'hello.txt', true))?.digests?.md5).toBeUndefined()
  })

  it('of an object in parts hold neither its ETag nor a checksum of checksums', async () => {
    const object = { Bucket: 'media', Key: 'parts' }
    const { UploadId } = await bed.client.send(
      new CreateMultipartUploadCommand({ ...object, ChecksumAlgorithm: 'SHA256', ChecksumType: 'COMPOSITE' }),
    )
    const Parts = []
    for (const PartNumber of [1, 2]) {
      const part = { ...object, UploadId, PartNumber, Body: Buffer.from(HELLO), ChecksumAlgorithm: 'SHA256' as const }
      const { ETag, ChecksumSHA256 } = await bed.client.send(new UploadPartCommand(part))
      Parts.push({ ETag, ChecksumSHA256, PartNumber })
    }
    await bed.client.send(new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts } }))
    expect(await stat(bed.storeOf(), 'parts', true)).toMatchObject({ size: 10 })
    expect((await stat(bed.storeOf(), 'parts', true))?.digests).toBeUndefined()
    bed.server.remove('media', 'parts')
  })

  it('a server that refuses to be asked for them still tells the size', async () => {
    bed.server.play({
      times: 1,
      operations: ['HeadObject'],
      effect: { type: 'error', status: 501, code: 'NotImplemented' },
    })
    expect(await stat(bed.storeOf(), 'hello.txt', true)).toMatchObject({ size: 5 })
  })
})

describe('reading', () => {
  it('pays where the requester is to pay', async () => {
    bed.server.bucket('paid', { requesterPays: true })
    bed.server.put('paid', 'a', HELLO)
    await expect(listed(bed.storeOf({ ...LIMITED, bucket: 'paid' }))).rejects.toMatchObject({ code: 'forbidden' })
    const store = bed.storeOf({ ...LIMITED, bucket: 'paid', requester_pays: true })
    expect(await listed(store)).toHaveLength(1)
    expect(await stat(store, 'a')).toMatchObject({ size: 5 })
  })

  it('has the next page under way while one is looked at', async () => {
    bed.server.bucket('long')
    for (let index = 0; index < 2500; index++) bed.server.put('long', String(index).padStart(5, '0'), '')
    const pages = bed.storeOf({ bucket: 'long' }).list({ signal })
    await pages.next()
    await expect.poll(() => bed.server.requests().length).toBeGreaterThanOrEqual(2)
    await pages.return()
  })

  it('may be left while the next page hangs', async () => {
    // A bucket of its own: what another test has left may still be on its way to the server.
    for (let index = 0; index < 1100; index++) bed.server.put('left', String(index).padStart(5, '0'), '')
    bed.server.play({ operations: ['ListObjectsV2'], bucket: 'left', after: 1, effect: { type: 'hang' } })
    const pages = bed.storeOf({ bucket: 'left' }).list({ signal })
    await pages.next()
    await pages.return()
  })

  it.each([
    ['longer than any', 'x'.repeat(1025)],
    ['that are no UTF-8', '\xe9'],
    ['without a byte', ''],
  ])('keys %s are not asked for', async (_, key) => {
    const store = bed.storeOf()
    expect(await store.stat(keyFromLatin1(key), { signal })).toBeUndefined()
    if (key !== '') await expect(store.open(keyFromLatin1(key), { signal })).rejects.toMatchObject({ code: 'absent' })
    expect(bed.server.requests()).toEqual([])
  })

  it('asks for no page behind the end of the range', async () => {
    bed.server.forgetRequests()
    const before = keyFromText('00500')
    for await (const page of bed.storeOf({ bucket: 'long' }).list({ before, signal }))
      expect(page.entries).toHaveLength(500)
    expect(bed.server.requests()).toHaveLength(1)
  })

  it('ends at the signal, though the server never answers', async () => {
    bed.server.play({ effect: { type: 'hang' } })
    const stopping = new AbortController()
    const asked = [
      bed.storeOf().probe({ signal: stopping.signal }),
      bed.storeOf().stat(keyFromText('hello.txt'), { signal: stopping.signal }),
      bed.storeOf().list({ signal: stopping.signal }).next(),
    ]
    for (const one of asked) one.catch(() => undefined)
    await expect.poll(() => bed.server.requests().length).toBe(3)
    stopping.abort(new Error('enough'))
    for (const one of asked) await expect(one).rejects.toThrow('enough')
  })
})
