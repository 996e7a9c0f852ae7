/** One request, redirects followed. The body is the caller's to read or to destroy. */
import { Agent, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps, Agent as TlsAgent } from 'node:https'

export interface Agents {
  readonly http: Agent
  readonly https: TlsAgent
}

export interface HttpRequest {
  readonly method: 'HEAD' | 'GET'
  readonly url: URL
  /** Sent to the host of `url` alone, never on to another one a redirect names. */
  readonly headers: Readonly<Record<string, string>>
  /** Sent wherever it goes. */
  readonly range?: string
  readonly signal: AbortSignal
}

const REDIRECTS = 5
const SILENCE_MS = 30_000

export function createAgents(limit: number): Agents {
  const options = { keepAlive: true, maxSockets: limit }
  return { http: new Agent(options), https: new TlsAgent(options) }
}

/** Errors are Node's. More than five redirects end in the last of them. */
export async function send(agents: Agents, request: HttpRequest): Promise<IncomingMessage> {
  let url = request.url
  for (let redirects = 0; ; redirects++) {
    const headers = url.origin === request.url.origin ? request.headers : {}
    const answer = await sendOnce(agents, { ...request, url, headers })
    const location = answer.headers.location
    const moved = [301, 302, 303, 307, 308].includes(answer.statusCode ?? 0) && location !== undefined
    if (!moved || redirects === REDIRECTS) return answer
    answer.resume()
    const next = new URL(location, url)
    if (next.protocol !== 'http:' && next.protocol !== 'https:') return answer
    url = next
  }
}

function sendOnce(agents: Agents, { method, url, headers, range, signal }: HttpRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const secure = url.protocol === 'https:'
    const options = {
      method,
      agent: secure ? agents.https : agents.http,
      signal,
      timeout: SILENCE_MS,
      // A size is a size of the content only where it is not compressed on the way.
      headers: { 'accept-encoding': 'identity', ...headers, ...(range === undefined ? {} : { range }) },
    }
    const sent = secure ? requestHttps(url, options) : requestHttp(url, options)
    sent.on('timeout', () => sent.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })))
    sent.on('error', reject)
    sent.on('response', resolve)
    sent.end()
  })
}
