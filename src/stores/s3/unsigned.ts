/** Requests as anybody could send them: no credentials, no cookies. What a browser sees of the bucket. */
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { request as secureRequest } from 'node:https'
import { StoreError } from '../store.js'
import type { Asked, BucketSession } from './bucket.js'

export interface UnsignedRequest {
  readonly method: 'GET' | 'OPTIONS'
  /** Whole URL; its path is sent as it is. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** Redirects followed, of GET. */
  readonly redirects?: number
}

export interface UnsignedAnswer {
  readonly status: number
  /** Lower-case names; of several with one name, their values with commas between. */
  readonly headers: Readonly<Record<string, string>>
  /** The beginning of the content, one byte in each character. Never to be told: only looked at. */
  readonly head: string
}

const HEAD_BYTES = 4096

export function askUnsigned(session: BucketSession, asked: UnsignedRequest): Promise<Asked<UnsignedAnswer>> {
  return session.within(async (signal) => {
    let url = asked.url
    for (let left = asked.redirects ?? 0; ; left--) {
      const answer = await once(session, { ...asked, url }, signal)
      const next = answer.headers['location']
      if (left <= 0 || answer.status < 300 || answer.status > 399 || next === undefined) return answer
      url = new URL(next, url).href
      if (!/^https?:/.test(url)) throw new StoreError('unavailable', 'it redirects to what is no web address')
    }
  })
}

/** Where a key is, for anybody: below the public URL where one is given, else below the bucket itself. */
export function urlOf(base: string, key: string): string {
  const path = key.split('/').map((part) => encodeURIComponent(part).replace(/[!'()*]/g, percent))
  return `${base.replace(/\/$/, '')}/${path.join('/')}`
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

function once(
  { agents }: BucketSession,
  { method, url, headers }: UnsignedRequest,
  signal: AbortSignal,
): Promise<UnsignedAnswer> {
  const [, scheme = 'https', host = '', path = '/'] = /^(https?):\/\/([^/?#]*)([^#]*)/.exec(url) ?? []
  const { hostname, port } = new URL(`${scheme}://${host}/`)
  const secure = scheme === 'https'
  return new Promise((resolve, reject) => {
    const options = {
      method,
      hostname,
      ...(port === '' ? {} : { port }),
      path: path === '' ? '/' : path,
      headers: { accept: '*/*', 'user-agent': 'postflight', ...headers },
      signal,
      agent: secure ? agents.https : agents.http,
    }
    const sent: ClientRequest = (secure ? secureRequest : request)(options)
    sent.once('response', (response) => {
      read(response).then(resolve, reject)
    })
    sent.once('error', reject)
    sent.end()
  })
}

async function read(response: IncomingMessage): Promise<UnsignedAnswer> {
  let head = ''
  try {
    for await (const chunk of response) {
      head += (chunk as Buffer).toString('latin1')
      if (head.length >= HEAD_BYTES) break
    }
  } finally {
    response.destroy()
  }
  const headers = Object.fromEntries(
    Object.entries(response.headersDistinct).map(([name, values]) => [name, (values ?? []).join(', ')]),
  )
  return { status: response.statusCode ?? 0, headers, head: head.slice(0, HEAD_BYTES) }
}
