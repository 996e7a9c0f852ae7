/** Reads connection strings as libpq does: https://www.postgresql.org/docs/current/libpq-connect.html. Pure. */
import { PostgresError } from './source.js'

/** libpq keywords (`host`, `dbname`, `sslmode` …) and their values, as text. */
export type Conninfo = Readonly<Record<string, string>>

/** Keywords that mean something here. */
const KNOWN = new Set(
  `host hostaddr port dbname user password passfile service sslmode sslrootcert sslcert sslkey sslpassword sslcrl
  sslnegotiation ssl_min_protocol_version ssl_max_protocol_version channel_binding connect_timeout options
  target_session_attrs`.split(/\s+/),
)
/** Accepted and without effect: they change neither what is read nor how safely. */
const WITHOUT_EFFECT = new Set(
  `application_name fallback_application_name client_encoding keepalives keepalives_idle keepalives_interval
  keepalives_count tcp_user_timeout gssencmode krbsrvname gsslib gssdelegation sslcompression sslsni
  load_balance_hosts connection_limit pool_timeout pgbouncer uselibpqcompat`.split(/\s+/),
)

/** A URI, or a keyword string. Errors: PostgresError, whose message holds no value of the text. */
export function parseConninfo(text: string): Conninfo {
  const trimmed = text.trim()
  return checked(/^postgres(ql)?:\/\//.test(trimmed) ? parseUri(trimmed) : parseKeywords(trimmed))
}

function checked(pairs: Iterable<readonly [string, string]>): Conninfo {
  const info: Record<string, string> = {}
  for (const [key, value] of pairs) {
    if (key === 'ssl' && value === 'true') info['sslmode'] ??= 'require'
    else if (KNOWN.has(key)) info[key] = value
    else if (!WITHOUT_EFFECT.has(key)) throw unknown(key)
  }
  return info
}

function unknown(key: string): PostgresError {
  const hint = key === 'schema' ? 'set search_path on the connection instead' : 'libpq knows no such parameter'
  return new PostgresError(`the connection string has a parameter "${key.slice(0, 40)}" that means nothing here`, {
    hint,
  })
}

function malformed(): PostgresError {
  return new PostgresError('the connection string cannot be read', {
    hint: 'write postgres://user@host:5432/database, special characters of user and password percent-encoded, or libpq keywords',
  })
}

function parseUri(uri: string): readonly (readonly [string, string])[] {
  // Not `new URL`: libpq allows several hosts, each with its port.
  const match = /^postgres(?:ql)?:\/\/(?:([^/?#@]*)@)?([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/.exec(uri)
  if (match === null) throw malformed()
  const [, credentials, hosts, database, query] = match
  const pairs: [string, string][] = []
  const add = (key: string, value: string | undefined) => {
    if (value !== undefined && value !== '') pairs.push([key, decode(value)])
  }
  if (credentials !== undefined) {
    const colon = credentials.indexOf(':')
    add('user', colon === -1 ? credentials : credentials.slice(0, colon))
    if (colon !== -1) add('password', credentials.slice(colon + 1))
  }
  const places = (hosts ?? '').split(',').map((place) => /^(\[[^\]@]*\]|[^:[\]@]*)(?::(\d*))?$/.exec(place))
  // An `@`, `?` or `#` of a password that is not percent-encoded would make the rest of it a host or a parameter, both
  // of which are printed.
  if (places.includes(null) || query?.includes('@')) throw malformed()
  add('host', places.map((place) => (place?.[1] ?? '').replace(/^\[|\]$/g, '')).join(','))
  if (places.some((place) => place?.[2])) pairs.push(['port', places.map((place) => place?.[2] ?? '').join(',')])
  add('dbname', database)
  for (const part of (query ?? '').split('&').filter((item) => item !== '')) {
    const equals = part.indexOf('=')
    if (equals === -1) throw malformed()
    add(decode(part.slice(0, equals)), part.slice(equals + 1))
  }
  return pairs
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw malformed()
  }
}

function parseKeywords(text: string): readonly (readonly [string, string])[] {
  const pairs: [string, string][] = []
  const pair = /\s*([A-Za-z_]\w*)\s*=\s*(?:'((?:[^'\\]|\\[\s\S])*)'|((?:[^\s'\\]|\\[\s\S])*))(?=\s|$)\s*/y
  while (pair.lastIndex < text.length) {
    const match = pair.exec(text)
    if (match === null) throw malformed()
    const value = (match[2] ?? match[3] ?? '').replace(/\\([\s\S])/g, '$1')
    if (value !== '') pairs.push([match[1] ?? '', value])
  }
  return pairs
}
