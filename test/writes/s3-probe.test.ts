import { ListMultipartUploadsCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Bed, openBed, XML } from '../kinds/s3/bed.js'

let bed: Bed
let bucket = ''
let made = 0
const WRITES = { commands: false, writes: true }
const user = (name: string) => ({ access_key: name, secret_key: 'of-no-value' })

beforeAll(async () => {
  const of = (accessKey: string, ...rights: ('list' | 'get' | 'put' | 'delete')[]) => ({
    accessKey,
    secretKey: 'of-no-value',
    rights: Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`bucket-${at}`, rights])),
  })
  bed = await openBed({
    users: {
      reader: of('AKREADER', 'list', 'get'),
      keeper: of('AKKEEPER', 'list', 'get', 'put'),
      writer: of('AKWRITER', 'list', 'put', 'delete'),
    },
  })
})
beforeEach(() => {
  bucket = `bucket-${made++}`
  bed.server.bucket(bucket)
  bed.server.put(bucket, 'theirs', 'x')
})
afterEach(() => bed.server.endPlays())
afterAll(() => bed.stop())

const see = (write: Record<string, unknown> = {}, connection: Record<string, unknown> = {}, timeoutMs = 5000) =>
  bed.see({ connection: { bucket, ...connection }, spec: { write }, allowed: WRITES, timeoutMs })

/** Versions, markers and uploads that are there. */
async function left(): Promise<readonly string[]> {
  const all = await bed.client.send(new ListObjectVersionsCommand({ Bucket: bucket }))
  const { Uploads = [] } = await bed.client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))
  const keys = [...(all.Versions ?? []), ...(all.DeleteMarkers ?? []), ...Uploads].map(({ Key = '' }) => Key)
  return keys.filter((key) => key !== 'theirs').map((key) => key.replace(/[0-9a-f]{16}/, '#'))
}

describe('nothing stays', () => {
  test.each(['Enabled', 'Suspended', undefined] as const)('where versioning is %s', async (versioning) => {
    if (versioning !== undefined) bed.server.bucket(bucket, { versioning })
    const { subjects, notes } = await see({ multipart: true })
    expect(subjects).toMatchObject({ writable: true, write_failed_step: 'none' })
    expect(notes).toEqual([])
    expect(await left()).toEqual([])
  })

  test('one object, below the prefix, in its order', async () => {
    bed.server.forgetRequests()
    await see({ prefix: 'probes/' }, { prefix: 'up/' })
    const of = bed.server.requests().filter(({ key }) => key !== 'theirs' && key !== '')
    expect(of.map(({ operation }) => operation)).toEqual([
      'PutObject',
      'HeadObject',
      'GetObject',
      'DeleteObject',
      'HeadObject',
    ])
    expect([...new Set(of.map(({ key }) => key))]).toEqual([
      expect.stringMatching(/^up\/probes\/postflight-probe-[0-9a-f]{16}$/),
    ])
  })

  test.each(['PutObject', 'HeadObject', 'GetObject', 'CompleteMultipartUpload', 'UploadPart'] as const)(
    'when %s never answers',
    async (operation) => {
      bed.server.play({ operations: [operation], key: /postflight-probe/, effect: { type: 'hang' }, times: 1 })
      const began = performance.now()
      const { subjects } = await see({ multipart: true }, {}, 1000)
      expect(performance.now() - began).toBeLessThan(2000)
      expect(subjects['writable']).toMatch(/^\? no answer within/)
      expect(await left()).toEqual([])
    },
  )
})

test.each(['Enabled', 'Suspended'] as const)('an upload without an answer, versioning %s', async (versioning) => {
  bed.server.bucket(bucket, { versioning })
  bed.server.play({ operations: ['PutObject'], effect: { type: 'hang' } })
  expect((await see({}, {}, 1000)).subjects['writable']).toMatch(/^\? no answer within/)
  expect(await left()).toEqual([])
})

