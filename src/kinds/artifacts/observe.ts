/** Looks at rows and stores, both ways. Nothing here decides what passes; nothing is written but spooled data. */
import { rm } from 'node:fs/promises'
import { disorderNotes, UnorderedError } from '../../stores/store.js'
import type { Check, Context, Observe, Sighting } from '../kind.js'
import { reporting, widened } from '../reporting.js'
import { openSubjects } from './combine.js'
import { type Compared, compare } from './compare.js'
import { ledgerOf } from './ledger.js'
import { recordedManifest } from './manifest.js'
import { observation } from './observation.js'
import { createRecovery } from './recover.js'
import { compileRules, type Rules } from './rules.js'
import type { ArtifactsSpec } from './schema.js'
import { takeManifest } from './take-manifest.js'
import { tell } from './tell.js'

export { combine } from './combine.js'
export { recheck } from './recheck.js'

export const observe: Observe<ArtifactsSpec> = async function* (check, context) {
  const { signal } = context
  const rules = compileRules(check)
  if (check.spec.manifest !== undefined) {
    const { record } = context
    if (record !== undefined && 'dropped' in record)
      return { subjects: {}, skip: `nothing to hold it against: ${record.dropped}` }
    if (record !== undefined && 'take' in record) return yield* takeManifest(check, rules, { ...context, record })
    recordedManifest(check.spec, record)
  }
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
      recorded: check.spec.manifest !== undefined,
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
