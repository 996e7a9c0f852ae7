/** Looks for one cause behind many findings of a store. What it says changes no verdict. */
import type { Diagnosis } from '../kind.js'
import { commonContent } from './common-content.js'
import { commonPlace, PLACED } from './common-place.js'
import { commonSize } from './common-size.js'
import { commonSpelling } from './common-spelling.js'
import { findRewrite } from './find-rewrite.js'
import type { FindingClass } from './residue.js'
import type { Rules } from './rules.js'
import type { ArtifactsSpec } from './schema.js'
import type { StoreRun } from './store-run.js'
import { orphansOf } from './strays.js'

export interface DiagnoseOptions {
  readonly run: StoreRun
  readonly spec: ArtifactsSpec
  readonly rules: Pick<Rules, 'asserts'>
  readonly dir: string
  readonly signal: AbortSignal
}

/** A cause of findings of one class; it is told only if some are left when they have been looked at again. */
export interface Cause {
  readonly run: StoreRun
  readonly of: FindingClass
  readonly diagnosis: Diagnosis
}

/** Below this, what findings have in common is chance. */
export const FEW = 5

/** Before missing keys are looked for under other spellings: why most of them are not found under their own. */
export async function diagnoseAbsence(options: DiagnoseOptions): Promise<readonly Cause[]> {
  const { run } = options
  return (await absence(options)).map((diagnosis) => ({ run, of: 'missing', diagnosis }))
}

/** What findings have in common; those of which it is known already why are left out. `missing`: how many there were. */
export async function diagnoseRest(
  { run, spec, rules }: DiagnoseOptions,
  { missing, explained }: { readonly missing: number; readonly explained: boolean },
): Promise<readonly Cause[]> {
  const causes: Cause[] = []
  const add = (of: FindingClass, diagnoses: readonly Diagnosis[]) =>
    causes.push(...diagnoses.map((diagnosis) => ({ run, of, diagnosis })))
  if (!explained && missing >= FEW) add('renamed', await commonSpelling(run, missing))
  if (run.residues.count('size_mismatch') >= FEW) add('size_mismatch', await commonSize(run, spec))
  if (run.residues.count('checksum_mismatch') >= FEW) add('checksum_mismatch', await commonContent(run))
  const named = explained || causes.some(({ of }) => of === 'renamed')
  for (const finding of Object.keys(PLACED) as FindingClass[]) {
    if (run.residues.count(finding) < FEW || !rules.asserts(finding)) continue
    if (named && (finding === 'missing' || finding === 'orphaned')) continue
    add(finding, await commonPlace(run, finding, spec.manifest !== undefined))
  }
  return causes
}

async function absence({ run, spec, dir, signal }: DiagnoseOptions): Promise<readonly Diagnosis[]> {
  if (run.residues.count('missing') === 0) return []
  if (run.listing && run.tally.listed === 0 && run.gaps.length === 0) {
    if (spec.plausible?.empty_store === 'allow') return []
    const where = `${run.store.label} exists and is empty`
    return [{ summary: `${where}: the volume may not be mounted there, or this is another bucket or prefix` }]
  }
  const rewrite = await findRewrite({ run, spec, strays: orphansOf(run), dir, signal })
  return rewrite === undefined ? [] : [rewrite]
}
