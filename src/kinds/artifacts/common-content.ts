/** One cause behind many files of other content. */
import { createHistogram } from '../../compare/plausibility.js'
import { formatNumber } from '../../lib/text.js'
import type { Diagnosis } from '../kind.js'
import { allOf } from './part-of.js'
import type { StoreRun } from './store-run.js'

const MOST_VALUES = 10_000

export async function commonContent(run: StoreRun): Promise<readonly Diagnosis[]> {
  const total = run.residues.count('checksum_mismatch')
  const digests = createHistogram(MOST_VALUES)
  for await (const page of run.residues.read('checksum_mismatch')) {
    for (const { mark } of page) for (const digest of Object.values(mark.actual ?? {})) digests.add(String(digest))
  }
  const [digest, same] = digests.top() ?? ['', 0]
  const keys = 'keys with other content'
  if (same * 10 >= total * 9) {
    return [{ summary: `${allOf(same, total)} ${keys} have one and the same, ${digest}` }]
  }
  if (run.tally.verified > 0) return []
  return [
    {
      summary: `None of ${formatNumber(total)} contents has the declared checksum: the column may hold another algorithm's, or something else than the digest of the content`,
    },
  ]
}
