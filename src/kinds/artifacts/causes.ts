/** The look for causes in its order: before missing keys are found under other spellings, and behind that. */
import type { Diagnosis } from '../kind.js'
import { type Cause, type DiagnoseOptions, diagnoseAbsence, diagnoseRest, FEW } from './diagnose.js'
import { findRenamed } from './find-renamed.js'
import type { Rules } from './rules.js'
import type { StoreRun } from './store-run.js'
import { wrongStore } from './wrong-store.js'

export interface CausesOptions extends Omit<DiagnoseOptions, 'rules'> {
  readonly rules: Pick<Rules, 'asserts' | 'expectsRenamed'>
}

/** Of one store, whose missing keys are paired with entries of other names on the way. */
export async function causesIn(options: CausesOptions): Promise<readonly Cause[]> {
  const { run, rules, dir, signal } = options
  const missing = run.residues.count('missing')
  const absence = await diagnoseAbsence(options)
  await findRenamed(run, rules, dir, signal)
  return [...absence, ...(await diagnoseRest(options, { missing, explained: absence.length > 0 }))]
}

/** Of all stores together. */
export async function causesAcross(
  runs: readonly StoreRun[],
  spec: DiagnoseOptions['spec'],
): Promise<readonly Cause[]> {
  return runs.length > 1 ? wrongStore(runs, spec, FEW) : []
}

/** Those whose findings are still there. */
export function toldCauses(causes: readonly Cause[], several: boolean): readonly Diagnosis[] {
  return causes.filter(stillThere).map(({ run, diagnosis }) => placed(run, diagnosis, several))
}

function stillThere({ run, of }: Cause): boolean {
  return run.residues.count(of) > (run.healed.get(of)?.size ?? 0)
}

/** A summary that does not name its store says which of several it is about. */
function placed({ name, store }: StoreRun, diagnosis: Diagnosis, several: boolean): Diagnosis {
  if (!several || diagnosis.summary.includes(store.label)) return diagnosis
  return { ...diagnosis, summary: `${name}: ${diagnosis.summary}` }
}
