/** A PostgreSQL connection: which server, as whom, how far, and whether the rights are those the checks need. */
import { identityOf } from '../../postgres/identity.js'
import { rightsOf } from '../../postgres/rights.js'
import type { PostgresSource } from '../../postgres/source.js'
import type { LookOptions, Need } from './needs.js'
import { tooFew } from './postgres-few.js'
import { grantsFor } from './postgres-grants.js'
import { tooMany } from './postgres-many.js'
import { readingsOf } from './postgres-readings.js'
import type { Seen } from './result.js'
import { roundTrips } from './round-trips.js'

const TRIPS = 5
const CLOCK = {
  text: `SELECT pg_catalog.floor(1000 * pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()))::pg_catalog.text`,
}

/** Errors: PostgresError where no session can be had. */
export async function lookAtPostgres(
  source: PostgresSource,
  needs: readonly Need[],
  options: LookOptions,
): Promise<Seen> {
  const { trips, identity, rights, inRecovery } = await source.withSession(options, async (session) => ({
    trips: await roundTrips(TRIPS, async () => Number((await session.query(CLOCK)).rows[0]?.[0])),
    identity: await identityOf(session),
    inRecovery: session.server.inRecovery,
    rights: await rightsOf(session),
  }))
  const readings = await readingsOf(source, needs, options)
  const { version, database, role, encrypted, address } = identity
  return {
    ...trips,
    server: `PostgreSQL ${version}`,
    database,
    role,
    standing: inRecovery ? 'standby' : 'primary',
    tls: encrypted,
    tooFew: tooFew({ role, rights, needs, readings }),
    tooMany: tooMany(rights, needs, readings),
    untold: readings.flatMap(({ check, refused, problem }) =>
      problem === undefined || refused ? [] : [{ check: check.id, problem }],
    ),
    notes: address === undefined ? [] : [`the server is at ${address}`],
    grants: grantsFor({ database, rights, needs, readings }),
  }
}
