import { createServer as createHttp } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { archived, kmsEncrypted, startS3 } from '../../../fixtures/servers/s3.js'
import { type Bed, bucketOf, openBed, seeBucket } from './bed.js'

let bed: Bed
const KEYS = { access_key: 'AKIDENTITY', secret_key: 'not-a-secret' }

beforeAll(async () => {
  const user = (accessKey: string, ...rights: ('list' | 'get' | 'head')[]) => ({
    accessKey,
    secretKey: KEYS.secret_key,
    rights: { media: rights },
  })
  bed = await openBed({
    region: 'eu-central-1',
    users: { blind: user('AKBLIND', 'get'), lister: user('AKLISTER', 'list'), nobody: user('AKNOBODY') },
  })
  bed.server.put('media', 'folder/', '')
  bed.server.put('media', 'folder/a.txt', 'hello', { headers: { 'content-type': 'text/plain' } })
})
afterEach(() => bed.server.endPlays())
afterAll(() => bed.stop())

const as = (access_key: string) => ({ access_key, secret_key: KEYS.secret_key })

test('a bucket that is as it should be', async () => {
  const { subjects, diagnoses } = await bed.see({ asserted: ['region', 'region_matches'] })
  expect(subjects).toMatchObject({
    reachable: true,
    failed_step: 'none',
    credentials: true,
    region: 'eu-central-1',
    region_matches: true,
    clock_skew: 0,
    listable: true,
    readable: true,
    object_size: 5,
    content_type: 'text/plain',
    cache_control: '',
  })
  expect(diagnoses).toEqual([])
})

describe('where it breaks off', () => {
  const cases: readonly [string, Record<string, unknown>, Record<string, unknown>][] = [
    ['name', { endpoint: 'http://bucket.invalid' }, { credentials: expect.stringMatching(/^\? /) }],
    ['connect', { endpoint: 'http://127.0.0.1:1' }, { listable: expect.stringMatching(/^\? /) }],
    ['credentials', as('AKUNKNOWN'), { credentials: false, readable: expect.stringMatching(/^\? /) }],
    ['credentials', { ...as('AKBLIND'), secret_key: 'another' }, { credentials: false }],
    ['region', { region: 'us-east-1' }, { region: 'eu-central-1', region_matches: false }],
    ['bucket', { bucket: 'not-there' }, { listable: expect.stringMatching(/^\? /) }],
    ['list', as('AKNOBODY'), { credentials: expect.stringMatching(/^\? /), listable: false }],
  ]
  test.each(cases)('step %s: %j', async (step, connection, subjects) => {
    const seen = await bed.see({ connection })
    expect(seen.subjects).toMatchObject({ reachable: false, failed_step: step, ...subjects })
    expect(seen.diagnoses).toEqual([expect.stringContaining(`step ${step} failed`)])
  })

  test('credentials that are not there at all', async () => {
    const env = { AWS_EC2_METADATA_DISABLED: 'true', AWS_PROFILE: 'no-such-profile' }
    const seen = await bed.see({ connection: { access_key: undefined, secret_key: undefined }, env })
    expect(seen.subjects).toMatchObject({ reachable: false, failed_step: 'credentials', credentials: false })
  })

  test('an endpoint that is a web page', async () => {
    const seen = await withHttp((_, response) => response.end('<!doctype html><title>Welcome</title>'))
    expect(seen.subjects).toMatchObject({ reachable: false, failed_step: 'response' })
    expect(seen.diagnoses.join()).not.toContain('Welcome')
  })

  test('an endpoint that is a web page of error 403', async () => {
    const seen = await withHttp((_, response) => response.writeHead(403).end('<h1>Forbidden</h1>'))
    expect(seen.subjects).toMatchObject({ reachable: false, readable: expect.stringMatching(/^\? /) })
  })

  test('the server stands and only fails', async () => {
    bed.server.play({ effect: { type: 'error', status: 500, code: 'InternalError' } })
    expect((await bed.see()).subjects).toMatchObject({ reachable: false, failed_step: 'response' })
  })
})

