import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { SETTING_SUBJECTS } from '../../../src/kinds/s3/subjects.js'
import { type Bed, openBed, openTo, XML } from './bed.js'

let bed: Bed
let bucket = ''
let made = 0

beforeAll(async () => {
  const reader = { accessKey: 'AKREADER', secretKey: 'of-no-value', rights: {} }
  bed = await openBed({ users: { reader } })
})
afterEach(() => bed.server.endPlays())
afterAll(() => bed.stop())

type Set = NonNullable<Parameters<Bed['server']['bucket']>[1]>

function given(set: Set = {}): void {
  bucket = `bucket-${made++}`
  bed.server.bucket(bucket, set)
  bed.server.put(bucket, 'up/a', 'x')
}

async function setting(name: string, connection: Record<string, unknown> = {}): Promise<unknown> {
  const { subjects } = await bed.see({ connection: { bucket, ...connection }, spec: { read: false }, asserted: [name] })
  return subjects[name]
}

const NAMES = SETTING_SUBJECTS.map(({ name }) => name)

const UNSET: Record<(typeof NAMES)[number], unknown> = {
  versioning: 'off',
  encryption: 'none',
  public_access_blocked: false,
  policy_public: false,
  object_ownership: 'none',
  lifecycle_rules: 0,
  expiring_rules: 0,
  object_lock: 'off',
  replication_rules: 0,
  notifications: 0,
}

test.each(NAMES)('%s of a bucket where nothing is set', async (name) => {
  given()
  expect(await setting(name)).toBe(UNSET[name])
})

/** Something of everything, so that every question has an answer. */
const ALL: Set = {
  versioning: 'Enabled',
  policy: openTo('arn:aws:s3:::x/*', 's3:GetObject'),
  documents: {
    encryption: XML.encryption('AES256'),
    publicAccessBlock: XML.blocked(true),
    ownershipControls: XML.ownership('ObjectWriter'),
    lifecycle: XML.expiry(''),
    'object-lock': XML.lock('GOVERNANCE'),
    replication: XML.replication(),
  },
}

const anybody = (name: string) => `arn:aws:s3:::${name}/*`

test.each<[string, unknown, Set]>([
  ['versioning', 'enabled', { versioning: 'Enabled' }],
  ['versioning', 'suspended', { versioning: 'Suspended' }],
  ['encryption', 'aws:kms', { documents: { encryption: XML.encryption('aws:kms') } }],
  ['public_access_blocked', true, { documents: { publicAccessBlock: XML.blocked(true) } }],
  ['public_access_blocked', false, { documents: { publicAccessBlock: XML.blocked(false) } }],
  ['policy_public', true, { policy: openTo(anybody('x'), 's3:GetObject') }],
  [
    'object_ownership',
    'BucketOwnerEnforced',
    { documents: { ownershipControls: XML.ownership('BucketOwnerEnforced') } },
  ],
  ['lifecycle_rules', 1, { documents: { lifecycle: XML.expiry('') } }],
  ['lifecycle_rules', 0, { documents: { lifecycle: XML.expiry('', 'Disabled') } }],
  ['object_lock', 'compliance', { documents: { 'object-lock': XML.lock('COMPLIANCE') } }],
  ['replication_rules', 1, { documents: { replication: XML.replication() } }],
  ['notifications', 1, { documents: { notification: XML.notification() } }],
])('%s is %j', async (name, value, set) => {
  given(set)
  expect(await setting(name)).toBe(value)
})

describe('what could not be asked is not measured', () => {
  test.each(NAMES)('%s: refused', async (name) => {
    given()
    bed.server.play({
      bucket,
      operations: operationsOf(),
      effect: { type: 'error', status: 403, code: 'AccessDenied' },
    })
    expect(await setting(name)).toMatch(/^\? it was refused \(AccessDenied\): the right s3:Get\w+ is missing$/)
  })

  test.each(NAMES)('%s: not known to the store', async (name) => {
    given()
    bed.server.play({
      bucket,
      operations: operationsOf(),
      effect: { type: 'error', status: 501, code: 'NotImplemented' },
    })
    expect(await setting(name)).toMatch(/^\? the store does not know this request/)
  })

  test.each(NAMES)('%s: answered with a list of objects', async (name) => {
    given(ALL)
    const xml = '<?xml version="1.0"?><ListBucketResult><Name>x</Name><KeyCount>0</KeyCount></ListBucketResult>'
    bed.server.play({ bucket, operations: operationsOf(), effect: { type: 'rewrite', change: () => xml } })
    expect(await setting(name)).toBe('? the answer is not one to what was asked')
  })

  test.each(NAMES)('%s: cut short', async (name) => {
    given()
    bed.server.play({ bucket, operations: operationsOf(), effect: { type: 'cut', bytes: 20 } })
    expect(await setting(name)).toMatch(/^\? /)
  })

  test.each(NAMES)('%s: never answered', async (name) => {
    given()
    bed.server.play({ bucket, operations: operationsOf(), effect: { type: 'hang' } })
    const { subjects } = await bed.see({
      connection: { bucket },
      spec: { read: false },
      asserted: [name],
      timeoutMs: 1500,
    })
    expect(subjects[name]).toMatch(/^\? no answer within/)
    expect(subjects['reachable']).toBe(true)
  })
})

