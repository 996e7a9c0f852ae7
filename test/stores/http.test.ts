import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { connectionSchema, type HttpSpec } from '../../src/connections/schema.js'
import { keyFromLatin1, keyFromText } from '../../src/lib/key.js'
import { createHttpStore } from '../../src/stores/http/http.js'
import { urlOf } from '../../src/stores/http/url.js'
import type { Store } from '../../src/stores/store.js'
import { listen } from './listen.js'

const { signal } = new AbortController()
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function serve(answer: RequestListener): Promise<string> {
  const { origin, close } = await listen(createServer(answer))
  closing.push(close)
  return origin
}

function storeOf(url: string, headers: Readonly<Record<string, string>> = {}): Store {
  const store = createHttpStore('cdn', connectionSchema.parse({ type: 'http', url, headers }) as HttpSpec)
  closing.push(store.close)
  return store
}

const stat = (store: Store) => store.stat(keyFromText('a b.txt'), { signal })

describe('stat', () => {
  const cases: readonly { name: string; answer: RequestListener; gives?: object | undefined; fails?: object }[] = [
    {
      name: '200 with a length',
      answer: (_, response) =>
        response.writeHead(200, { 'content-length': 5, 'last-modified': 'Thu, 01 Jan 1970 00:00:01 GMT' }).end(),
      gives: { key: 'a b.txt', size: 5, modified: 1000 },
    },
    {
      name: '200 without a length: there, of unknown size',
      answer: (_, response) => response.end(),
      gives: { key: 'a b.txt' },
    },
    {
      name: 'a compressed answer says nothing of the size',
      answer: (_, response) => response.writeHead(200, { 'content-length': 5, 'content-encoding': 'gzip' }).end(),
      gives: { key: 'a b.txt' },
    },
    { name: '404', answer: (_, response) => response.writeHead(404).end(), gives: undefined },
    { name: '410', answer: (_, response) => response.writeHead(410).end(), gives: undefined },
    { name: '401', answer: (_, response) => response.writeHead(401).end(), fails: { code: 'forbidden' } },
    { name: '403', answer: (_, response) => response.writeHead(403).end(), fails: { code: 'forbidden' } },
    { name: '500', answer: (_, response) => response.writeHead(500).end(), fails: { code: 'unavailable' } },
    { name: 'always 503', answer: (_, response) => response.writeHead(503).end(), fails: { code: 'unavailable' } },
    { name: 'no answer', answer: (request) => request.socket.destroy(), fails: { code: 'unavailable' } },
    {
      name: 'HEAD not allowed: the first byte tells the size',
      answer: (request, response) => {
        if (request.method === 'HEAD') response.writeHead(405).end()
        else if (request.headers.range === 'bytes=0-0')
          response.writeHead(206, { 'content-range': 'bytes 0-0/1234' }).end('x')
      },
      gives: { key: 'a b.txt', size: 1234 },
    },
    {
      name: 'HEAD not known, an empty file',
      answer: (request, response) =>
        request.method === 'HEAD'
          ? response.writeHead(501).end()
          : response.writeHead(416, { 'content-range': 'bytes */0' }).end(),
      gives: { key: 'a b.txt', size: 0 },
    },
    {
      name: 'HEAD not allowed, ranges ignored: the length of the whole',
      answer: (request, response) =>
        request.method === 'HEAD'
          ? response.writeHead(405).end()
          : response.writeHead(200, { 'content-length': 10_000_000 }).write('x'.repeat(100_000)),
      gives: { key: 'a b.txt', size: 10_000_000 },
    },
  ]
  it.each(cases)('$name', async ({ answer, gives, fails }) => {
    const asked = stat(storeOf(await serve(answer)))
    if (fails === undefined) expect(await asked).toEqual(gives)
    else await expect(asked).rejects.toMatchObject(fails)
  })

  it('gives type and ETag where they are asked for, and no other header', async () => {
    const headers = { 'content-type': 'image/png', etag: '"abc"', 'set-cookie': 'session=1', 'content-length': 3 }
    const store = storeOf(await serve((_, response) => response.writeHead(200, headers).end()))
    const entry = await store.stat(keyFromText('a'), { facts: true, signal })
    expect(entry?.facts).toEqual({ type: 'image/png', etag: '"abc"' })
    expect(await store.stat(keyFromText('a'), { signal })).not.toHaveProperty('facts')
  })

  it('tries a busy server again', async () => {
    let asked = 0
    const store = storeOf(await serve((_, response) => response.writeHead(asked++ === 0 ? 503 : 200).end()))
    expect(await stat(store)).toEqual({ key: 'a b.txt' })
  })

  it('ends at the signal, though nobody answers', async () => {
    const stop = new AbortController()
    const origin = await serve(() => stop.abort(new Error('enough')))
    await expect(storeOf(origin).stat(keyFromText('a'), { signal: stop.signal })).rejects.toThrow('enough')
  })
})

