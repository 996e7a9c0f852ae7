/** Looks at rows and stores, both ways. Nothing here decides what passes; nothing is written but spooled data. */
import { rm } from 'node:fs/promises'
import { CheckError } from '../../lib/errors.js'
import { type Key, keyFromJson } from '../../lib/key.js'
import { disorderNotes, UnorderedError } from '../../stores/store.js'
import type { Check, Context, Observe, Recheck, Sighting } from '../kind.js'
import { createBudget } from './budget.js'
import { openSubjects } from './combine.js'
import { type Compared, compare } from './compare.js'
import { budgetOf, storeNames } from './fields.js'
import { ledgerOf } from './ledger.js'
import { type Candidates, lookAgain, REVISITED, stands } from './look-again.js'
import { observation } from './observation.js'
import { reporting, widened } from './progress.js'
import { createRecovery } from './recover.js'
import type { FindingClass } from './residue.js'
import { compileRules, type Rules } from './rules.js'
import type { ArtifactsSpec } from './schema.js'
import { tell } from './tell.js'

export { combine } from './combine.js'

export const observe: Observe<ArtifactsSpec> = async function* (check, context) {
  const { signal } = context
  const rules = compileRules(check)
  const opened: Closer[] = []
  try {
    const compared = yield* compareInOrder(check, rules, context, opened)
    const sources = check.spec.recover_from
    const recovery =
      sources === undefined ? undefined : await createRecovery(sources, context.connections.store, widened([signal]))
    const unmapped = {
      name: '',
      residues: compared.unmapped,
      changed: undefined,
      healed: new Map(),
      deleted: new Map(),
    }
    const counts = yield* tell({
      runs: [...compared.runs, unmapped],
      noKey: compared.noKey,
      recovery,
      severalStores: rules.stores.length > 1,
    })
    const notes = [...disorders(compared), ...compared.notes, ...(recovery?.notes() ?? [])]
    const several = rules.stores.length > 1
    const ways = (recovery?.ways() ?? []).map((way) => (several ? { ...way, several } : way))
    const ledger = ledgerOf({ spec: check.spec, rules, compared, counts, notes, ways })
    const observed = observation(ledger, compared.diagnoses)
    return context.part === undefined ? observed : { ...observed, part: { ledger, open: openSubjects(ledger) } }
  } finally {
    await closeAll(opened)
  }
}

interface Closer {
  readonly close: () => Promise<void>
}

/** Begun again where a store is seen not to list in byte order: of what was compared up to there nothing holds. */
async function* compareInOrder(
  check: Check<ArtifactsSpec>,
  rules: Rules,
  context: Context,
  opened: Closer[],
): AsyncGenerator<Sighting, Compared, void> {
  const keep = <T extends Closer>(closer: T): T => {
    opened.push(closer)
    return closer
  }
  for (let left = rules.stores.length; ; left--) {
    try {
      return yield* reporting(context.signal, (report, inner) =>
        compare({ check, rules, context, signal: inner, report, keep }),
      )
    } catch (cause) {
      if (!(cause instanceof UnorderedError) || left === 0) throw cause
      await closeAll(opened)
      // Nor does what was kept of it for a run that goes on with this one.
      if (context.checkpoints !== undefined) await rm(context.checkpoints, { recursive: true, force: true })
    }
  }
}

async function closeAll(opened: Closer[]): Promise<void> {
  for (const closer of opened.splice(0)) await closer.close()
}

function disorders({ runs }: Compared): readonly string[] {
  return runs.flatMap(({ name, store, listing }) => (listing ? disorderNotes(name, store) : []))
}

/** Finds out which findings of an earlier look still hold. Those that looking again cannot settle are given back. */
export const recheck: Recheck<ArtifactsSpec> = async (check, findings, context) => {
  const rules = compileRules(check)
  const candidates = new Map<string, Map<Key, Set<FindingClass>>>()
  const placed = findings.map((finding) => {
    const known = REVISITED.find((name) => name === finding.finding)
    const store = finding.store ?? storeNames(check.spec)[0]
    if (known === undefined || finding.key === undefined || store === undefined) return { finding, keys: [] }
    const key = keyFromJson({ ...finding, key: finding.key })
    const keys =
      finding.found_as === undefined
        ? [{ key, as: known }]
        : [
            { key, as: 'missing' as const },
            { key: keyFromJson(foundAsJson(finding.found_as, finding.found_as_b64)), as: 'orphaned' as const },
          ]
    const ofStore = candidates.get(store) ?? new Map<Key, Set<FindingClass>>()
    candidates.set(store, ofStore)
    for (const { key, as } of keys) ofStore.set(key, (ofStore.get(key) ?? new Set()).add(as))
    return { finding, store, keys }
  })
  if (candidates.size === 0) return findings
  const signal = widened([context.signal])
  const looked = await lookAgain(candidates satisfies Candidates, {
    spec: check.spec,
    rules,
    context,
    budget: createBudget(budgetOf(check.spec), signal),
    signal,
    report: () => undefined,
  })
  return placed
    .filter(({ store, keys }) =>
      keys.every(({ key, as }) => {
        const again = looked.get(store ?? '')?.get(key)
        if (again === undefined) throw new CheckError('a finding was not looked at again')
        return stands(as, again)
      }),
    )
    .map(({ finding }) => finding)
}

function foundAsJson(key: string, key_b64: string | undefined) {
  return { key, ...(key_b64 === undefined ? {} : { key_b64 }) }
}
