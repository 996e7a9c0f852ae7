/** Looks at findings of an earlier run again: what holds of each by now, and what both sides say of it. */
import { CheckError } from '../../lib/errors.js'
import { type Key, keyFromJson } from '../../lib/key.js'
import type { Finding, Recheck, Rechecked } from '../kind.js'
import { widened } from '../reporting.js'
import { createBudget } from './budget.js'
import { budgetOf, storeNames } from './fields.js'
import { type Again, type Candidates, lookAgain, REVISITED, type Sides, stands } from './look-again.js'
import { FINDING_CLASSES, type FindingClass } from './residue.js'
import { compileRules } from './rules.js'
import type { ArtifactsSpec } from './schema.js'
import { sidesOf } from './sides.js'

/** A key of the finding, and what it has to be for the finding to hold. */
interface Place {
  readonly key: Key
  readonly as: FindingClass
}

interface Placed {
  readonly store: string
  readonly places: readonly Place[]
}

/** What of such a finding can be told by looking at its key alone. */
const SETTLED: ReadonlySet<FindingClass> = new Set([...REVISITED, 'archived'])

export const recheck: Recheck<ArtifactsSpec> = async (check, findings, context) => {
  const { spec } = check
  const placed = findings.map((finding) => placeOf(finding, finding.store ?? storeNames(spec)[0]))
  const candidates = new Map<string, Map<Key, Set<FindingClass>>>()
  for (const one of placed) {
    if (one === undefined) continue
    const ofStore = candidates.get(one.store) ?? new Map<Key, Set<FindingClass>>()
    candidates.set(one.store, ofStore)
    for (const { key, as } of one.places) ofStore.set(key, (ofStore.get(key) ?? new Set()).add(as))
  }
  if (candidates.size === 0) return findings.map(untold)
  const signal = widened([context.signal])
  const seen = new Map<string, Sides>()
  const looked = await lookAgain(candidates satisfies Candidates, {
    spec,
    rules: compileRules(check),
    context,
    budget: createBudget(budgetOf(spec), signal),
    signal,
    report: () => undefined,
    onSides: (store, key, sides) => seen.set(`${store}\0${key}`, sides),
  })
  return placed.map((one, index): Rechecked => {
    const finding = findings[index] as Finding
    if (one === undefined) return untold(finding)
    const { store, places } = one
    const states = places.map(({ key, as }) => {
      const again = looked.get(store)?.get(key)
      const sides = seen.get(`${store}\0${key}`)
      if (again === undefined || sides === undefined) throw new CheckError('a finding was not looked at again')
      return { as, again, sides }
    })
    const label = context.connections.store(store).label
    const sides = states.flatMap(({ again, sides: both }, at) =>
      sidesOf(both, again, { spec, label, isFoundAs: at > 0 }),
    )
    const now = [...new Set(states.flatMap(({ again }) => again.marks.map((mark) => mark.finding)))]
    return { ...verdictOf(finding, states), now, sides }
  })
}

/** Undefined where there is no key that may be looked up. */
function placeOf(finding: Finding, store: string | undefined): Placed | undefined {
  const as = FINDING_CLASSES.find((name) => name === finding.finding)
  if (as === undefined || as === 'unsafe_key' || finding.key === undefined || store === undefined) return undefined
  const key = keyFromJson({ ...finding, key: finding.key })
  const { found_as, found_as_b64 } = finding
  if (found_as === undefined) return { store, places: [{ key, as }] }
  const found = keyFromJson({ key: found_as, ...(found_as_b64 === undefined ? {} : { key_b64: found_as_b64 }) })
  return {
    store,
    places: [
      { key, as: 'missing' },
      { key: found, as: 'orphaned' },
    ],
  }
}

function untold({ finding }: Finding): Rechecked {
  return { stands: undefined, now: [], sides: [], reason: `${finding}: of it alone that cannot be told` }
}

interface State {
  readonly as: FindingClass
  readonly again: Again
}

/** What cannot be seen is neither gone nor still so. */
function verdictOf(finding: Finding, states: readonly State[]): Pick<Rechecked, 'stands' | 'reason'> {
  const settled = states.map(({ as, again }) => {
    if (again.marks.some((mark) => mark.finding === as)) return true
    return SETTLED.has(as) && !stands(as, again) ? false : undefined
  })
  if (settled.includes(false)) return { stands: false }
  if (!settled.includes(undefined)) return { stands: true }
  const reason = states.flatMap(({ again }) => again.marks.flatMap((mark) => mark.reason ?? []))[0]
  return { stands: undefined, reason: reason ?? `${finding.finding}: of its key alone that cannot be told` }
}
