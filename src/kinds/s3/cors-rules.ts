/**
 * Whether a browser would let a page of an origin do what it asks for, by the rules of the Fetch standard
 * (fetch.spec.whatwg.org, "CORS check" and "CORS-preflight fetch"). Pure.
 */
type Headers = Readonly<Record<string, string>>

export interface CorsAsked {
  readonly origin: string
  readonly method: string
  /** Names, lower case. */
  readonly headers: readonly string[]
  /** Cookies and the like go along: no wildcard counts then. */
  readonly credentials: boolean
}

const SAFE_METHODS = ['GET', 'HEAD', 'POST']
/** Whatever they hold; of a content type only the three that forms can send are, which no upload of files has. */
const SAFE_HEADERS = ['accept', 'accept-language', 'content-language']

/** Whether a preflight is sent at all. */
export function needsPreflight({ method, headers }: CorsAsked): boolean {
  return !SAFE_METHODS.includes(method) || unsafe(headers).length > 0
}

/** As a browser sends it: names in lower case, sorted, with commas and no spaces. */
export function preflightHeaders({ origin, method, headers }: CorsAsked): Headers {
  const names = unsafe(headers).toSorted()
  return {
    origin,
    'access-control-request-method': method,
    ...(names.length === 0 ? {} : { 'access-control-request-headers': names.join(',') }),
    'sec-fetch-mode': 'cors',
    'sec-fetch-site': 'cross-site',
  }
}

/** What is lacking in the answer to a preflight; undefined where nothing is. */
export function preflightLacks(asked: CorsAsked, status: number, headers: Headers): string | undefined {
  const lacks = originLacks(asked, headers)
  if (lacks !== undefined) return lacks
  if (status < 200 || status > 299) return 'only 200 to 299 lets a page go on'
  const methods = list(headers['access-control-allow-methods'])
  const anyMethod = !asked.credentials && methods.includes('*')
  if (!methods.includes(asked.method) && !SAFE_METHODS.includes(asked.method) && !anyMethod) {
    return `Access-Control-Allow-Methods lacks ${asked.method}`
  }
  const allowed = list(headers['access-control-allow-headers']).map((name) => name.toLowerCase())
  const anyHeader = !asked.credentials && allowed.includes('*')
  // The one name that no wildcard stands for.
  const missing = unsafe(asked.headers).filter(
    (name) => !allowed.includes(name) && (!anyHeader || name === 'authorization'),
  )
  return missing.length === 0 ? undefined : `Access-Control-Allow-Headers lacks ${missing.join(', ')}`
}

/** The check every answer must pass, the preflight's too. */
export function originLacks({ origin, credentials }: CorsAsked, headers: Headers): string | undefined {
  const allowed = headers['access-control-allow-origin']
  if (allowed === undefined) return 'no Access-Control-Allow-Origin'
  if (allowed === '*' && !credentials) return undefined
  if (allowed === '*') return 'Access-Control-Allow-Origin is *, which does not count where credentials go along'
  if (allowed !== origin) return 'Access-Control-Allow-Origin names another origin'
  if (!credentials || headers['access-control-allow-credentials'] === 'true') return undefined
  return 'Access-Control-Allow-Credentials is not true'
}

/** Names, lower case, of headers a page could not read in such an answer. */
export function notExposed(wanted: readonly string[], credentials: boolean, headers: Headers): readonly string[] {
  const exposed = list(headers['access-control-expose-headers']).map((name) => name.toLowerCase())
  if (!credentials && exposed.includes('*')) return []
  return wanted.filter((name) => !exposed.includes(name) && !READABLE.includes(name))
}

/** Those a page may always read. */
const READABLE = [
  'cache-control',
  'content-language',
  'content-length',
  'content-type',
  'expires',
  'last-modified',
  'pragma',
]

function unsafe(headers: readonly string[]): readonly string[] {
  return headers.filter((name) => !SAFE_HEADERS.includes(name))
}

function list(value: string | undefined): readonly string[] {
  return (value ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}
