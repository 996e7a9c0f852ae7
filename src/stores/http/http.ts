/** A web server or CDN as a store: one can ask for a key there, not list. */
import type { IncomingMessage } from 'node:http'
import { addAbortSignal, Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import type { HttpSpec } from '../../connections/schema.js'
import { type Key, keyFromText, keyToText } from '../../lib/key.js'
import { type ByteRange, type Entry, type Store, StoreError } from '../store.js'
import { createAgents, type HttpRequest, send } from './request.js'
import { refuse, urlOf } from './url.js'

const PAUSES_MS = [200, 1000]
const BUSY = [429, 502, 503, 504]
/** Asked for to learn how the server says that there is nothing. No leading dot: many refuse those by a rule of its own. */
const NO_SUCH_KEY = keyFromText('postflight-no-such-key-5f1d0c9e')

export function createHttpStore(name: string, spec: HttpSpec): Store {
  const base = new URL(spec.url)
  const label = `${name} (${base.origin}${base.pathname})`
  const agents = createAgents(spec.limit)
  const headers = { ...spec.headers, ...basicAuth(base) }

  const ask = async (key: Key, request: Pick<HttpRequest, 'method' | 'signal' | 'range'>): Promise<IncomingMessage> => {
    const where = `${label} ${JSON.stringify(keyToText(key))}`
    for (let attempt = 0; ; attempt++) {
      request.signal.throwIfAborted()
      let what: string
      try {
        const answer = await send(agents, { ...request, url: urlOf(base, key), headers })
        const status = answer.statusCode ?? 0
        if (!BUSY.includes(status)) return answer
        answer.resume()
        what = `HTTP ${status}`
      } catch (cause) {
        request.signal.throwIfAborted()
        what = networkCode(cause)
      }
      const pause = PAUSES_MS[attempt]
      if (pause === undefined) throw new StoreError('unavailable', `${where}: ${what}`)
      await setTimeout(pause, undefined, { signal: request.signal })
    }
  }
  /** The answer to HEAD, or where a server does not know it, to a GET of the first byte. */
  const look = async (key: Key, signal: AbortSignal): Promise<IncomingMessage> => {
    const answer = await ask(key, { method: 'HEAD', signal })
    answer.resume()
    if (answer.statusCode !== 405 && answer.statusCode !== 501) return answer
    const range = await ask(key, { method: 'GET', range: 'bytes=0-0', signal })
    range.destroy()
    return range
  }
  /** Undefined for absent; throws for all that is neither there nor absent. */
  const found = (answer: IncomingMessage, key: Key): IncomingMessage | undefined => {
    const status = answer.statusCode ?? 0
    const where = `${label} ${JSON.stringify(keyToText(key))}`
    if (status === 404 || status === 410) return undefined
    if (status === 401 || status === 403) {
      throw new StoreError('forbidden', `${where}: HTTP ${status}`, {
        hint: 'the server refuses it; some servers answer like this for what is missing, too',
      })
    }
    if (status === 200 || status === 206 || status === 416) return answer
    throw new StoreError('unavailable', `${where}: HTTP ${status}`)
  }

  return {
    label,
    features: { list: false, order: 'none', size: true, ranges: true },
    probe: async ({ signal }) => {
      const { statusCode = 0 } = await look(NO_SUCH_KEY, signal)
      if (statusCode >= 500) throw new StoreError('unavailable', `${label}: HTTP ${statusCode}`)
      if (statusCode === 401) throw new StoreError('forbidden', `${label}: HTTP 401`, { hint: 'see to `headers`' })
      if (statusCode < 300) {
        throw new StoreError('unreadable', `${label} answers HTTP ${statusCode} for a key that cannot exist`, {
          hint: 'missing files cannot be told from present ones there; look behind the page or application that answers',
        })
      }
    },
    refuse,
    // biome-ignore lint/correctness/useYield: the contract is a generator, and there is nothing to list
    list: async function* () {
      throw new StoreError('unavailable', `${label} cannot be listed`, { hint: 'it can only be asked key by key' })
    },
    stat: async (key, { facts, signal }) => {
      if (key === '' || refuse(key) !== undefined) return undefined
      const answer = found(await look(key, signal), key)
      if (answer === undefined) return undefined
      return facts === true ? { ...entryOf(key, answer), facts: factsOf(answer) } : entryOf(key, answer)
    },
    open: async (key, { range, signal }) => {
      const refused = refuse(key)
      if (refused !== undefined) throw new StoreError('forbidden', `${label}: ${refused}`)
      const part = range === undefined ? {} : { range: `bytes=${range.start}-${range.end - 1}` }
      const answer = await ask(key, { method: 'GET', signal, ...part })
      try {
        if (found(answer, key) !== undefined) {
          if (range === undefined || isPart(answer, range)) return addAbortSignal(signal, answer)
          if (answer.statusCode === 416) return emptied(answer)
          answer.destroy()
          throw new StoreError('unavailable', `${label}: the server does not send parts of a file`, {
            hint: 'it answers a Range request with something else; read it through a store that can',
          })
        }
      } catch (cause) {
        answer.resume()
        throw cause
      }
      answer.resume()
      throw new StoreError('absent', `${label} ${JSON.stringify(keyToText(key))} does not exist`)
    },
    close: async () => {
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}

function isPart({ statusCode, headers }: IncomingMessage, { start }: ByteRange): boolean {
  return statusCode === 206 && headers['content-range']?.startsWith(`bytes ${start}-`) === true
}

/** The range lies behind the end. */
function emptied(answer: IncomingMessage): Readable {
  answer.resume()
  return Readable.from([])
}

function entryOf(key: Key, answer: IncomingMessage): Entry {
  const size = sizeOf(answer)
  const modified = Date.parse(answer.headers['last-modified'] ?? '')
  return { key, ...(size === undefined ? {} : { size }), ...(Number.isNaN(modified) ? {} : { modified }) }
}

/** For people: of the headers only what is of the content. */
function factsOf({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  const told = { type: headers['content-type'], encoding: headers['content-encoding'], etag: headers.etag }
  return Object.fromEntries(Object.entries(told).flatMap(([name, value]) => (value ? [[name, value]] : [])))
}

/** Bytes of the content: of an answer in part, or of an empty file (416), what `content-range` says of the whole. */
function sizeOf({ statusCode, headers }: IncomingMessage): number | undefined {
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') return undefined
  const text = statusCode === 200 ? headers['content-length'] : headers['content-range']?.split('/')[1]
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
}

function basicAuth(url: URL): Readonly<Record<string, string>> {
  if (url.username === '' && url.password === '') return {}
  const pair = `${decoded(url.username)}:${decoded(url.password)}`
  url.username = ''
  url.password = ''
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

/** As it is, where it is not percent-encoded though it holds a `%`. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function networkCode(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'no answer'
}