test('a run that is interrupted takes away what it wrote', async () => {
  bed.server.play({ operations: ['GetObject'], key: /postflight-probe/, effect: { type: 'hang' } })
  bed.server.play({ operations: ['Preflight'], effect: { type: 'hang' } })
  bed.server.forgetRequests()
  const stop = new AbortController()
  const cors = { origins: ['https://app.example.net'] }
  const seen = bed.see({
    connection: { bucket },
    spec: { write: {}, cors },
    allowed: WRITES,
    signal: stop.signal,
  })
  const asked = () => bed.server.requests().map(({ operation }) => operation)
  const hung = expect.poll(() => asked().filter((one) => one === 'GetObject').length)
  await hung.toBe(2)
  stop.abort(new Error('enough'))
  await expect(seen).rejects.toThrow('enough')
  expect(await left()).toEqual([])
})

test('one that is interrupted while it writes, too', async () => {
  bed.server.play({ operations: ['PutObject'], key: /postflight-probe/, effect: { type: 'hang' } })
  bed.server.forgetRequests()
  const stop = new AbortController()
  const seen = bed.see({ connection: { bucket }, spec: { write: {} }, allowed: WRITES, signal: stop.signal })
  await expect.poll(() => bed.server.requests().some(({ operation }) => operation === 'PutObject')).toBe(true)
  stop.abort(new Error('enough'))
  await expect(seen).rejects.toThrow('enough')
  expect(await left()).toEqual([])
})

test('a store too busy to write says nothing of rights', async () => {
  bed.server.play({ operations: ['PutObject'], effect: { type: 'error', status: 503, code: 'SlowDown' } })
  expect((await see()).subjects['writable']).toBe('? HTTP 503 SlowDown')
})

test('without the flag nothing is written, and that is not a yes', async () => {
  bed.server.forgetRequests()
  const { subjects } = await bed.see({ connection: { bucket }, spec: { write: {} } })
  expect(subjects['writable']).toBe('? writing a probe object needs --allow-writes; it was not done')
  expect(bed.server.requests().map(({ operation }) => operation)).not.toContain('PutObject')
})

test('a key that may only read', async () => {
  const { subjects, notes } = await see({}, user('AKREADER'))
  expect(subjects).toMatchObject({ writable: false, write_failed_step: 'put' })
  expect(notes).toEqual([expect.stringContaining('AccessDenied')])
})

test('a key that may write and not delete: what stays is named', async () => {
  const { subjects, notes } = await see({}, user('AKKEEPER'))
  expect(subjects).toMatchObject({ writable: false, write_failed_step: 'delete' })
  expect(await left()).toEqual(['.postflight/postflight-probe-#'])
  expect(notes[0]).toMatch(/^the probe object "\.postflight\/postflight-probe-\w{16}" stays in bucket bucket-\d+/)
})

test('a key that may write and not read', async () => {
  const { subjects } = await bed.see({
    connection: { bucket, ...user('AKWRITER') },
    spec: { read: false, write: {} },
    allowed: WRITES,
  })
  expect(subjects).toMatchObject({ writable: false, write_failed_step: 'head' })
  expect(await left()).toEqual([])
})

test('a store that deletes and does not', async () => {
  bed.server.play({ operations: ['DeleteObject'], effect: { type: 'error', status: 204, code: 'x' } })
  const { subjects, notes } = await see()
  expect(subjects).toMatchObject({ writable: false, write_failed_step: 'verify' })
  expect(notes[0]).toContain('stays in bucket')
})

test.each([
  ['BucketOwnerEnforced', false, 'put'],
  ['BucketOwnerPreferred', true, 'none'],
])('an ACL where ownership is %s', async (rule, writable, step) => {
  bed.server.bucket(bucket, { documents: { ownershipControls: XML.ownership(rule) } })
  const { subjects } = await see({ acl: 'public-read' })
  expect(subjects).toMatchObject({ writable, write_failed_step: step })
})

test('a bucket that holds the prefix and not the object may not be deleted from', async () => {
  const { subjects } = await see({}, { bucket })
  expect(subjects['writable']).toBe(true)
  expect(bed.server.requests().some(({ key, operation }) => operation === 'DeleteObject' && key === 'theirs')).toBe(
    false,
  )
})
