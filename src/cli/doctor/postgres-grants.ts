/** What a role of its own would have to be granted for the checks of one connection, and no more. Pure. */

import type { Grants } from '../../postgres/create-role.js'
import { parseName } from '../../postgres/quote.js'
import { type Need, wanting } from './needs.js'
import { type Asked, isAboutOthers, isAboutSequences, reading } from './postgres-few.js'
import type { PlannedReading } from './postgres-readings.js'

type Table = Grants['tables'][number]

export function grantsFor({
  database,
  rights,
  needs,
  readings,
}: Omit<Asked, 'role'> & { readonly database: string }): Grants {
  const unknown = readings.filter(({ relations, refused }) => relations === undefined && refused)
  const guessed = unknown.flatMap((one) => tableOf(one) ?? [])
  const searching = wanting(needs, 'tables')
  // Of these nobody can say which tables they read: the schema may not even be looked into.
  const blind = unknown.filter((one) => tableOf(one) === undefined).map(({ check }) => check.id)
  const whole = searching.length > 0 || blind.length > 0
  const read = readings.flatMap(({ relations }) => (relations ?? []).filter(({ named }) => named))
  const policies = read.filter(({ rowSecurity }) => rowSecurity).map(({ schema, name }) => `${schema}.${name}`)
  const sequences = reading(readings, isAboutSequences).length > 0
  return {
    database,
    tables: sorted([...read.filter(({ system }) => !system), ...guessed]),
    wholeSchemas: whole ? rights.schemas : [],
    sequencesOf: sequences ? rights.schemas : [],
    monitor: needsMonitor(needs, readings),
    pastPolicies: [...new Set([...policies, ...(whole ? rights.withRowSecurity.some : [])])],
    searchPath: rights.searchPath,
    writes: wanting(needs, 'writes').length > 0,
    remarks: [
      ...(searching.length === 0
        ? []
        : [`Which tables it reads is known only once it runs: check ${searching.join(', ')}.`]),
      ...(blind.length === 0
        ? []
        : [
            `What they read cannot be told with the rights of this connection: check ${blind.join(', ')}. Run doctor as a role with more for a shorter list.`,
          ]),
      ...readings.flatMap(({ check, problem, refused }) =>
        problem === undefined || refused ? [] : [`For check ${check.id} nothing is granted: ${problem.message}.`],
      ),
    ],
  }
}

function needsMonitor(needs: readonly Need[], readings: readonly PlannedReading[]): boolean {
  const restricted = readings.some(
    ({ relations }) =>
      relations?.some((relation) => isAboutOthers(relation) || (relation.named && relation.open === 'monitor')) ===
      true,
  )
  return restricted || wanting(needs, 'sessions').length > 0
}

function tableOf({ table }: PlannedReading): Table | undefined {
  const [schema, name, ...more] = (table === undefined ? undefined : parseName(table)) ?? []
  return schema === undefined || name === undefined || more.length > 0 ? undefined : { schema, name, kind: 'r' }
}

function sorted(tables: readonly Table[]): readonly Table[] {
  const byName = new Map(tables.map(({ schema, name, kind }) => [`${schema}\0${name}`, { schema, name, kind }]))
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, table]) => table)
}