/** Every question about a setting. */
function operationsOf() {
  return [
    'GetBucketVersioning',
    'GetBucketEncryption',
    'GetPublicAccessBlock',
    'GetBucketPolicyStatus',
    'GetBucketOwnershipControls',
    'GetBucketLifecycleConfiguration',
    'GetObjectLockConfiguration',
    'GetBucketReplication',
    'GetBucketNotificationConfiguration',
  ] as const
}

test('only what is asserted is asked', async () => {
  given()
  bed.server.forgetRequests()
  await setting('versioning')
  expect(bed.server.requests().map(({ operation }) => operation)).toEqual(['ListObjectsV2', 'GetBucketVersioning'])
})

describe('rules that delete', () => {
  test.each([
    ['up/', 1],
    ['', 1],
    ['up/a', 1],
    ['tmp/', 0],
  ])('below "%s" touch up/: %i', async (prefix, count) => {
    given({ documents: { lifecycle: XML.expiry(prefix) } })
    expect(await setting('expiring_rules', { prefix: 'up/' })).toBe(count)
  })

  test('each is told', async () => {
    given({ documents: { lifecycle: XML.expiry('up/') } })
    const { told } = await bed.see({ connection: { bucket }, asserted: ['expiring_rules'] })
    expect(told).toEqual(['expiring_rules tidy: objects below "up/", after 30 days'])
  })
})

describe('whole listings', () => {
  const DAY = 86_400_000
  const see = (asserted: string[], after = 0) =>
    bed.see({ connection: { bucket, prefix: 'up/' }, asserted, now: () => new Date(Date.now() + after) })

  test.each([
    ['young', DAY / 2, 0],
    ['old', 2 * DAY, 2],
  ])('uploads that never ended, %s', async (_, after, count) => {
    given()
    for (const Key of ['up/big one', 'up/ä', 'other/x']) {
      await bed.client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key }))
    }
    const { subjects, told } = await see(['abandoned_uploads'], after)
    expect(subjects).toMatchObject({ abandoned_uploads: count })
    expect(told).toEqual(count === 0 ? [] : ['abandoned_uploads big one', 'abandoned_uploads ä'])
  })

  test('objects, and the newest of all pages', async () => {
    given()
    for (let at = 0; at < 2100; at++) {
      bed.server.put(bucket, `up/${at}`, 'x', { lastModified: Date.now() - (at === 1999 ? 3 : 30) * DAY })
    }
    bed.server.remove(bucket, 'up/a')
    const { subjects } = await see(['objects', 'newest_age'])
    expect(subjects['objects']).toBe(2100)
    expect(Number(subjects['newest_age'])).toBeGreaterThan(2.9 * DAY)
    expect(Number(subjects['newest_age'])).toBeLessThan(3.1 * DAY)
  })

  test('an object dated in the future has no age', async () => {
    given()
    bed.server.put(bucket, 'up/late', 'x', { lastModified: Date.now() + DAY })
    const { subjects } = await see(['newest_age'])
    expect(subjects['newest_age']).toMatch(/^\? the newest is dated .* in the future$/)
  })

  test('a listing that goes in circles ends', async () => {
    given()
    bed.server.play({
      bucket,
      operations: ['ListObjectsV2'],
      effect: {
        type: 'rewrite',
        change: (xml) =>
          xml.replace('<IsTruncated>false', '<NextContinuationToken>a2FnYWlu</NextContinuationToken><IsTruncated>true'),
      },
    })
    const { subjects } = await see(['objects'])
    expect(subjects['objects']).toBe('? the listing is incomplete: the same page comes again and again')
  })

  test('an empty bucket has no newest object', async () => {
    given()
    bed.server.remove(bucket, 'up/a')
    expect((await see(['objects', 'newest_age'])).subjects).toMatchObject({
      objects: 0,
      newest_age: '? there is no object',
    })
  })
})
