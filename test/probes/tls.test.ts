/** Certificates of every kind, served by name; each is described, none is refused. */
import { createServer } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeCertificate, startTlsServer, type TlsServer } from '../../fixtures/servers/tls.js'
import { withDeadline } from '../../src/probes/deadline.js'
import { lookTls, type TlsOptions } from '../../src/probes/tls.js'
import { createLocalVantage } from '../../src/vantage/local.js'

const vantage = createLocalVantage({ env: {} })
const DAY = 86_400_000
let server: TlsServer
beforeAll(async () => {
  server = await startTlsServer()
})
afterAll(() => server.stop())

interface Asked extends Partial<TlsOptions> {
  readonly port?: number
  readonly timeoutMs?: number
}

function look({ port = server.port, timeoutMs = 5000, ...more }: Asked = {}) {
  return withDeadline(new AbortController().signal, timeoutMs, (signal) =>
    lookTls(vantage, { host: '127.0.0.1', port }, { signal, ca: server.material.ca, now: new Date(), ...more }),
  )
}

async function seen(more: Asked = {}) {
  const looked = await look(more)
  if (!looked.reached) throw new Error(`${looked.step}: ${looked.reason}`)
  return looked.seen
}

describe('the certificate of', () => {
  it.each([
    ['good.test', undefined],
    ['soon.test', undefined],
    ['chain.test', undefined],
    ['expired.test', 'the certificate expired 3d ago'],
    ['future.test', expect.stringMatching(/^the certificate is not valid yet, only in (1d|23h .*)$/)],
    ['mismatch.test', 'it is not for mismatch.test, but for other.example'],
    [
      'nointer.test',
      'the server does not send the certificate of the issuer "Probe Intermediate", and it is not known here',
    ],
    ['lapsed.test', 'the certificate of its issuer "Lapsed Intermediate" expired 35d ago'],
    ['self.test', 'the certificate is signed by itself, and not known here'],
  ])('%s: %s', async (servername, trustError) => {
    const { trusted, trustError: why } = await seen({ servername })
    expect(why).toEqual(trustError)
    expect(trusted).toBe(trustError === undefined)
  })

  it('an authority that is not known here is not trusted, and is named', async () => {
    const other = makeCertificate({ subject: 'Other Root', authority: true })
    expect(await seen({ servername: 'chain.test', ca: other.cert })).toMatchObject({
      trusted: false,
      trustError: 'the server does not send the certificate of the issuer "Probe Root", and it is not known here',
    })
  })

  it('its own authority is trusted where it is given as `ca`', async () => {
    const { cert } = server.material.served['self.test']
    expect(await seen({ servername: 'self.test', ca: cert })).toMatchObject({ trusted: true, selfSigned: true })
  })

  it('is for an address where it says so', async () => {
    expect(await seen()).toMatchObject({ trusted: true, nameMatches: true })
  })

  it('has facts', async () => {
    const facts = await seen({ servername: 'soon.test', alpn: ['http/1.1'] })
    expect(facts).toMatchObject({
      names: ['soon.test'],
      subject: 'CN=soon.test',
      issuer: 'CN=Probe Root',
      keyType: 'ec',
      keyBits: 256,
      protocol: 'TLSv1.3',
      alpn: 'http/1.1',
      chainLength: 2,
      selfSigned: false,
      fingerprint: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
    })
    expect((facts.validTo.getTime() - Date.now()) / DAY).toBeCloseTo(3, 0)
  })

  it('expires with the first of its chain', async () => {
    const { validTo, chainValidTo } = await seen({ servername: 'lapsed.test' })
    expect(chainValidTo.getTime()).toBeLessThan(Date.now())
    expect(validTo.getTime()).toBeGreaterThan(Date.now())
  })
})

describe('what is no TLS server', () => {
  const cases: readonly (readonly [string, (socket: import('node:net').Socket) => void, unknown])[] = [
    ['answers in the clear', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), /does not speak TLS/],
    ['stays silent', () => {}, /^no answer within/],
    ['closes at once', (socket) => socket.end(), /closed|broke off/],
    ['resets', (socket) => socket.once('data', () => socket.resetAndDestroy()), /broke off/],
  ]
  it.each(cases)('%s: it is not reached, and leaves no connection', async (_, act, reason) => {
    const plain = createServer((socket) => {
      // A server that does not read does not see that the other side went.
      socket.on('error', () => {}).resume()
      act(socket)
    })
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve))
    const { port } = plain.address() as { port: number }
    const began = performance.now()
    expect(await look({ port, timeoutMs: 1000 })).toEqual({
      reached: false,
      step: 'handshake',
      reason: expect.stringMatching(reason as RegExp),
    })
    expect(performance.now() - began).toBeLessThan(2000)
    await expect.poll(() => new Promise((resolve) => plain.getConnections((_error, count) => resolve(count)))).toBe(0)
    plain.close()
  })

  it('speaks only a version nobody should: it says so', async () => {
    const old = createTlsServer({
      ...server.material.served['good.test'],
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    })
    old.on('tlsClientError', () => {})
    await new Promise<void>((resolve) => old.listen(0, '127.0.0.1', resolve))
    const { port } = old.address() as { port: number }
    expect(await look({ port })).toMatchObject({ reached: false, reason: expect.stringContaining('no version of TLS') })
    old.close()
  })
})

it('leaves no connection behind', async () => {
  await seen()
  await expect.poll(server.connections).toBe(0)
})