describe('objects', () => {
  test.each([
    ['that is named and there', { object: 'folder/a.txt' }, { readable: true, failed_step: 'none' }],
    ['that is not there', { object: 'gone' }, { reachable: true, readable: false, failed_step: 'object' }],
    ['none is wanted', { read: false }, { reachable: true, readable: '? `read: false`: no object is looked at' }],
  ])('%s', async (_, spec, subjects) => {
    expect((await bed.see({ spec })).subjects).toMatchObject(subjects)
  })

  test('nothing below the prefix is nothing read', async () => {
    const { subjects } = await bed.see({ connection: { prefix: 'empty/' } })
    expect(subjects).toMatchObject({ reachable: true, readable: expect.stringContaining('below empty/') })
  })

  test('whoever may not list can still read what is named', async () => {
    const { subjects } = await bed.see({ connection: as('AKBLIND'), spec: { object: 'folder/a.txt' } })
    expect(subjects).toMatchObject({ reachable: true, credentials: true, listable: false, readable: true })
  })

  test('whoever may only list reads nothing', async () => {
    const { subjects, diagnoses } = await bed.see({ connection: as('AKLISTER') })
    expect(subjects).toMatchObject({ reachable: true, listable: true, readable: false, failed_step: 'object' })
    expect(diagnoses).toEqual([expect.stringContaining('s3:GetObject')])
  })

  test('an empty one is read whole', async () => {
    bed.server.put('media', 'zero', '')
    expect((await bed.see({ spec: { object: 'zero' } })).subjects).toMatchObject({ readable: true, object_size: 0 })
  })

  test('the first that can be read is taken, and no placeholder of a folder', async () => {
    bed.server.put('media', '0-frozen', 'x', { storageClass: 'GLACIER' })
    expect((await bed.see()).subjects).toMatchObject({ readable: true, archived: false, object_size: 5 })
    bed.server.remove('media', '0-frozen')
  })

  test('promised bytes that do not come are not read', async () => {
    bed.server.play({ operations: ['GetObject'], effect: { type: 'cut', bytes: 0 } })
    expect((await bed.see()).subjects).toMatchObject({ readable: expect.stringMatching(/^\? /), failed_step: 'read' })
  })

  test('archived, and encrypted', async () => {
    bed.server.play(archived('folder/a.txt'))
    bed.server.play(kmsEncrypted('folder/a.txt'))
    expect((await bed.see({ spec: { object: 'folder/a.txt' } })).subjects).toMatchObject({
      archived: true,
      storage_class: 'GLACIER',
      object_encryption: 'aws:kms',
      readable: false,
      failed_step: 'read',
    })
  })

  test('a server that ignores ranges is read no further than the first bytes', async () => {
    bed.server.put('media', 'large', Buffer.alloc(4 * 1024 * 1024))
    expect((await bed.see({ spec: { object: 'large' } })).subjects).toMatchObject({ readable: true })
    bed.server.remove('media', 'large')
  })
})

test('clocks that are apart are told', async () => {
  const server = await startS3({ now: () => Date.now() - 20 * 60_000 })
  server.put('media', 'a', 'x')
  const bucket = bucketOf({ endpoint: server.endpoint, access_key: server.accessKey, secret_key: server.secretKey })
  const { subjects } = await seeBucket(bucket, {})
  expect(subjects['clock_skew']).toBeGreaterThan(19 * 60_000)
  expect(subjects['clock_skew']).toBeLessThan(20 * 60_000 + 3000)
  await server.stop()
})

describe('whatever the other side does, it ends in time and holds no socket', () => {
  const byByte = (head: string) => (socket: Socket) => {
    socket.write(head)
    const timer = setInterval(() => socket.write('x'), 100)
    socket.on('close', () => clearInterval(timer))
  }
  const flood = (head: string, piece: string) => (socket: Socket) => {
    socket.write(head)
    const more = (): void => {
      while (!socket.destroyed && socket.write(piece.repeat(1000)));
    }
    socket.on('drain', more)
    more()
  }
  const OK = 'HTTP/1.1 200 OK\r\ncontent-type: application/xml\r\n'
  const cases: readonly [string, (socket: Socket) => void, string][] = [
    ['silence', () => undefined, 'response'],
    ['a byte now and then', byByte(OK), 'response'],
    ['a body byte by byte', byByte(`${OK}\r\n<ListBucketResult>`), 'response'],
    ['headers without end', flood(OK, 'x-a: b\r\n'), 'response'],
    ['XML without end', flood(`${OK}\r\n<ListBucketResult>`, '<Contents><Key>a</Key></Contents>'), 'response'],
    ['hanging up at once', (socket) => socket.destroy(), 'response'],
    ['no HTTP', (socket) => socket.write('220 mail.example.net ESMTP\r\n'), 'response'],
  ]
  test.each(cases)('%s', async (_, behave, step) => {
    const { seen, took, held } = await against(behave, 'http')
    expect(seen.subjects).toMatchObject({ reachable: false, failed_step: step })
    expect(took).toBeLessThan(2000)
    expect(held).toBe(0)
  })

  test('XML without end is given up for its size, not for want of time', async () => {
    const endless = flood(`${OK}\r\n<ListBucketResult>`, '<Contents><Key>a</Key></Contents>')
    const { seen } = await against(endless, 'http', 60_000)
    expect(seen.diagnoses.join()).toContain('the answer has no end')
  }, 70_000)

  test.each([
    ['silence', () => undefined],
    ['no TLS', (socket: Socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['hanging up at once', (socket: Socket) => socket.destroy()],
  ])('where TLS is asked for: %s', async (_, behave) => {
    const { seen, took, held } = await against(behave, 'https')
    expect(seen.subjects).toMatchObject({ reachable: false, failed_step: 'handshake' })
    expect(took).toBeLessThan(2000)
    expect(held).toBe(0)
  })
})

async function against(behave: (socket: Socket) => unknown, scheme: 'http' | 'https', timeoutMs = 1000) {
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('error', () => undefined).on('close', () => open.delete(socket))
    socket.resume()
    behave(socket)
  })
  const port = await listen(server)
  const began = performance.now()
  const seen = await seeBucket(bucketOf({ endpoint: `${scheme}://127.0.0.1:${port}`, ...KEYS }), { timeoutMs })
  const took = performance.now() - began
  await expect.poll(() => open.size).toBe(0)
  await new Promise((resolve) => server.close(resolve))
  return { seen, took, held: open.size }
}

async function withHttp(answer: Parameters<typeof createHttp>[1] & {}) {
  const server = createHttp(answer as never)
  const port = await listen(server)
  try {
    return await seeBucket(bucketOf({ endpoint: `http://127.0.0.1:${port}`, ...KEYS }), {})
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
