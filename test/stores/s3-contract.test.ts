import { CreateBucketCommand, DeleteBucketCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import pLimit from 'p-limit'
import { afterAll, beforeAll, describe } from 'vitest'
import { type Radosgw, radosgwInstalled, startRadosgw } from '../../fixtures/servers/radosgw.js'
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

serverOrSkip('radosgw', radosgwInstalled())('radosgw', () => {
  let radosgw: Radosgw | undefined
  beforeAll(async () => {
    radosgw = await startRadosgw()
  })
  afterAll(() => radosgw?.stop())
  storeContract({
    many: 1100,
    holds: isText,
    inUse: sockets,
    open: async (objects) => {
      if (radosgw === undefined) throw new Error('radosgw has not started')
      await putAll(radosgw, 'media', 'originals/', objects)
      return subjectAt(radosgw, 'media', 'originals/', async () => undefined)
    },
  })
})

const { POSTFLIGHT_TEST_S3_ENDPOINT: endpoint, POSTFLIGHT_TEST_S3_ACCESS_KEY: accessKey } = process.env
const { POSTFLIGHT_TEST_S3_SECRET_KEY: secretKey, POSTFLIGHT_TEST_S3_REGION: region = 'us-east-1' } = process.env

/** Any server: a new bucket is made there, and removed. */
describe.skipIf(endpoint === undefined || accessKey === undefined || secretKey === undefined)(
  'the server of POSTFLIGHT_TEST_S3_ENDPOINT',
  () => {
    storeContract({
      many: 1100,
      holds: isText,
      open: async (objects) => {
        const place = { endpoint: endpoint ?? '', region, accessKey: accessKey ?? '', secretKey: secretKey ?? '' }
        const bucket = `postflight-${Date.now().toString(36)}`
        const clean = await putAll(place, bucket, 'originals/', objects)
        return subjectAt(place, bucket, 'originals/', clean)
      },
    })
  },
)
