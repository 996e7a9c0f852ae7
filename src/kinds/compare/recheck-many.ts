/** The same of findings of several tables: each is looked at in its own. */
import type { Finding, Recheck, Rechecked } from '../kind.js'
import { guarded } from './guarded.js'
import { specOf } from './observe-many.js'
import { recheckKeys, type ToldFinding, untold } from './recheck-keys.js'
import type { CheckSpec } from './schema.js'
import { lookingOf, withBoth } from './sessions.js'
import { type Paired, pairTables } from './tables.js'
import { tableKeyOf } from './tell.js'

export const recheckMany: Recheck<CheckSpec> = (check, findings, context) =>
  withBoth({ ...lookingOf(check, context, context.signal), lasting: true }, async (sessions) => {
    const paired = await pairTables(check.spec, sessions)
    const results = new Map<Finding, Rechecked>()
    for (const [table, own] of byTable(findings)) {
      const pair = paired.pairs.find(({ name }) => name === table)
      if (pair === undefined) continue
      const error = await guarded(
        sessions,
        async () => {
          const now = await recheckKeys(specOf(check.spec, pair), own, sessions)
          for (const [index, { of }] of own.entries()) {
            const rechecked = now[index]
            if (rechecked !== undefined) results.set(of, rechecked)
          }
        },
        pair,
      )
      if (error !== undefined) for (const { of } of own) results.set(of, untold(error.message))
    }
    return findings.map((finding) => results.get(finding) ?? ofTable(finding, paired))
  })

interface Own extends ToldFinding {
  readonly of: Finding
}

function byTable(findings: readonly Finding[]): ReadonlyMap<string, readonly Own[]> {
  const tables = new Map<string, Own[]>()
  for (const of of findings) {
    const cut = of.finding.startsWith('tables_') ? undefined : tableKeyOf(of)
    if (cut === undefined) continue
    const own = tables.get(cut.table) ?? []
    tables.set(cut.table, own)
    own.push({ finding: of.finding, told: cut.told, of })
  }
  return tables
}

/** Of one that is about a whole table, or about a row of a table that is not on both sides any more. */
function ofTable({ finding, key = '' }: Finding, { missing, extra }: Paired): Rechecked {
  const now = [...(missing.includes(key) ? ['tables_missing'] : []), ...(extra.includes(key) ? ['tables_extra'] : [])]
  if (finding.startsWith('tables_')) return { stands: now.includes(finding), now, sides: [] }
  return untold('its table cannot be compared by now')
}
