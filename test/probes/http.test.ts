import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type Fault, startFaulty } from '../../fixtures/servers/faulty.js'
import { startTlsServer } from '../../fixtures/servers/tls.js'
import { withDeadline } from '../../src/probes/deadline.js'
import { type HttpRequest, lookHttp } from '../../src/probes/http.js'
import { createLocalVantage } from '../../src/vantage/local.js'

const vantage = createLocalVantage({ env: {} })
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

function look(url: string, more: Partial<HttpRequest> & { timeoutMs?: number } = {}) {
  const { timeoutMs = 5000, ...asked } = more
  return withDeadline(new AbortController().signal, timeoutMs, (signal) =>
    lookHttp(vantage, {
      method: 'GET',
      url: new URL(url),
      headers: {},
      verify: true,
      follow: 0,
      maxBody: 65_536,
      now: new Date(),
      signal,
      ...asked,
    }),
  )
}

async function seen(url: string, more: Partial<HttpRequest> = {}) {
  const looked = await look(url, more)
  if (!looked.reached) throw new Error(`${looked.step}: ${looked.reason}`)
  return looked.seen
}

async function serve(
  answer: RequestListener,
): Promise<{ origin: string; port: number; server: Server; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => new Promise<void>((resolve) => void server.close(() => resolve())))
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, port, server, requests }
}

const redirectTo =
  (location: string, status = 302): RequestListener =>
  (_, response) =>
    void response.writeHead(status, { location }).end()

describe('a server that is a bad one', () => {
  const cases: readonly (readonly [Fault, string, RegExp])[] = [
    ['silent', 'response', /^no answer within/],
    ['one byte a second', 'response', /^no answer within/],
    ['endless headers', 'response', /headers of the answer are larger/],
    ['endless interim answers', 'response', /^no answer within|does not speak HTTP/],
    ['redirect loop', 'response', /redirects in a loop/],
    ['redirects ever on', 'response', /redirects more than 3 times/],
    ['reset', 'response', /broke off/],
    ['closes at once', 'response', /broke off|closed/],
    ['closes without an answer', 'response', /broke off|closed/],
    ['cut off', 'response', /before the answer was whole/],
    ['cut off inside a chunk', 'response', /before the answer was whole/],
    ['another protocol', 'response', /does not speak HTTP/],
  ]
  it.each(cases)('%s: fails at %s, in time, and holds no socket', async (fault, step, reason) => {
    const server = await startFaulty(fault)
    closers.push(server.stop)
    const before = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
    const began = performance.now()
    const looked = await look(`http://127.0.0.1:${server.port}/`, { timeoutMs: 1500, follow: 3 })
    expect(looked).toEqual({ reached: false, step, reason: expect.stringMatching(reason) })
    expect(performance.now() - began).toBeLessThan(2500)
    await expect.poll(server.connections).toBe(0)
    await expect
      .poll(() => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length)
      .toBeLessThanOrEqual(before)
  })

  it('endless body: it is read up to the limit, and its end is not waited for', async () => {
    const server = await startFaulty('endless body')
    closers.push(server.stop)
    const { status, truncated, body } = await seen(`http://127.0.0.1:${server.port}/`)
    expect({ status, truncated, length: body.length }).toEqual({ status: 200, truncated: true, length: 65_536 })
    await expect.poll(server.connections).toBe(0)
  })

  it('is left at once when the check is told to stop', async () => {
    const server = await startFaulty('silent')
    closers.push(server.stop)
    const controller = new AbortController()
    const looked = look(`http://127.0.0.1:${server.port}/`, { signal: controller.signal })
    await expect.poll(server.connections).toBe(1)
    controller.abort(new Error('enough'))
    await expect(looked).rejects.toThrow('enough')
    await expect.poll(server.connections).toBe(0)
  })
})

describe('a request', () => {
  it('carries method, headers and body, and names no proxy', async () => {
    const bodies: string[] = []
    const { origin, requests } = await serve((request, response) => {
      request.setEncoding('utf8').on('data', (text) => bodies.push(text))
      request.on('end', () => response.end('ok'))
    })
    process.env['http_proxy'] = 'http://127.0.0.1:1/'
    try {
      await seen(`${origin}/a%20b?c=d`, { method: 'POST', headers: { 'X-Own': 'x' }, body: 'hällo' })
    } finally {
      delete process.env['http_proxy']
    }
    expect(requests[0]).toMatchObject({
      method: 'POST',
      url: '/a%20b?c=d',
      headers: { 'x-own': 'x', host: new URL(origin).host, 'user-agent': 'postflight', 'content-length': '6' },
    })
    expect(bodies.join('')).toBe('hällo')
  })

  it('sends the login of its URL as Basic authentication, and tells it nowhere', async () => {
    const { port, requests } = await serve((_, response) => void response.end())
    const { urls } = await seen(`http://reader:p%40ss@127.0.0.1:${port}/?token=t0ps3cret&b`)
    expect(requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('reader:p@ss').toString('base64')}`)
    expect(urls).toEqual([`http://127.0.0.1:${port}/?token=…&b=…`])
  })

  it('goes where connect_to says, under its own name', async () => {
    const { port, requests } = await serve((_, response) => void response.end())
    await seen('http://shop.example.net/', { connectTo: { host: '127.0.0.1', port } })
    expect(requests[0]?.headers.host).toBe('shop.example.net')
  })
})

