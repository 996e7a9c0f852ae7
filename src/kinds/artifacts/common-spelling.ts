/** One way of writing keys that keeps most of what is missing from being found. */
import { createHistogram } from '../../compare/plausibility.js'
import type { Diagnosis } from '../kind.js'
import { allOf } from './part-of.js'
import type { StoreRun } from './store-run.js'

const MOST_VALUES = 1000

/** `missing`: how many were before renamed ones were taken out. */
export async function commonSpelling(run: StoreRun, missing: number): Promise<readonly Diagnosis[]> {
  const reasons = createHistogram(MOST_VALUES)
  for await (const page of run.residues.read('renamed')) for (const { mark } of page) reasons.add(mark.reason ?? '')
  const [reason, keys] = reasons.top() ?? ['', 0]
  if (reason === '' || keys * 10 < missing * 9) return []
  return [{ summary: `${allOf(keys, missing)} missing keys are in ${run.store.label} under another name: ${reason}` }]
}
