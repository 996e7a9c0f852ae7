/**
 * What `sslmode` means, as libpq means it (https://www.postgresql.org/docs/current/libpq-ssl.html). pg's own reading of
 * it differs and may change, so it is never given the word.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConnectionOptions } from 'node:tls'
import type { Conninfo } from './conninfo.js'
import { type Env, home } from './libpq-files.js'
import type { Host } from './settings.js'
import { PostgresError } from './source.js'

/** One way to try; `undefined` is without TLS. */
export type TlsAttempt = ConnectionOptions | undefined

const MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
type Mode = (typeof MODES)[number]

/** Ways to try, in order. The second is taken only where the server or TLS refused the first. */
export function tlsAttempts(info: Conninfo, host: Host, env: Env): readonly [TlsAttempt, ...TlsAttempt[]] {
  // libpq ignores sslmode on Unix sockets.
  if (host.host.startsWith('/')) return [undefined]
  switch (modeOf(info)) {
    case 'disable':
      return [undefined]
    case 'allow':
      return [undefined, options(info, host, env, false)]
    case 'prefer':
      return [options(info, host, env, false), undefined]
    case 'require':
      return [options(info, host, env, rootFile(info, env) !== undefined ? 'ca' : false)]
    case 'verify-ca':
      return [options(info, host, env, 'ca')]
    case 'verify-full':
      return [options(info, host, env, 'full')]
  }
}

function modeOf(info: Conninfo): Mode {
  const system = info['sslrootcert'] === 'system'
  const text = info['sslmode'] ?? (system ? 'verify-full' : 'prefer')
  const mode = MODES.find((one) => one === text)
  if (mode === undefined) throw new PostgresError(`sslmode must be one of ${MODES.join(', ')}`)
  if (system && mode !== 'verify-full') {
    throw new PostgresError(`sslmode "${mode}" is too weak for sslrootcert=system`, { hint: 'use verify-full' })
  }
  if (info['sslnegotiation'] === 'direct' && (mode === 'disable' || mode === 'allow' || mode === 'prefer')) {
    throw new PostgresError(`sslmode "${mode}" is too weak for sslnegotiation=direct`, {
      hint: 'use require or better',
    })
  }
  return mode
}

function options(info: Conninfo, host: Host, env: Env, verify: false | 'ca' | 'full'): ConnectionOptions {
  const root = rootFile(info, env)
  if (verify !== false && root === undefined && info['sslrootcert'] !== 'system') {
    throw new PostgresError('no root certificate file to verify the server with', {
      hint: 'set sslrootcert to a file, or to "system" for the certificates Node trusts',
    })
  }
  const cert = info['sslcert'] ?? optional(join(home(env), '.postgresql/postgresql.crt'))
  const key = info['sslkey'] ?? optional(join(home(env), '.postgresql/postgresql.key'))
  const min = tlsVersion(info['ssl_min_protocol_version'])
  const max = tlsVersion(info['ssl_max_protocol_version'])
  return {
    // Verified against the name asked for, also where `hostaddr` says where that is.
    host: host.host,
    ...(isAddress(host.host) ? {} : { servername: host.host }),
    rejectUnauthorized: verify !== false,
    ...(verify === 'full' ? {} : { checkServerIdentity: () => undefined }),
    ...(verify !== false && root !== undefined ? { ca: contents(root) } : {}),
    ...(cert !== undefined && key !== undefined ? { cert: contents(cert), key: contents(key) } : {}),
    ...(info['sslpassword'] === undefined ? {} : { passphrase: info['sslpassword'] }),
    ...(info['sslcrl'] === undefined ? {} : { crl: contents(info['sslcrl']) }),
    ...(min === undefined ? {} : { minVersion: min }),
    ...(max === undefined ? {} : { maxVersion: max }),
  }
}

function rootFile(info: Conninfo, env: Env): string | undefined {
  const given = info['sslrootcert']
  if (given === 'system') return undefined
  return given ?? optional(join(home(env), '.postgresql/root.crt'))
}

function optional(path: string): string | undefined {
  return existsSync(path) ? path : undefined
}

function contents(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new PostgresError(`cannot read ${path}`, { cause })
  }
}

function tlsVersion(text: string | undefined): 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3' | undefined {
  return (['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const).find((version) => version === text)
}

function isAddress(host: string): boolean {
  return host.includes(':') || /^\d+(\.\d+){3}$/.test(host)
}
