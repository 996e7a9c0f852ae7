/** A Redis connection: which server, as whom, how far, and whether its user may do more than read. */

import type { RedisSettings } from '../../redis/settings.js'
import { RedisError, type RedisReader, type RedisSource, type Reply } from '../../redis/source.js'
import type { LookOptions, Need } from './needs.js'
import type { Right, Seen } from './result.js'
import { roundTrips } from './round-trips.js'

const TRIPS = 5

/** Errors: RedisError where it cannot be reached. */
export function lookAtRedis(
  source: RedisSource,
  { tls, database, user }: Pick<RedisSettings, 'tls' | 'database' | 'user'>,
  needs: readonly Need[],
  { signal }: LookOptions,
): Promise<Seen> {
  return source.read({ signal }, async (redis) => {
    const clock = await permitted(() => redis.call('TIME'))
    const trips = await roundTrips(TRIPS, async () =>
      clock.refused ? void (await redis.call('PING')) : millisecondsOf(await redis.call('TIME')),
    )
    const info = await permitted(() => redis.call('INFO', 'server'))
    const replication = await permitted(() => redis.call('INFO', 'replication'))
    const { role, rules, notes } = await userOf(redis, user ?? 'default')
    const about = info.refused ? '' : String(info.reply)
    const name = fieldOf(about, 'server_name') ?? 'Redis'
    const version = fieldOf(about, 'valkey_version') ?? fieldOf(about, 'redis_version')
    return {
      ...trips,
      server: version === undefined ? 'Redis' : `${name === 'valkey' ? 'Valkey' : 'Redis'} ${version}`,
      database: String(database),
      role,
      standing: standingOf(replication.refused ? '' : String(replication.reply)),
      tls,
      tooFew: info.refused && needs.length > 0 ? [lacking(role, needs)] : [],
      tooMany:
        rules === undefined || !writes(rules) ? [] : [{ what: `may write: ${rules}`, fix: narrowed(role), checks: [] }],
      untold: [],
      notes: [...redis.remarks, ...notes],
    }
  })
}

function lacking(role: string, needs: readonly Need[]): Right {
  const checks = [...new Set(needs.map(({ check }) => check.id))]
  return { what: 'INFO, which says how the server is', fix: `ACL SETUSER ${role} +info`, checks }
}

function narrowed(role: string): string {
  const user = role === 'default' ? 'postflight on >choose-one' : role
  return `ACL SETUSER ${user} ~* -@all +@read +select +ping +info +time +config|get`
}

interface User {
  readonly role: string
  /** As the access control list has them; undefined where that may not be asked. */
  readonly rules: string | undefined
  readonly notes: readonly string[]
}

async function userOf(redis: RedisReader, given: string): Promise<User> {
  const who = await permitted(() => redis.call('ACL', 'WHOAMI'))
  const role = who.refused ? given : String(who.reply)
  const asked = await permitted(() => redis.call('ACL', 'GETUSER', role))
  const notes = asked.refused ? ['whether its user may write is told by ACL GETUSER, which it may not ask'] : []
  return { role, rules: asked.refused ? undefined : commandsOf(asked.reply), notes }
}

/** Nothing but the commands is taken from the answer: it holds digests of passwords, too. */
function commandsOf(reply: Reply): string | undefined {
  if (!Array.isArray(reply)) return undefined
  const at = reply.indexOf('commands')
  const rules: unknown = at < 0 ? undefined : reply[at + 1]
  return typeof rules === 'string' ? rules : undefined
}

function writes(rules: string): boolean {
  return /(^| )\+(@all|@write|@admin|@dangerous|set|del|flushall|flushdb)( |$)/.test(rules)
}

type Permitted = { readonly refused: false; readonly reply: Reply } | { readonly refused: true }

/** An answer, or that the server knows no such command, or does not let this user. */
async function permitted(ask: () => Promise<Reply>): Promise<Permitted> {
  try {
    return { refused: false, reply: await ask() }
  } catch (error) {
    if (error instanceof RedisError && (error.code === 'NOPERM' || error.code === 'ERR')) return { refused: true }
    throw error
  }
}

function millisecondsOf(reply: Reply): number | undefined {
  if (!Array.isArray(reply)) return undefined
  const [seconds, micros] = reply.map(Number)
  return seconds === undefined || micros === undefined ? undefined : seconds * 1000 + micros / 1000
}

function fieldOf(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1]
}

function standingOf(info: string): Seen['standing'] {
  const role = fieldOf(info, 'role')
  return role === 'master' ? 'primary' : role === 'slave' ? 'standby' : undefined
}