describe('a redirect', () => {
  it('to another port of the same name goes where connect_to says as well', async () => {
    const next = await serve((_, response) => void response.end())
    const first = await serve(redirectTo(`http://shop.example.net:${next.port}/`))
    const connectTo = { host: '127.0.0.1', port: first.port }
    const { urls } = await seen('http://shop.example.net/', { connectTo, follow: 1 })
    expect(urls.at(-1)).toBe(`http://shop.example.net:${next.port}/`)
  })

  it('is the answer where none is followed, and says where it points to', async () => {
    const { origin } = await serve(redirectTo('/login?next=secret'))
    expect(await seen(origin)).toMatchObject({ status: 302, pointsTo: `${origin}/login?next=…` })
  })

  it('is followed as often as told', async () => {
    const { origin } = await serve((request, response) =>
      request.url === '/2'
        ? void response.end('there')
        : redirectTo(`/${Number(request.url?.slice(1) || 0) + 1}`)(request, response as never),
    )
    const { status, urls, body } = await seen(`${origin}/`, { follow: 2 })
    expect({ status, urls, body: String(body) }).toEqual({
      status: 200,
      urls: [`${origin}/`, `${origin}/1`, `${origin}/2`],
      body: 'there',
    })
    expect(await look(`${origin}/`, { follow: 1 })).toMatchObject({ reached: false, step: 'response' })
  })

  it('to another port gets no header of ours, not even on its way back', async () => {
    const there = await serve((_, response) => void response.end())
    const back = await serve(redirectTo(`${there.origin}/back`))
    const { origin, requests } = await serve(redirectTo(`${back.origin}/away`))
    await seen(origin, {
      follow: 3,
      headers: { Authorization: 'Bearer t0ps3cret', cookie: 'a=b', accept: 'text/html' },
    })
    expect(requests[0]?.headers).toMatchObject({ authorization: 'Bearer t0ps3cret', cookie: 'a=b' })
    for (const { headers } of [...back.requests, ...there.requests]) {
      expect(headers).not.toHaveProperty('authorization')
      expect(headers).not.toHaveProperty('cookie')
      expect(headers.accept).toBe('text/html')
    }
  })

  it('on the same server keeps them', async () => {
    const { origin, requests } = await serve((request, response) =>
      request.url === '/' ? redirectTo('/on')(request, response as never) : void response.end(),
    )
    await seen(`${origin}/`, { follow: 1, headers: { authorization: 'Bearer t0ps3cret' } })
    expect(requests[1]?.headers.authorization).toBe('Bearer t0ps3cret')
  })

  it.each([
    [303, 'GET', undefined],
    [302, 'GET', undefined],
    [307, 'POST', '5'],
    [308, 'POST', '5'],
  ])('%i makes a POST a %s', async (status, method, length) => {
    const { origin, requests } = await serve((request, response) => {
      request.resume()
      return request.url === '/' ? redirectTo('/on', status)(request, response as never) : void response.end()
    })
    await seen(`${origin}/`, { follow: 1, method: 'POST', body: 'hello' })
    expect(requests[1]?.method).toBe(method)
    expect(requests[1]?.headers['content-length']).toBe(length)
  })

  it('of a body to another server is not followed', async () => {
    const other = await serve((_, response) => void response.end())
    const { origin } = await serve((request, response) => {
      request.resume()
      redirectTo(`${other.origin}/`, 307)(request, response as never)
    })
    expect(await look(origin, { follow: 1, method: 'POST', body: 'hello' })).toMatchObject({ reached: false })
    expect(other.requests).toEqual([])
  })

  it.each(['file:///etc/passwd', 'ftp://127.0.0.1/', 'http://'])('to %s is none', async (location) => {
    const { origin } = await serve(redirectTo(location))
    expect(await look(origin, { follow: 1 })).toMatchObject({ reached: false, step: 'response' })
  })
})

describe('https', () => {
  it('sends nothing to a server that is not trusted, and says why', async () => {
    const asked: string[] = []
    const server = await startTlsServer({
      answer: (request, response) => {
        asked.push(String(request.url))
        response.end('ok')
      },
    })
    closers.push(server.stop)
    const go = (name: string, more: Partial<HttpRequest> = {}) =>
      look(`https://${name}/`, { ca: server.material.ca, connectTo: { host: '127.0.0.1', port: server.port }, ...more })
    expect(await go('expired.test')).toEqual({
      reached: false,
      step: 'handshake',
      reason: 'the certificate expired 3d ago',
    })
    expect(await go('mismatch.test')).toMatchObject({ step: 'handshake' })
    expect(asked).toEqual([])
    expect(await go('good.test')).toMatchObject({ reached: true, seen: { status: 200, tls: { trusted: true } } })
    expect(await go('self.test', { verify: false })).toMatchObject({ seen: { tls: { trusted: false } } })
    expect(await go('x.test', { servername: 'good.test' })).toMatchObject({ reached: true })
    await expect.poll(server.connections).toBe(0)
  })
})
