/** Connections of a server that are taken, against every limit that ordinary roles meet. */
import { CheckError } from '../../lib/errors.js'
import { type ConnectionUse, connectionUse, type Held, roleLimit } from '../../postgres/connection-use.js'
import type { Session } from '../../postgres/source.js'
import { firstToRunOut, type Supply } from '../../probes/supply.js'
import type { Check, Context, Observation } from '../kind.js'
import type { ResourceSpec } from './kind.js'
import { observationOf } from './observation.js'

/** A limit and whose connections count towards it. */
interface Scoped extends Supply {
  readonly counts: (held: Held) => boolean
}

export async function connections(
  { spec, timeoutMs }: Check<ResourceSpec>,
  { signal, connections: open }: Context,
  connection: string,
): Promise<Observation> {
  const options = { signal, timeoutMs }
  const { use, limits } = await open
    .postgres(connection)
    .withSession(options, (session) => limitsOf(session, spec.user))
  const least = firstToRunOut(limits)
  return observationOf(spec.measure, {
    supplies: least === undefined ? [] : [least],
    otherwise: '',
    notes: use.exact
      ? []
      : ['the role lacks pg_read_all_stats: parallel and other workers may be counted as connections too'],
    ...(spec.pools === undefined || least === undefined
      ? {}
      : { more: { when_full: whenFull(use, least, spec.pools) } }),
  })
}

async function limitsOf(session: Session, user: string | undefined) {
  const use = await connectionUse(session)
  const usable = use.maxConnections - use.reserved
  const reserved = use.reserved === 0 ? '' : ` without ${use.reserved} reserved`
  const limits = [limit(use, () => true, usable, `max_connections (${use.maxConnections})${reserved}`)]
  if (use.databaseLimit !== undefined) {
    limits.push(limit(use, ({ here }) => here, use.databaseLimit, `the connection limit of database ${use.database}`))
  }
  if (user !== undefined) {
    const role = await roleLimit(session, user)
    if (role === undefined) throw new CheckError(`the server has no role "${user}"`, { at: { path: ['user'] } })
    if (role.limit !== undefined) {
      limits.push(limit(use, (held) => held.role === user, role.limit, `the connection limit of role ${user}`))
    }
  }
  return { use, limits }
}

function limit({ held }: ConnectionUse, counts: Scoped['counts'], total: number, name: string): Scoped {
  return { used: sum(held.filter(counts)), total, limit: name, counts }
}

/** The pools full, and beside them what others hold now of the same limit. */
function whenFull({ held }: ConnectionUse, { counts }: Scoped, pools: NonNullable<ResourceSpec['pools']>): number {
  const users = new Set(pools.map(({ user }) => user))
  const others = held.filter((one) => counts(one) && (one.role === null || !users.has(one.role)))
  return sum(others) + pools.reduce((total, { size, instances }) => total + size * instances, 0)
}

function sum(held: readonly Held[]): number {
  return held.reduce((total, { count }) => total + count, 0)
}
