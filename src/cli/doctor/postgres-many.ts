/** Rights the role has beyond reading. No check needs them, and what it cannot do it cannot do by mistake. Pure. */
import type { Rights } from '../../postgres/rights.js'
import { type Need, wanting } from './needs.js'
import { some } from './postgres-few.js'
import type { PlannedReading } from './postgres-readings.js'
import type { Right } from './result.js'

export function tooMany(rights: Rights, needs: readonly Need[], readings: readonly PlannedReading[]): readonly Right[] {
  const right = (has: boolean, what: string): readonly Right[] => (has ? [{ what, checks: [] }] : [])
  if (rights.superuser) return right(true, 'superuser: it may do everything')
  const { owned, writable, createsIn } = rights
  const writes = wanting(needs, 'writes').length > 0
  const seesPolicies =
    (wanting(needs, 'tables').length > 0 && rights.withRowSecurity.count > 0) ||
    readings.some(({ relations }) => relations?.some(({ rowSecurity, named }) => rowSecurity && named) === true)
  const writing = rights.roles.includes('pg_write_all_data')
  return [
    ...right(rights.bypassRowSecurity && !seesPolicies, 'BYPASSRLS, and nothing that is read has policies'),
    ...right(rights.createRole, 'CREATEROLE: it may give rights to itself and others'),
    ...right(rights.createDatabase && !writes, 'CREATEDB'),
    ...right(rights.replication, 'REPLICATION: it may copy the whole server'),
    ...rights.roles.flatMap((role) => right(true, `member of ${role}`)),
    ...right(rights.ownsDatabase, 'owner of the database'),
    ...right(owned.count > 0, `owner of ${some(owned, 'table')}`),
    ...right(
      writable.count > 0 && !writing && !writes,
      `INSERT, UPDATE, DELETE or TRUNCATE on ${some(writable, 'relation')}`,
    ),
    ...right(rights.createsInDatabase && !rights.ownsDatabase, 'CREATE on the database'),
    ...right(createsIn.count > 0 && !rights.ownsDatabase, `CREATE on schema ${createsIn.some.join(', ')}`),
  ]
}
