/** Rights that checks need and the role lacks, each with the statement that grants it. Pure. */

import { formatNumber, listWords } from '../../lib/text.js'
import { quoted } from '../../postgres/create-role.js'
import type { Relation } from '../../postgres/relations.js'
import type { Counted, Rights } from '../../postgres/rights.js'
import { distinct, type Need, wanting } from './needs.js'
import type { PlannedReading } from './postgres-readings.js'
import type { Right } from './result.js'

export interface Asked {
  readonly role: string
  readonly rights: Rights
  readonly needs: readonly Need[]
  readonly readings: readonly PlannedReading[]
}

export function tooFew(asked: Asked): readonly Right[] {
  const { rights } = asked
  if (rights.superuser) return []
  return [...ofTables(asked), ...ofSearchedTables(asked), ...ofStatistics(asked), ...ofSequences(asked)]
}

/** By table, since one statement serves all checks that read it. */
function ofTables({ role, readings }: Asked): readonly Right[] {
  const rights = new Map<string, Right>()
  const lack = (what: string, fix: string | undefined, check: string) => {
    const checks = rights.get(what)?.checks ?? []
    rights.set(what, { what, fix, checks: distinct([...checks, check]) })
  }
  for (const { check, relations, problem, refused } of readings) {
    if (!refused) continue
    const named = (relations ?? []).filter((relation) => relation.named)
    const lacking = named.filter((relation) => !relation.readable || relation.hidesRows)
    for (const relation of lacking) {
      const name = nameOf(relation)
      if (!relation.readable) lack(`SELECT on ${name}`, grantOn(relation, role), check.id)
      if (relation.hidesRows) lack(`policies hide rows of ${name}`, `ALTER ROLE ${quoted(role)} BYPASSRLS;`, check.id)
    }
    // A function, a column, a schema: the server's own words say which.
    if (lacking.length === 0) lack(problem?.message ?? 'a right', problem?.hint, check.id)
  }
  return [...rights.values()]
}

function grantOn(relation: Relation, role: string): string | undefined {
  const table = `${quoted(relation.schema)}.${quoted(relation.name)}`
  if (relation.system) return relation.open === 'monitor' ? `GRANT pg_monitor TO ${quoted(role)};` : undefined
  const usage = `GRANT USAGE ON SCHEMA ${quoted(relation.schema)} TO ${quoted(role)};`
  return `${usage} GRANT SELECT ON ${relation.kind === 'S' ? 'SEQUENCE' : 'TABLE'} ${table} TO ${quoted(role)};`
}

function ofSearchedTables({ role, rights, needs }: Asked): readonly Right[] {
  const checks = wanting(needs, 'tables')
  if (checks.length === 0) return []
  const { unreadable, hidingRows, schemas } = rights
  const all = schemas.map(quoted).join(', ')
  const grant = `GRANT USAGE ON SCHEMA ${all} TO ${quoted(role)}; GRANT SELECT ON ALL TABLES IN SCHEMA ${all} TO ${quoted(role)};`
  return [
    ...(unreadable.count === 0 ? [] : [{ what: `SELECT on ${some(unreadable, 'table')}`, fix: grant, checks }]),
    ...(hidingRows.count === 0
      ? []
      : [
          {
            what: `policies hide rows of ${some(hidingRows, 'table')}`,
            fix: `ALTER ROLE ${quoted(role)} BYPASSRLS;`,
            checks,
          },
        ]),
  ]
}

function ofStatistics({ role, rights, needs, readings }: Asked): readonly Right[] {
  if (rights.monitor) return []
  const checks = distinct([...wanting(needs, 'sessions'), ...reading(readings, isAboutOthers)])
  if (checks.length === 0) return []
  const what = 'pg_monitor: without it, what other sessions do is hidden'
  return [{ what, fix: `GRANT pg_monitor TO ${quoted(role)};`, checks }]
}

function ofSequences({ role, rights, readings }: Asked): readonly Right[] {
  const { unreadableSequences: lacking, schemas } = rights
  const checks = reading(readings, isAboutSequences)
  if (lacking.count === 0 || checks.length === 0) return []
  const all = schemas.map(quoted).join(', ')
  const fix = `GRANT USAGE ON SCHEMA ${all} TO ${quoted(role)}; GRANT SELECT ON ALL SEQUENCES IN SCHEMA ${all} TO ${quoted(role)};`
  return [{ what: `SELECT on ${some(lacking, 'sequence')}, whose values are hidden`, fix, checks }]
}

/** Checks one of whose queries reads such a relation. */
export function reading(readings: readonly PlannedReading[], is: (relation: Relation) => boolean): readonly string[] {
  return distinct(readings.flatMap(({ check, relations }) => (relations?.some(is) === true ? [check.id] : [])))
}

/** Views that show a role without pg_monitor less than there is, and raise no error. */
const OTHERS = /^pg_stat_(activity|replication|wal_receiver|ssl|gssapi|subscription|progress_\w+|statements)$/

export function isAboutOthers({ schema, name }: Pick<Relation, 'schema' | 'name'>): boolean {
  return (schema === 'pg_catalog' || name === 'pg_stat_statements') && OTHERS.test(name)
}

export function isAboutSequences({ system, name }: Pick<Relation, 'system' | 'name'>): boolean {
  return system && (name === 'pg_sequences' || name === 'pg_sequence')
}

function nameOf({ schema, name }: Pick<Relation, 'schema' | 'name'>): string {
  return `${schema}.${name}`
}

export function some({ count, some: names }: Counted, one: string): string {
  const rest = count - names.length
  if (rest <= 0) return listWords(names)
  return `${formatNumber(count)} ${one}s (${names.join(', ')} …)`
}
