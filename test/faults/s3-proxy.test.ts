/** A real gateway behind a line that breaks: a listing comes out whole, or it is an error. */
import { randomBytes } from 'node:crypto'
import { CreateBucketCommand, DeleteBucketCommand, DeleteObjectsCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import pLimit from 'p-limit'
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest'
import { type BreakOff, startTcpProxy, type TcpProxy } from '../../fixtures/servers/tcp-proxy.js'
import { connectionSchema, type S3Spec } from '../../src/connections/schema.js'
import { type Key, keyFromText } from '../../src/lib/key.js'
import { createS3Store } from '../../src/stores/s3/s3.js'
import { serverOrSkip } from '../support/require-server.js'
import { clientOf } from '../support/s3.js'

const KEYS = Array.from({ length: 2200 }, (_, index) => `d${index % 3}/é ${String(index).padStart(4, '0')}`)
const SORTED = KEYS.map(keyFromText).sort()
const CUTS = [400, 900, 1300, 1800].map((index) => SORTED[index] as Key)
const bucket = `postflight-${randomBytes(6).toString('hex')}`

const radosgw = inject('radosgw')
serverOrSkip('radosgw', radosgw !== null)('a listing of radosgw', () => {
  let proxy: TcpProxy
  beforeAll(async () => {
    if (radosgw === null) return
    const client = clientOf(radosgw, { maxAttempts: 3 })
    const limit = pLimit(16)
    await client.send(new CreateBucketCommand({ Bucket: bucket }))
    await Promise.all(
      KEYS.map((Key) => limit(() => client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' })))),
    )
    client.destroy()
    const { hostname, port } = new URL(radosgw.endpoint)
    proxy = await startTcpProxy({ host: hostname, port: Number(port) })
  }, 120_000)
  afterEach(() => proxy.heal())
  afterAll(async () => {
    await proxy.stop()
    if (radosgw === null) return
    const client = clientOf(radosgw)
    for (let from = 0; from < KEYS.length; from += 1000) {
      const Objects = KEYS.slice(from, from + 1000).map((Key) => ({ Key }))
      await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }))
    }
    await client.send(new DeleteBucketCommand({ Bucket: bucket }))
    client.destroy()
  })

  async function listed(limit = 4, signal = new AbortController().signal): Promise<readonly Key[]> {
    const { accessKey = '', secretKey = '', region = '' } = radosgw ?? {}
    const endpoint = `http://127.0.0.1:${proxy.port}`
    const place = { type: 's3', bucket, endpoint, region, path_style: true, limit }
    const spec = connectionSchema.parse({ ...place, access_key: accessKey, secret_key: secretKey }) as S3Spec
    const store = createS3Store('media', spec, {})
    const keys: Key[] = []
    try {
      for await (const { entries } of store.list({ splits: CUTS, signal })) keys.push(...entries.map(({ key }) => key))
    } finally {
      await store.close()
    }
    return keys
  }

  /** One after the other, both answers come on the same connection. */
  const atOnce = ({ after }: Pick<BreakOff, 'after'>) => (after > 200_000 ? 1 : 4)
  // The head of an answer, its middle, and its second page on the same connection: one has some 250,000 bytes.
  const faults: BreakOff[] = [0, 50, 5000, 150_000, 265_000].flatMap((after) => [
    { how: 'reset', after, times: 2 },
    { how: 'end', after, times: 2 },
    { how: 'garble', after, times: 2 },
  ])
  it.each(faults)('is whole after answers that $how after $after bytes, $times times', async (fault) => {
    proxy.breakOff(fault)
    expect(await listed(atOnce(fault))).toEqual(SORTED)
    expect(proxy.met()).toBeGreaterThan(0)
  })

  it.each([
    { how: 'reset', after: 5000 },
    { how: 'end', after: 5000 },
    { how: 'garble', after: 5000 },
  ] as const)('is an error where all answers $how', async (fault) => {
    proxy.breakOff(fault)
    await expect(listed()).rejects.toMatchObject({ name: 'StoreError', code: 'unavailable' })
  })

  it.each([0, 5000, 265_000])('ends with its check where an answer stalls after %d bytes', async (after) => {
    proxy.breakOff({ how: 'stall', after })
    const time = AbortSignal.timeout(1500)
    await expect(listed(atOnce({ after }), time)).rejects.toThrow(/timeout/)
  })
})
