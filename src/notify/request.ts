/**
 * One request to a receiver. The status decides: of what it answers nothing but headers is read, so that it may be endless,
 * and nothing of it is told. A redirect is not followed, for what is sent is meant for nobody else.
 */
import { type IncomingHttpHeaders, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { reasonOf } from '../probes/reason.js'
import { hostOf, NotSent, type Sending } from './channel.js'

export interface ReceiverRequest {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
}

/** Resolves with the headers of a 2xx. Throws NotSent. */
export async function ask(
  { url, method, headers = {}, body }: ReceiverRequest,
  { signal, version }: Pick<Sending, 'signal' | 'version'>,
): Promise<IncomingHttpHeaders> {
  const { status, headers: answered } = await exchange(
    url,
    {
      method,
      headers: {
        'user-agent': `postflight/${version}`,
        ...headers,
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
        connection: 'close',
      },
      signal,
    },
    body,
  )
  if (status >= 200 && status < 300) return answered
  if (status >= 300 && status < 400)
    throw new NotSent(`it redirects (${status})${redirectText(answered.location, url)}, which is not followed`, {
      passing: false,
    })
  const passing = status === 429 || status === 408 || status >= 500
  throw new NotSent(`it answered ${status}${HINTS[status] ?? ''}`, { passing, waitMs: retryAfter(answered) })
}

const HINTS: Readonly<Record<number, string>> = {
  400: ': it does not take messages of this form',
  401: ': the credentials are not right',
  403: ': the credentials are not right, or it is closed',
  404: ': there is nothing of this address',
  410: ': it was taken away',
  429: ': it was asked too often',
}

interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
}

function exchange(
  url: string,
  options: { readonly method: string; readonly headers: Record<string, string>; readonly signal: AbortSignal },
  body: string | undefined,
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const request = url.startsWith('https:') ? requestHttps : requestHttp
    const refuse = (cause: unknown) => reject(options.signal.aborted ? options.signal.reason : notSent(cause))
    try {
      const sent = request(url, { ...options, agent: false })
      sent.on('error', refuse)
      sent.on('close', () => refuse(new Error('closed without an answer')))
      sent.on('response', (answer) => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers })
        answer.on('error', () => {})
        sent.destroy()
      })
      sent.end(body)
    } catch (cause) {
      // A header value that cannot be sent; Node would quote it.
      reject(new NotSent('a header holds what no header can', { passing: false, cause }))
    }
  })
}

const CERTIFICATES = /^(CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|ERR_TLS_CERT|CRL_|HOSTNAME_MISMATCH|INVALID_CA)/

function notSent(cause: unknown): NotSent {
  const { code } = cause as { readonly code?: unknown }
  if (typeof code === 'string' && CERTIFICATES.test(code))
    return new NotSent(`its certificate is not trusted (${code})`, { passing: false, cause })
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new NotSent('there is no such host', { passing: code === 'EAI_AGAIN', cause })
  return new NotSent(reasonOf(cause) ?? 'it closed the connection without an answer', { passing: true, cause })
}

function redirectText(location: string | undefined, url: string): string {
  if (location === undefined || !URL.canParse(location, url)) return ''
  return ` to ${hostOf(new URL(location, url).href)}`
}

/** Seconds, or a date. Milliseconds. */
function retryAfter({ 'retry-after': text, date }: IncomingHttpHeaders): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const [until, now] = [Date.parse(text), Date.parse(date ?? '')]
  const ms = until - (Number.isNaN(now) ? Date.now() : now)
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}
