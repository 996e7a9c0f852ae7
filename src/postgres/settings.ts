/**
 * Where to connect and as whom, put together as libpq does: the check file's own fields, then its URL, then the service,
 * then PG* variables, then defaults. No network.
 */
import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import type { PostgresSpec } from '../connections/schema.js'
import { type Conninfo, parseConninfo } from './conninfo.js'
import { type Env, readPassfile, readService } from './libpq-files.js'
import { PostgresError } from './source.js'

export interface Host {
  /** Name, address, or directory of a Unix socket. */
  readonly host: string
  /** Address to use instead of looking `host` up. */
  readonly address?: string | undefined
  readonly port: number
}

export interface Settings {
  readonly hosts: readonly Host[]
  readonly database: string
  readonly user: string
  readonly password: (host: Host) => { readonly password?: string; readonly ignored?: string }
  /** libpq keywords, for TLS and the rest. */
  readonly info: Conninfo
  readonly connectTimeoutMs: number
}

const VARIABLES = {
  PGHOST: 'host',
  PGHOSTADDR: 'hostaddr',
  PGPORT: 'port',
  PGDATABASE: 'dbname',
  PGUSER: 'user',
  PGPASSWORD: 'password',
  PGPASSFILE: 'passfile',
  PGSSLMODE: 'sslmode',
  PGSSLROOTCERT: 'sslrootcert',
  PGSSLCERT: 'sslcert',
  PGSSLKEY: 'sslkey',
  PGSSLCRL: 'sslcrl',
  PGSSLNEGOTIATION: 'sslnegotiation',
  PGSSLMINPROTOCOLVERSION: 'ssl_min_protocol_version',
  PGSSLMAXPROTOCOLVERSION: 'ssl_max_protocol_version',
  PGCHANNELBINDING: 'channel_binding',
  PGCONNECT_TIMEOUT: 'connect_timeout',
  PGOPTIONS: 'options',
  PGTARGETSESSIONATTRS: 'target_session_attrs',
} as const

/** Errors: PostgresError without secrets. */
export function resolveSettings(spec: Omit<PostgresSpec, 'type'>, env: Env): Settings {
  const given = { ...(spec.url === undefined ? {} : parseConninfo(spec.url)), ...fields(spec) }
  const service = given['service'] ?? env['PGSERVICE']
  const info: Conninfo = { ...variables(env), ...(service === undefined ? {} : readService(service, env)), ...given }
  const user = info['user'] ?? userInfo().username
  const database = info['dbname'] ?? user
  const hosts = listHosts(info)
  const timeout = Number(info['connect_timeout'] ?? 0)
  return {
    hosts,
    user,
    database,
    info,
    password: (host) =>
      info['password'] === undefined
        ? readPassfile(info['passfile'], env, { host: host.host, port: host.port, database, user })
        : { password: info['password'] },
    connectTimeoutMs: timeout > 0 ? timeout * 1000 : spec.connect_timeout,
  }
}

function fields(spec: Omit<PostgresSpec, 'type'>): Conninfo {
  const named = {
    host: spec.host,
    port: spec.port?.toString(),
    dbname: spec.database,
    user: spec.user,
    password: spec.password,
    sslmode: spec.sslmode,
    sslrootcert: spec.sslrootcert,
    sslcert: spec.sslcert,
    sslkey: spec.sslkey,
    service: spec.service,
  }
  return Object.fromEntries(Object.entries(named).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

/** The settings as the variables that libpq's own programs read: nothing of it in their arguments, which others can see. */
export function libpqVariables({ info, user, hosts, password }: Settings): Readonly<Record<string, string>> {
  const [first] = hosts
  const secret = first === undefined ? undefined : password(first).password
  const named = Object.entries(VARIABLES).flatMap(([variable, keyword]) => {
    const value = info[keyword]
    return value === undefined ? [] : [[variable, value] as const]
  })
  return {
    ...Object.fromEntries(named),
    PGHOST: hosts.map(({ host }) => host).join(','),
    PGPORT: hosts.map(({ port }) => port).join(','),
    PGUSER: user,
    ...(secret === undefined ? {} : { PGPASSWORD: secret }),
  }
}

function variables(env: Env): Conninfo {
  const info: Record<string, string> = {}
  for (const [variable, keyword] of Object.entries(VARIABLES)) {
    const value = env[variable]
    if (value !== undefined && value !== '') info[keyword] = value
  }
  return info
}

function listHosts(info: Conninfo): readonly Host[] {
  const names = info['host']?.split(',') ?? []
  const addresses = info['hostaddr']?.split(',') ?? []
  const ports = info['port']?.split(',') ?? []
  const count = Math.max(names.length, addresses.length, 1)
  if (ports.length > 1 && ports.length !== count) {
    throw new PostgresError(`${ports.length} ports are given for ${count} hosts`)
  }
  return Array.from({ length: count }, (_, index) => {
    const text = (ports.length === 1 ? ports[0] : ports[index]) || '5432'
    const port = Number(text)
    if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
      throw new PostgresError('the port is no number from 1 to 65535')
    const address = addresses[index] || undefined
    return { host: names[index] || address || defaultHost(port), address, port }
  })
}

/** The local socket where there is one, as libpq's builds choose it, else localhost. */
function defaultHost(port: number): string {
  const directories = ['/var/run/postgresql', '/tmp']
  return directories.find((directory) => existsSync(join(directory, `.s.PGSQL.${port}`))) ?? 'localhost'
}
