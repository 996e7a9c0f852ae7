/** What a connection of type redis says, as one set of settings: fields of its own go before those of its URL. */
import { RedisError } from './source.js'

/** The fields that say where a server is and who asks; those of a connection, or of a check that names a host itself. */
export interface RedisAddress {
  readonly url?: string | undefined
  /** Begins with a slash: a Unix socket. */
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly database?: number | undefined
  readonly user?: string | undefined
  readonly password?: string | undefined
  readonly tls?: boolean | undefined
  /** File with certificates. */
  readonly ca?: string | undefined
  /** PEM, where the caller has read the file. */
  readonly caText?: string | undefined
}

export interface RedisSettings {
  readonly host: string
  readonly port: number
  readonly database: number
  readonly user: string | undefined
  readonly password: string | undefined
  readonly tls: boolean
  readonly ca: string | undefined
  readonly caText: string | undefined
}

const PORT = 6379

/** Throws a RedisError that shows nothing of the URL. */
export function redisSettings(given: RedisAddress): RedisSettings {
  const url = given.url === undefined ? {} : ofUrl(given.url)
  return {
    host: given.host ?? url.host ?? 'localhost',
    port: given.port ?? url.port ?? PORT,
    database: given.database ?? url.database ?? 0,
    user: given.user ?? url.user,
    password: given.password ?? url.password,
    tls: given.tls ?? url.tls ?? false,
    ca: given.ca,
    caText: given.caText,
  }
}

/** Safe to print. */
export function placeOf({ host, port, database }: RedisSettings): string {
  const server = host.startsWith('/') ? host : host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  return database === 0 ? server : `${server}/${database}`
}

function ofUrl(text: string): Omit<RedisAddress, 'url' | 'ca' | 'caText'> {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const hint = 'it looks like redis://user:password@host:6379/0, with rediss:// for TLS'
  if (url === undefined) throw new RedisError('the URL of the connection cannot be read', { hint })
  const login = { user: decoded(url.username), password: decoded(url.password) }
  if (url.protocol === 'unix:' || url.protocol === 'redis+unix:') {
    return { ...login, host: decodeURIComponent(url.pathname), database: numberIn(url.searchParams.get('db') ?? '') }
  }
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') {
    throw new RedisError(`a redis server is not reached by ${url.protocol}//`, { hint })
  }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return {
    ...login,
    host: host === '' ? undefined : decodeURIComponent(host),
    port: url.port === '' ? undefined : Number(url.port),
    database: numberIn(url.pathname.slice(1)) ?? numberIn(url.searchParams.get('db') ?? ''),
    tls: url.protocol === 'rediss:',
  }
}

function decoded(text: string): string | undefined {
  if (text === '') return undefined
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function numberIn(text: string): number | undefined {
  if (text === '') return undefined
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw new RedisError('the database in the URL is not a number', { hint: 'redis://host:6379/0' })
}
