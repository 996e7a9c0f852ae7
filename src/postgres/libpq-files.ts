/** The files libpq reads beside a connection string: pg_service.conf and the password file. */
import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type Conninfo, parseConninfo } from './conninfo.js'
import { PostgresError } from './source.js'

export type Env = Readonly<Record<string, string | undefined>>

export function home(env: Env): string {
  return env['HOME'] ?? homedir()
}

/** Settings of a service. Errors: PostgresError where no file has it. */
export function readService(name: string, env: Env): Conninfo {
  const files = [
    env['PGSERVICEFILE'] ?? join(home(env), '.pg_service.conf'),
    env['PGSYSCONFDIR'] === undefined
      ? '/etc/postgresql-common/pg_service.conf'
      : join(env['PGSYSCONFDIR'], 'pg_service.conf'),
  ]
  for (const file of files) {
    const found = parseService(read(file) ?? '', name)
    if (found !== undefined) return found
  }
  throw new PostgresError(`no pg_service.conf has a service "${name}"`, { hint: `looked in ${files.join(' and ')}` })
}

function parseService(text: string, name: string): Conninfo | undefined {
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  const start = lines.indexOf(`[${name}]`)
  if (start === -1) return undefined
  const settings: Record<string, string> = {}
  for (const line of lines.slice(start + 1)) {
    if (line.startsWith('[')) break
    const equals = line.indexOf('=')
    if (line === '' || line.startsWith('#') || equals === -1) continue
    const quoted = line
      .slice(equals + 1)
      .trim()
      .replace(/['\\]/g, '\\$&')
    Object.assign(settings, parseConninfo(`${line.slice(0, equals).trim()}='${quoted}'`))
  }
  return settings
}

export interface Passfile {
  readonly password?: string
  /** Why the file was passed over. */
  readonly ignored?: string
}

/** First matching line of the password file. As libpq does, a file that others may read is passed over. */
export function readPassfile(
  file: string | undefined,
  env: Env,
  wanted: { readonly host: string; readonly port: number; readonly database: string; readonly user: string },
): Passfile {
  const path = file ?? join(home(env), '.pgpass')
  const text = read(path)
  if (text === undefined) return {}
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    return { ignored: `the password file ${path} is ignored because others may read it: chmod 600 it` }
  }
  // libpq looks a default socket directory up as localhost; both spellings are taken here.
  const hosts = wanted.host.startsWith('/') ? [wanted.host, 'localhost'] : [wanted.host]
  const asked = [hosts, [String(wanted.port)], [wanted.database], [wanted.user]]
  for (const line of text.split(/\r?\n/)) {
    const found = line.startsWith('#') ? null : PASSFILE_LINE.exec(line)
    if (found === null) continue
    const [, host, port, database, user, password = ''] = found
    const matches = [host, port, database, user].every(
      (field = '', index) => field === '*' || asked[index]?.includes(plainField(field)),
    )
    if (matches) return { password: plainField(password) }
  }
  return {}
}

const PASSFILE_LINE = /^((?:\\.|[^:\\])*):((?:\\.|[^:\\])*):((?:\\.|[^:\\])*):((?:\\.|[^:\\])*):(.*)$/

function plainField(field: string): string {
  return field.replace(/\\(.)/g, '$1')
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
