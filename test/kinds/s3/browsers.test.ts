import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Bed, openBed, openTo, XML } from './bed.js'

const APP = 'https://app.example.net'
const ADMIN = 'https://admin.example.net'
let bed: Bed

beforeAll(async () => {
  bed = await openBed({
    users: { reader: { accessKey: 'AKREADER', secretKey: 'x-secret', rights: { media: ['get'] } } },
  })
  bed.server.bucket('media', { policy: openTo('arn:aws:s3:::media/open/*', 's3:GetObject') })
  for (const key of ['open/a b+c.png', 'open/zero', 'shut/a']) {
    bed.server.put('media', key, key === 'open/zero' ? '' : 'picture')
  }
})
afterEach(() => {
  bed.server.endPlays()
  bed.server.bucket('media', { documents: { cors: '' } })
})
afterAll(() => bed.stop())

describe('anybody', () => {
  const see = (anonymous: Record<string, unknown>, more: Record<string, unknown> = {}) =>
    bed.see({ spec: { read: false, anonymous, ...more } })

  test('reads what must be public, and not what must not', async () => {
    const { subjects, told } = await see({ public: ['open/a b+c.png', 'open/zero'], private: ['shut/a'], list: true })
    expect(subjects).toMatchObject({ public_refused: 0, private_readable: 0, anonymous_list: false })
    expect(told).toEqual([])
  })

  test('no credentials go along', async () => {
    bed.server.forgetRequests()
    await see({ public: ['open/zero'] })
    const [request] = bed.server.requests().filter(({ operation }) => operation === 'GetObject')
    expect(request).toMatchObject({ key: 'open/zero', user: undefined })
  })

  test('each key that is the wrong way round is told', async () => {
    const { subjects, told } = await see({ public: ['shut/a', 'open/gone', 'open/zero'], private: ['open/a b+c.png'] })
    expect(subjects).toMatchObject({ public_refused: 2, private_readable: 1 })
    expect(told).toEqual([
      'public_refused shut/a: HTTP 403 AccessDenied',
      'public_refused open/gone: HTTP 403 AccessDenied',
      'private_readable open/a b+c.png',
    ])
  })

  test('a private key that does not exist proves nothing', async () => {
    const { subjects } = await see({ private: ['shut/gone'] })
    expect(subjects['private_readable']).toBe('? "shut/gone": there is no such object')
  })

  test('nor one of which nobody can say whether it exists', async () => {
    const connection = { access_key: 'AKREADER', secret_key: 'x-secret' }
    bed.server.play({ operations: ['HeadObject'], effect: { type: 'error', status: 403, code: 'AccessDenied' } })
    const spec = { object: 'open/zero', anonymous: { private: ['shut/a'] } }
    const { subjects } = await bed.see({ connection, spec })
    expect(subjects['private_readable']).toContain('whether it is there cannot be told')
  })

  test('a server that fails says nothing of rights', async () => {
    bed.server.play({ operations: ['GetObject'], effect: { type: 'error', status: 503, code: 'SlowDown' } })
    const { subjects } = await see({ public: ['open/zero'], private: ['shut/a'] })
    expect(subjects['public_refused']).toBe('? "open/zero": HTTP 503 SlowDown')
    expect(subjects['private_readable']).toBe('? "shut/a": HTTP 503 SlowDown')
  })

  test('a public URL may lie elsewhere', async () => {
    const { subjects } = await see({ public: ['open/zero'] }, { public_url: 'http://127.0.0.1:1/media/' })
    expect(subjects['public_refused']).toContain('connection refused')
    const good = await see({ public: ['open/zero'] }, { public_url: `${bed.server.endpoint}/media/` })
    expect(good.subjects['public_refused']).toBe(0)
  })

  test.each([
    ['readable', 's3:GetObject', false],
    ['listable', 's3:ListBucket', true],
  ])('a bucket that is %s', async (_, action, list) => {
    bed.server.bucket('other', { policy: openTo('arn:aws:s3:::other*', action) })
    bed.server.put('other', 'a', 'x')
    const connection = { bucket: 'other' }
    const { subjects } = await bed.see({ connection, spec: { anonymous: { list: true } } })
    expect(subjects['anonymous_list']).toBe(list)
  })
})

