/** Looks at findings of an earlier run again: what holds of each by now. */
import type { Recheck } from '../kind.js'
import { recheckKeys } from './recheck-keys.js'
import { recheckMany } from './recheck-many.js'
import { type CheckSpec, ofOneTable } from './schema.js'
import { lookingOf, withBoth } from './sessions.js'
import { toldKeyOf } from './tell.js'

export const recheck: Recheck<CheckSpec> = (check, findings, context) => {
  const spec = ofOneTable(check.spec)
  if (spec === undefined) return recheckMany(check, findings, context)
  const told = findings.map((finding) => ({ finding: finding.finding, told: toldKeyOf(finding) }))
  return withBoth(lookingOf(check, context, context.signal), (sessions) => recheckKeys(spec, told, sessions))
}
