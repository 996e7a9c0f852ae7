/** Where to connect and as whom: the fields of the check file, then its URL, then defaults. No network. */
import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import type { MysqlSpec } from '../connections/schema.js'
import { MysqlError } from './explain-error.js'

export interface MysqlSettings {
  readonly host: string
  /** Path of a Unix socket, instead of host and port. */
  readonly socket: string | undefined
  readonly port: number
  readonly database: string | undefined
  readonly user: string
  readonly password: string | undefined
  readonly mode: NonNullable<MysqlSpec['sslmode']>
  readonly ca: string | undefined
}

const HINT = 'it looks like mysql://user@host:3306/database, special characters of user and password percent-encoded'

/** Errors: MysqlError without secrets. */
export function mysqlSettings(spec: MysqlSpec): MysqlSettings {
  const url = spec.url === undefined ? {} : ofUrl(spec.url)
  const host = spec.host ?? url.host ?? 'localhost'
  return {
    host,
    socket: host.startsWith('/') ? host : undefined,
    port: spec.port ?? url.port ?? 3306,
    database: spec.database ?? url.database,
    user: spec.user ?? url.user ?? userInfo().username,
    password: spec.password ?? url.password,
    mode: spec.sslmode ?? 'prefer',
    ca: spec.sslrootcert === undefined ? undefined : certificates(spec.sslrootcert),
  }
}

/** Safe to print. */
export function placeOf({ host, port, socket, database, user }: MysqlSettings): string {
  const server = socket ?? `${host.includes(':') ? `[${host}]` : host}:${port}`
  return `${user}@${server}${database === undefined ? '' : `/${database}`}`
}

type Given = Partial<Pick<MysqlSettings, 'host' | 'port' | 'database' | 'user' | 'password'>>

function ofUrl(text: string): Given {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^(mysql|mariadb):$/.test(url.protocol)) {
    throw new MysqlError('the URL of the connection cannot be read', { hint: HINT })
  }
  // What it would mean is not known, and an option that is passed over (`ssl=…`) would be missed.
  const [option] = url.searchParams.keys()
  if (option !== undefined) {
    throw new MysqlError(`the URL has an option "${option}", which is not read`, {
      hint: 'say it in a field of the connection, such as sslmode',
    })
  }
  const part = (given: string) => (given === '' ? undefined : decoded(given))
  return {
    host: part(url.hostname.replace(/^\[|\]$/g, '')),
    port: url.port === '' ? undefined : Number(url.port),
    database: part(url.pathname.slice(1)),
    user: part(url.username),
    password: part(url.password),
  } as Given
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new MysqlError('the URL of the connection cannot be read', { hint: HINT })
  }
}

function certificates(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new MysqlError(`${file}, the certificates to trust, cannot be read`, { cause })
  }
}