describe('redirects', () => {
  it('are followed, and headers stay with the host they are for', async () => {
    const seen: IncomingHttpHeaders[] = []
    const other = await serve((request, response) => {
      seen.push(request.headers)
      response.writeHead(200, { 'content-length': 7 }).end()
    })
    const origin = await serve((request, response) => {
      seen.push(request.headers)
      const location = request.url === '/a%20b.txt' ? '/moved' : `${other}/elsewhere`
      response.writeHead(302, { location }).end()
    })
    const store = storeOf(origin.replace('//', '//user:p%40ss@'), { 'x-token': 'secret' })
    expect(await stat(store)).toEqual({ key: 'a b.txt', size: 7 })
    const authorization = `Basic ${Buffer.from('user:p@ss').toString('base64')}`
    expect(seen.map((headers) => [headers['x-token'], headers.authorization])).toEqual([
      ['secret', authorization],
      ['secret', authorization],
      [undefined, undefined],
    ])
    expect(store.label).not.toMatch(/user|p%40ss|p@ss/)
  })

  it.each([
    ['without end', '/again'],
    ['to another protocol', 'ftp://127.0.0.1/x'],
  ])('%s are an error', async (_, location) => {
    const store = storeOf(await serve((_request, response) => response.writeHead(302, { location }).end()))
    await expect(stat(store)).rejects.toMatchObject({ code: 'unavailable', message: expect.stringMatching(/302/) })
  })
})

describe('probe', () => {
  it.each([
    [404, undefined],
    [403, undefined],
    [401, 'forbidden'],
    [200, 'unreadable'],
    [500, 'unavailable'],
    [503, 'unavailable'],
  ])('a server that answers %d for what cannot exist', async (status, code) => {
    const probing = storeOf(await serve((_, response) => response.writeHead(status).end())).probe({ signal })
    if (code === undefined) await probing
    else await expect(probing).rejects.toMatchObject({ code })
  })
})

describe('the rest', () => {
  it('does not list, and says so', async () => {
    const store = storeOf('http://127.0.0.1:1/')
    expect(store.features.list).toBe(false)
    await expect(store.list({ signal }).next()).rejects.toMatchObject({
      message: expect.stringMatching(/cannot be listed/),
    })
  })

  it('reads', async () => {
    const store = storeOf(await serve((_, response) => response.end('content')))
    expect(await text(await store.open(keyFromText('a'), { signal }))).toBe('content')
  })

  it.each([
    ['a b', '/base/a%20b'],
    ['a/b%2Fc?d#e', '/base/a/b%252Fc%3Fd%23e'],
    ['+&=;@:', '/base/%2B%26%3D%3B%40%3A'],
    ['caf\u00c3\u00a9 \u00ff', '/base/caf%C3%A9%20%FF'],
    ['a//b', '/base/a//b'],
    ['..a', '/base/..a'],
  ])('%j is asked for as %s', (key, path) => {
    expect(urlOf(new URL('https://cdn.example.net/base?sig=1'), keyFromLatin1(key)).href).toBe(
      `https://cdn.example.net${path}?sig=1`,
    )
  })

  it.each(['../x', 'a/./b', '..', 'a/..'])('%j is never asked for', async (key) => {
    const store = storeOf('http://127.0.0.1:1/')
    expect(store.refuse(keyFromText(key))).toMatch(/segment/)
    expect(await store.stat(keyFromText(key), { signal })).toBeUndefined()
  })
})

it('says that a server sends no parts, rather than take the beginning for one', async () => {
  const store = storeOf(await serve((_, response) => response.end('the whole of it')))
  const opened = store.open(keyFromText('a'), { signal, range: { start: 4, end: 9 } })
  await expect(opened).rejects.toThrow(/does not send parts/)
})