describe('pages of other origins', () => {
  const see = (cors: Record<string, unknown>, rules?: string) => {
    bed.server.bucket('media', { documents: { cors: rules ?? '' } })
    return bed.see({ spec: { cors: { origins: [APP], ...cors } } })
  }

  test.each<[string, Record<string, unknown>, string]>([
    ['upload', {}, XML.cors(APP)],
    ['upload and read the ETag', { expose: ['ETag'] }, XML.cors(APP)],
    ['upload with a header', { headers: ['Content-Type', 'X-Amz-Acl'] }, XML.cors(APP)],
    ['upload where any origin may', {}, XML.cors('*')],
    ['read without a preflight', { method: 'GET' }, XML.cors(APP, { methods: ['GET'] })],
    ['send cookies along', { credentials: true }, XML.cors(APP)],
  ])('%s', async (_, cors, rules) => {
    const { subjects, told } = await see(cors, rules)
    expect([subjects['cors'], told]).toEqual([true, []])
  })

  test.each<[string, Record<string, unknown>, string | undefined, string]>([
    ['no rules', {}, undefined, 'HTTP 403; no Access-Control-Allow-Origin'],
    ['another origin', {}, XML.cors(ADMIN), 'HTTP 403; no Access-Control-Allow-Origin'],
    ['http instead of https', {}, XML.cors(APP.replace('https', 'http')), 'no Access-Control-Allow-Origin'],
    ['another method', {}, XML.cors(APP, { methods: ['GET'] }), 'no Access-Control-Allow-Origin'],
    ['another header', { headers: ['x-amz-acl'] }, XML.cors(APP, { headers: ['content-type'] }), 'no Access-Control'],
    ['nothing exposed', { expose: ['ETag'] }, XML.cors(APP, { expose: ['x-other'] }), 'Expose-Headers lacks etag'],
    ['cookies for anybody', { credentials: true }, XML.cors('*'), 'does not count where credentials go along'],
  ])('%s', async (_, cors, rules, reason) => {
    const { subjects, told } = await see(cors, rules)
    expect(subjects).toMatchObject({ cors: false, cors_refused: 1 })
    expect(told).toEqual([expect.stringContaining(reason)])
  })

  test('reading, of an object anybody may read, is judged by the answer itself', async () => {
    bed.server.bucket('media', { documents: { cors: XML.cors(ADMIN, { methods: ['GET'] }) } })
    const spec = { object: 'open/a b+c.png', cors: { origins: [APP, ADMIN], method: 'GET' } }
    bed.server.forgetRequests()
    const { told } = await bed.see({ spec })
    expect(told).toEqual([`cors_refused ${APP}: no Access-Control-Allow-Origin`])
    expect(bed.server.requests().filter(({ operation }) => operation === 'Preflight')).toEqual([])
  })

  test('each origin is asked for itself', async () => {
    const { subjects, told } = await see({ origins: [APP, ADMIN] }, XML.cors(APP))
    expect(subjects).toMatchObject({ cors: false, cors_refused: 1 })
    expect(told).toEqual([expect.stringMatching(`cors_refused ${ADMIN}`)])
  })

  test('a server that fails says nothing of rules', async () => {
    bed.server.play({ operations: ['Preflight'], effect: { type: 'error', status: 503, code: 'SlowDown' } })
    const { subjects } = await see({}, XML.cors(APP))
    expect(subjects['cors']).toBe(`? ${APP}: the preflight is answered with HTTP 503`)
    expect(subjects['cors_refused']).toBe(subjects['cors'])
  })

  test('what only the upload itself could tell is not told', async () => {
    const { subjects } = await see({ expose: ['ETag'] }, XML.cors(APP, { expose: [] }))
    expect(subjects['cors']).toBe(`? ${APP}: only the answer to PUT itself could tell that etag is exposed`)
  })

  test('nothing but a preflight and reading is sent', async () => {
    bed.server.forgetRequests()
    await see({ expose: ['ETag'] }, XML.cors(APP))
    const operations = bed.server.requests().map(({ operation }) => operation)
    expect(operations).toEqual(['ListObjectsV2', 'HeadObject', 'GetObject', 'Preflight'])
  })
})
