/**
 * Makes one database on a server, named so that it cannot be taken for another, and drops it again: at the end of the
 * run, after a failure, and by a watchdog when this process is killed. Touches no database but the one it made, and
 * those of earlier runs on this machine whose process is dead.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { CheckError } from '../lib/errors.js'
import { quoteIdentifier, quoteLiteral } from '../postgres/quote.js'
import { libpqVariables, resolveSettings } from '../postgres/settings.js'
import type { PostgresAccess } from '../postgres/source.js'
import { type Write, withWritingSession } from '../postgres/writing.js'
import { type Allowed, assertAllowed } from './allowed.js'
import { ownerState, ownScratch, parseOwner } from './scratch-owner.js'
import { startWatchdog } from './scratch-watchdog.js'

const PREFIX = 'postflight_restore_'
const DROP_MS = 60_000

export interface ScratchDatabase {
  readonly name: string
  /** For libpq's programs; holds the password. */
  readonly env: Readonly<Record<string, string>>
  /** What became of databases that earlier runs left. */
  readonly notes: readonly string[]
  /** May be called again. */
  readonly drop: () => Promise<void>
}

export interface ScratchOptions {
  readonly allowed: Allowed
  readonly psql: string
  readonly signal: AbortSignal
}

/** Errors: CheckError where writes are not allowed, PostgresError of the server. */
export async function createScratchDatabase(
  access: PostgresAccess,
  { allowed, psql, signal }: ScratchOptions,
): Promise<ScratchDatabase> {
  assertAllowed(allowed, 'writes', 'restoring into a scratch database')
  const token = randomBytes(8).toString('hex')
  const name = `${PREFIX}${token}`
  const comment = JSON.stringify(ownScratch(token))
  const applicationName = `postflight restore ${token}`
  const settings = resolveSettings(access.spec, access.env)
  const env = { ...surroundings(access.env), ...libpqVariables(settings) }
  const watchdog = startWatchdog({ psql, env, database: settings.database, name, comment, applicationName })
  let dropped: Promise<void> | undefined
  const drop = (): Promise<void> => {
    dropped ??= dropDatabase(access, { name, comment, applicationName }).then(watchdog.done, (error: unknown) => {
      watchdog.release()
      throw error
    })
    return dropped
  }
  try {
    const notes = await withWritingSession(access, { signal, applicationName }, async (write) => {
      const reaped = await reapDead(write)
      await write(`CREATE DATABASE ${quoteIdentifier(name)} TEMPLATE template0`).catch(mayNot)
      await write(`COMMENT ON DATABASE ${quoteIdentifier(name)} IS ${quoteLiteral(comment)}`)
      return reaped
    })
    return { name, env, notes, drop }
  } catch (error) {
    // Whatever has been made of it by then.
    await drop().catch(() => undefined)
    throw error
  }
}

function mayNot(error: unknown): never {
  if (error instanceof CheckError && 'code' in error && error.code === '42501') {
    throw new CheckError(`${error.message}: the scratch database could not be made`, {
      cause: error,
      hint: 'give the role CREATEDB, or restore on another server',
    })
  }
  throw error
}

interface Made {
  readonly name: string
  readonly comment: string
  readonly applicationName: string
}

/** By name and comment, both made by this process; sessions in it are ended first. */
async function dropDatabase(access: PostgresAccess, { name, comment, applicationName }: Made): Promise<void> {
  const signal = AbortSignal.timeout(DROP_MS)
  await withWritingSession(access, { signal, applicationName: 'postflight drop' }, async (write) => {
    for (;;) {
      await write(
        `SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
         WHERE datname = $1 OR application_name = $2`,
        [name, applicationName],
      )
      const [found] = await write(
        `SELECT coalesce(pg_catalog.shobj_description(oid, 'pg_database'), $2) = $2 FROM pg_catalog.pg_database
         WHERE datname = $1`,
        [name, comment],
      )
      const [busy] = await write('SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE application_name = $1', [
        applicationName,
      ])
      if (found === undefined && busy?.[0] === '0') return
      if (found !== undefined && found[0] !== 't') {
        throw new CheckError(`the database ${name} is not as it was made; it was left`, { hint: 'drop it by hand' })
      }
      if (found !== undefined && (await gone(write, name))) continue
      await wait(100, undefined, { signal })
    }
  })
}

/** Whether it is dropped; not where somebody connected to it again. */
async function gone(write: Write, name: string): Promise<boolean> {
  try {
    await write(`DROP DATABASE IF EXISTS ${quoteIdentifier(name)}`)
    return true
  } catch (error) {
    if (error instanceof CheckError && 'code' in error && error.code === '55006') return false
    throw error
  }
}

/** Databases of runs that were killed together with their watchdog. Those of other machines are told, never touched. */
async function reapDead(write: Write): Promise<readonly string[]> {
  const rows = await write(
    `SELECT datname, pg_catalog.shobj_description(oid, 'pg_database') FROM pg_catalog.pg_database
     WHERE pg_catalog.starts_with(datname::text, $1)`,
    [PREFIX],
  )
  const notes: string[] = []
  for (const [name, comment] of rows) {
    const owner = parseOwner(comment)
    if (typeof name !== 'string' || owner === undefined || name !== `${PREFIX}${owner.token}`) continue
    const state = ownerState(owner)
    if (state === 'alive') continue
    if (state === 'dead') {
      const done = await gone(write, name).catch(() => false)
      notes.push(`${done ? 'dropped' : 'could not drop'} the scratch database ${name} of a run that was killed`)
    } else
      notes.push(`the scratch database ${name} was made on ${owner.host}; if no run there uses it, drop it by hand`)
  }
  return notes
}

/** What programs need beside libpq's variables; messages in English, to be counted. */
function surroundings(env: PostgresAccess['env']): Readonly<Record<string, string>> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LD_LIBRARY_PATH'].flatMap((name) => {
    const value = env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(kept), LC_ALL: 'C' }
}
