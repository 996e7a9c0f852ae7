// The same subjects on a real server: Ceph's object gateway. What it does not know must not be measured.
import { randomBytes } from 'node:crypto'
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { serverOrSkip } from '../../support/require-server.js'
import { clientOf } from '../../support/s3.js'
import { bucketOf, openTo, type SeeOptions, seeBucket } from './bed.js'

const APP = 'https://app.example.net'
const WRITES = { commands: false, writes: true }
const radosgw = inject('radosgw')

serverOrSkip('radosgw', radosgw !== null)('radosgw', () => {
  const bucket = `postflight-${randomBytes(6).toString('hex')}`
  const place = radosgw ?? { endpoint: '', region: '', accessKey: '', secretKey: '', stranger: undefined }
  let client: S3Client

  const see = ({ connection, ...options }: SeeOptions = {}) =>
    seeBucket(
      bucketOf({
        endpoint: place.endpoint,
        bucket,
        access_key: place.accessKey,
        secret_key: place.secretKey,
        ...connection,
      }),
      { timeoutMs: 15_000, ...options },
    )

  beforeAll(async () => {
    client = clientOf(place, { maxAttempts: 3 })
    const Bucket = bucket
    await client.send(new CreateBucketCommand({ Bucket }))
    await client.send(
      new PutObjectCommand({
        Bucket,
        Key: 'up/open/a b',
        Body: 'hello',
        ContentType: 'text/plain',
        CacheControl: 'no-cache',
      }),
    )
    await client.send(new PutObjectCommand({ Bucket, Key: 'up/shut', Body: 'secret' }))
    const rule = { AllowedOrigins: [APP], AllowedMethods: ['PUT'], AllowedHeaders: ['*'], ExposeHeaders: ['ETag'] }
    await client.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [rule] } }))
    await client.send(
      new PutBucketPolicyCommand({ Bucket, Policy: openTo(`arn:aws:s3:::${bucket}/up/open/*`, 's3:GetObject') }),
    )
  })
  afterAll(async () => {
    const Bucket = bucket
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }))
    expect(Uploads.map(({ Key }) => Key)).toEqual(['up/big'])
    const all = await client.send(new ListObjectVersionsCommand({ Bucket }))
    for (const { Key, VersionId } of [...(all.Versions ?? []), ...(all.DeleteMarkers ?? [])]) {
      await client.send(new DeleteObjectCommand({ Bucket, Key, VersionId }))
    }
    await client.send(new DeleteBucketCommand({ Bucket })).catch(() => undefined)
    client.destroy()
  })

  test('the way in', async () => {
    const { subjects } = await see({ spec: { object: 'up/open/a b' } })
    expect(subjects).toMatchObject({
      reachable: true,
      failed_step: 'none',
      credentials: true,
      clock_skew: 0,
      listable: true,
      readable: true,
      object_size: 5,
      content_type: 'text/plain',
      cache_control: 'no-cache',
      archived: false,
    })
  })

  test.each([
    ['credentials', { access_key: 'AKUNKNOWN' }],
    ['credentials', { secret_key: 'another' }],
    ['bucket', { bucket: 'postflight-not-there' }],
    ['list', { access_key: place.stranger?.accessKey, secret_key: place.stranger?.secretKey }],
  ])('step %s: %j', async (step, connection) => {
    expect((await see({ connection })).subjects).toMatchObject({ reachable: false, failed_step: step })
  })

  test('anybody, below a prefix', async () => {
    const anonymous = { public: ['open/a b'], private: ['shut'], list: true }
    const { subjects } = await see({ connection: { prefix: 'up/' }, spec: { anonymous } })
    expect(subjects).toMatchObject({ public_refused: 0, private_readable: 0, anonymous_list: false })
    const wrong = await see({
      connection: { prefix: 'up/' },
      spec: { anonymous: { public: ['shut'], private: ['open/a b'] } },
    })
    expect(wrong.subjects).toMatchObject({ public_refused: 1, private_readable: 1 })
  })

  test('pages of each origin', async () => {
    const origins = [APP, 'https://evil.example.net']
    const { subjects, told } = await see({ spec: { cors: { origins, expose: ['ETag'] } } })
    expect(subjects).toMatchObject({ cors: false, cors_refused: 1 })
    expect(told).toEqual([expect.stringMatching(/^cors_refused https:\/\/evil/)])
  })

  test('settings it knows', async () => {
    const rule = { ID: 'tidy', Status: 'Enabled', Filter: { Prefix: 'up/' }, Expiration: { Days: 7 } } as const
    const LifecycleConfiguration = { Rules: [rule] }
    await client.send(new PutBucketLifecycleConfigurationCommand({ Bucket: bucket, LifecycleConfiguration }))
    await client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: 'up/big' }))
    const asserted = ['lifecycle_rules', 'expiring_rules', 'policy_public', 'public_access_blocked', 'versioning']
    const more = ['object_lock', 'notifications', 'objects', 'newest_age', 'abandoned_uploads', 'region']
    const now = () => new Date(Date.now() + 2 * 86_400_000)
    const { subjects } = await see({ asserted: [...asserted, ...more], connection: { prefix: 'up/' }, now })
    expect(subjects).toMatchObject({
      lifecycle_rules: 1,
      expiring_rules: 1,
      policy_public: true,
      public_access_blocked: false,
      versioning: 'off',
      object_lock: 'off',
      notifications: 0,
      objects: 2,
      abandoned_uploads: 1,
    })
  })

  test('what it does not know is not measured', async () => {
    const { subjects } = await see({ asserted: ['encryption', 'object_ownership'] })
    for (const name of ['encryption', 'object_ownership']) expect(subjects[name], name).toMatch(/^\? /)
  })

  test.each(['off', 'Enabled', 'Suspended'] as const)(
    'a probe object, versioning %s, leaves nothing',
    async (Status) => {
      if (Status !== 'off') {
        const VersioningConfiguration = { Status }
        await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }))
      }
      const { subjects, notes } = await see({ spec: { write: { multipart: true } }, allowed: WRITES })
      expect([subjects['writable'], notes]).toEqual([true, []])
      const all = await client.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: '.postflight/' }))
      expect([...(all.Versions ?? []), ...(all.DeleteMarkers ?? [])]).toEqual([])
    },
  )

  test('keys hidden by a delete marker', async () => {
    const VersioningConfiguration = { Status: 'Enabled' } as const
    await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }))
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'up/shut' }))
    const { subjects, told } = await see({ asserted: ['delete_markers'], spec: { object: 'up/shut' } })
    expect(subjects).toMatchObject({ delete_markers: 1, readable: false, failed_step: 'object' })
    expect(told).toEqual(['delete_markers up/shut'])
  })
})
