import { randomBytes } from 'node:crypto'
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import pLimit from 'p-limit'
import { describe, expect, inject, it } from 'vitest'
import { connectionSchema, type S3Spec } from '../../src/connections/schema.js'
import { type Key, keyFromText, keyToBytes, keyToText } from '../../src/lib/key.js'
import { createS3Store } from '../../src/stores/s3/s3.js'
import { serverOrSkip } from '../support/require-server.js'
import { clientOf, type S3Place, s3 } from '../support/s3.js'
import { type Subject, storeContract } from './contract.js'

const isText = (key: Key): boolean => keyFromText(keyToText(key)) === key

function specOf(place: S3Place, bucket: string, prefix: string): S3Spec {
  return connectionSchema.parse({
    type: 's3',
    bucket,
    prefix,
    endpoint: place.endpoint,
    region: place.region,
    path_style: true,
    access_key: place.accessKey,
    secret_key: place.secretKey,
  }) as S3Spec
}

const sockets = async (): Promise<number> =>
  process.getActiveResourcesInfo().filter((resource) => resource === 'TCPSocketWrap').length

function subjectAt(place: S3Place, bucket: string, prefix: string, close: () => Promise<void>): Subject {
  const store = createS3Store('media', specOf(place, bucket, prefix), {})
  const absent = createS3Store('gone', specOf(place, 'no-such-bucket-here', prefix), {})
  return {
    store,
    absent,
    close: async () => {
      await store.close()
      await absent.close()
      await close()
    },
  }
}

describe.each([{ prefix: '' }, { prefix: 'origin als/é+/' }])('fixture server, prefix "$prefix"', ({ prefix }) => {
  storeContract({
    many: 2500,
    holds: isText,
    inUse: sockets,
    open: async (objects) => {
      const { server, stop } = await s3()
      server.bucket('media')
      for (const [key, content] of objects) {
        server.put('media', Buffer.concat([Buffer.from(prefix), keyToBytes(key)]), Buffer.from(content, 'latin1'))
      }
      if (prefix !== '') for (const key of ['origin als/é', 'origin als/é-', 'zz', prefix]) server.put('media', key, '')
      return subjectAt(server, 'media', prefix, stop)
    },
  })
})

/** Puts over HTTP, as to a server that is not ours; gives what takes it all away again. */
async function putAll(place: S3Place, bucket: string, prefix: string, objects: ReadonlyMap<Key, string>) {
  const client = clientOf(place, { maxAttempts: 3 })
  const limit = pLimit(16)
  const keys = [...objects.keys()].map((key) => prefix + keyToText(key))
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
  await Promise.all(
    [...objects].map(([key, content]) => {
      const input = { Bucket: bucket, Key: prefix + keyToText(key), Body: Buffer.from(content, 'latin1') }
      return limit(() => client.send(new PutObjectCommand(input)))
    }),
  )
  return async () => {
    await Promise.all(keys.map((Key) => limit(() => client.send(new DeleteObjectCommand({ Bucket: bucket, Key })))))
    await client.send(new DeleteBucketCommand({ Bucket: bucket }))
    client.destroy()
  }
}

/** In a bucket made for it, which is removed. */
function contractAt(place: S3Place | null): void {
  storeContract({
    many: 1100,
    holds: isText,
    inUse: sockets,
    open: async (objects) => {
      if (place === null) throw new Error('there is no such server')
      const bucket = `postflight-${randomBytes(6).toString('hex')}`
      const clean = await putAll(place, bucket, 'originals/', objects)
      return subjectAt(place, bucket, 'originals/', clean)
    },
  })
}

const radosgw = inject('radosgw')
serverOrSkip('radosgw', radosgw !== null)('radosgw', () => {
  contractAt(radosgw)

  it('tells when a key was deleted, and what version of it there still is', async () => {
    if (radosgw === null) return expect.fail('there is no such server')
    const client = clientOf(radosgw, { maxAttempts: 3 })
    const Bucket = `postflight-${randomBytes(6).toString('hex')}`
    const at = (Key: string) => ({ Bucket, Key })
    await client.send(new CreateBucketCommand({ Bucket }))
    const store = createS3Store('media', specOf(radosgw, Bucket, ''), {})
    try {
      const VersioningConfiguration = { Status: 'Enabled' } as const
      await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }))
      const { VersionId } = await client.send(new PutObjectCommand({ ...at('a b/é'), Body: 'content' }))
      const marker = await client.send(new DeleteObjectCommand(at('a b/é')))
      const { signal } = new AbortController()
      const found = await store.history?.(keyFromText('a b/é'), { signal })
      expect(found).toEqual({ deletedAt: expect.any(Number), recoverableVersion: VersionId })
      expect(await store.history?.(keyFromText('never'), { signal })).toBeUndefined()
      for (const version of [VersionId, marker.VersionId]) {
        await client.send(new DeleteObjectCommand({ ...at('a b/é'), VersionId: version }))
      }
      await client.send(new DeleteBucketCommand({ Bucket }))
    } finally {
      await store.close()
      client.destroy()
    }
  })
})

const { POSTFLIGHT_TEST_S3_ENDPOINT: endpoint, POSTFLIGHT_TEST_S3_ACCESS_KEY: accessKey } = process.env
const { POSTFLIGHT_TEST_S3_SECRET_KEY: secretKey, POSTFLIGHT_TEST_S3_REGION: region = 'us-east-1' } = process.env
if (endpoint !== undefined && accessKey !== undefined && secretKey !== undefined) {
  describe('the endpoint of POSTFLIGHT_TEST_S3_ENDPOINT', () => contractAt({ endpoint, region, accessKey, secretKey }))
}
