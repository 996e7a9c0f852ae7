/**
 * Asks a web server once, and follows redirects as far as told. Credentials stay with the server they are for: headers
 * and body of the request never go to another scheme, host or port, and to no server whose certificate is not trusted,
 * unless `verify` is off.
 */
import type { Vantage } from '../vantage/vantage.js'
import { describeTls, type TlsSeen } from './certificate.js'
import { type Answer, exchange } from './http-exchange.js'
import { basicOf, endpointOf, tellUrl } from './http-url.js'
import { secure } from './secure.js'
import { atStep, attempt, dialStep, type Look, StepFailed } from './steps.js'

export interface HttpRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  /** Where to connect to instead of the host of `url`, which stays the name that is asked for. */
  readonly connectTo?: { readonly host: string; readonly port?: number | undefined } | undefined
  readonly family?: 4 | 6 | undefined
  readonly ca?: string | undefined
  readonly servername?: string | undefined
  readonly verify: boolean
  readonly follow: number
  readonly maxBody: number
  /** Ends the look: see `withDeadline`. */
  readonly signal: AbortSignal
  readonly now: Date
}

export interface HttpSeen extends Omit<Answer, 'firstByteMs' | 'lastByteMs'> {
  /** Milliseconds, redirects included. */
  readonly firstByteMs: number
  readonly lastByteMs: number
  /** The time to connect is not part of them, for the vantage cannot tell it. */
  readonly withoutConnect: boolean
  /** Where it went, as it may be told; the last one answered. */
  readonly urls: readonly string[]
  /** Where a redirect that was not followed points to, as it may be told. */
  readonly pointsTo?: string | undefined
  readonly tls?: TlsSeen | undefined
  readonly method: string
}

const REDIRECTS = [301, 302, 303, 307, 308]
/** Say nothing of who asks, so they may go anywhere. */
const HARMLESS = ['accept', 'accept-language', 'user-agent']

export function lookHttp(vantage: Vantage, asked: HttpRequest): Promise<Look<HttpSeen>> {
  return attempt(async () => {
    const urls: URL[] = []
    let hop: Hop = { url: asked.url, method: asked.method, headers: headersOf(asked), body: asked.body }
    let spent = 0
    let untold = false
    for (;;) {
      urls.push(hop.url)
      const { answer, ...how } = await ask(vantage, asked, hop)
      untold ||= how.connectMs === undefined
      const before = spent + (how.connectMs ?? 0)
      spent = before + answer.lastByteMs
      const next = redirectOf(answer, hop, asked)
      if (next === undefined || asked.follow === 0) {
        return {
          ...answer,
          firstByteMs: before + answer.firstByteMs,
          lastByteMs: spent,
          withoutConnect: untold,
          urls: urls.map(tellUrl),
          ...(next === undefined ? {} : { pointsTo: tellUrl(next.url) }),
          tls: how.tls,
          method: how.method,
        }
      }
      refuseLoop(urls, next, hop, asked.follow)
      hop = next
    }
  })
}

interface Hop {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

function headersOf({ url, headers, body }: HttpRequest): Readonly<Record<string, string>> {
  const own = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  const login = basicOf(url)
  return {
    accept: '*/*',
    'user-agent': 'postflight',
    ...(login === undefined ? {} : { authorization: login }),
    ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    ...own,
  }
}

async function ask(vantage: Vantage, asked: HttpRequest, { url, method, headers, body }: Hop) {
  const { signal, maxBody, family } = asked
  const to = endpointOf(url)
  // Also where a redirect leads to another scheme of the same name: by DNS it could lead to the old host.
  const named = url.hostname === asked.url.hostname
  const host = (named ? asked.connectTo?.host : undefined) ?? to.host
  const port = (url.origin === asked.url.origin ? asked.connectTo?.port : undefined) ?? to.port
  const dialled = await dialStep(vantage, { host, port, family }, signal)
  // What breaks is heard of by whoever reads; a stream that breaks on the way down is nobody's concern.
  dialled.stream.on('error', () => {})
  try {
    const began = performance.now()
    const secured = url.protocol === 'https:' ? await handshake(dialled.stream, asked, to.host, named) : undefined
    const handshakeMs = performance.now() - began
    const answer = await atStep('response', signal, () =>
      exchange(secured?.socket ?? dialled.stream, {
        method,
        path: `${url.pathname}${url.search}`,
        // Compressed, neither its size nor its text would be those of the content.
        headers: { host: url.host, ...headers, 'accept-encoding': 'identity', connection: 'close' },
        body,
        maxBody,
        signal,
      }),
    )
    const { connectMs, nameMs = 0, method: how } = dialled
    return {
      answer,
      connectMs: connectMs === undefined ? undefined : nameMs + connectMs + handshakeMs,
      method: how,
      tls: secured?.tls,
    }
  } finally {
    dialled.stream.destroy()
  }
}

/** Ends here where the certificate is not trusted, before anything was sent. */
function handshake(stream: Parameters<typeof secure>[0], asked: HttpRequest, host: string, named: boolean) {
  const { signal, ca, verify, now } = asked
  const servername = (named ? asked.servername : undefined) ?? host
  return atStep('handshake', signal, async () => {
    const socket = await secure(stream, { servername, ca, alpn: ['http/1.1'], signal })
    const tls = describeTls(socket, servername, now)
    if (!verify || tls.trusted) return { socket, tls }
    socket.destroy()
    throw new StepFailed('handshake', tls.trustError ?? 'the certificate is not trusted')
  })
}

/** The request a redirect asks for; undefined where the answer is none. */
function redirectOf({ status, headers }: Answer, hop: Hop, asked: HttpRequest): Hop | undefined {
  const { location } = headers
  if (!REDIRECTS.includes(status) || location === undefined) return undefined
  const url = URL.canParse(location, hop.url.href) ? new URL(location, hop.url) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    if (asked.follow === 0) return undefined
    throw new StepFailed('response', `it redirects (${status}) to what is no http or https address`)
  }
  url.username = ''
  url.password = ''
  url.hash = ''
  const asGet = (status === 303 && hop.method !== 'HEAD') || (status < 303 && hop.method === 'POST')
  const home = url.origin === hop.url.origin
  if (!home && !asGet && hop.body !== undefined && asked.follow > 0) {
    throw new StepFailed('response', `it redirects (${status}) the body to ${url.origin}, which it is not for`)
  }
  const kept = Object.entries(hop.headers).filter(
    ([name]) => (home || HARMLESS.includes(name)) && !(asGet && name.startsWith('content-')),
  )
  return {
    url,
    method: asGet ? 'GET' : hop.method,
    headers: Object.fromEntries(kept),
    body: asGet ? undefined : hop.body,
  }
}

function refuseLoop(urls: readonly URL[], next: Hop, hop: Hop, follow: number): void {
  const again = urls.some((url) => url.href === next.url.href) && next.method === hop.method
  if (again) throw new StepFailed('response', `it redirects in a loop: ${tellUrl(next.url)} again`)
  if (urls.length <= follow) return
  throw new StepFailed('response', `it redirects more than ${follow} times, at last to ${tellUrl(next.url)}`)
}
