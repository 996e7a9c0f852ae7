/** What is missing in one store of a check and lies in another without a row: the rows say the wrong store. */
import { mergeJoin } from '../../compare/merge-join.js'
import { formatNumber } from '../../lib/text.js'
import type { Cause } from './diagnose.js'
import type { ArtifactsSpec } from './schema.js'
import { sizeFits } from './size-fits.js'
import type { StoreRun } from './store-run.js'
import { orphansOf } from './strays.js'

export async function wrongStore(
  runs: readonly StoreRun[],
  spec: ArtifactsSpec,
  few: number,
): Promise<readonly Cause[]> {
  const told: Cause[] = []
  for (const run of runs) {
    const missing = run.residues.count('missing')
    if (missing < few) continue
    for (const other of runs) {
      if (other === run || other.residues.count('orphaned') < few) continue
      let there = 0
      const labels = { left: 'the spool of missing keys', right: 'the spool of orphans' }
      for await (const { both } of mergeJoin(run.residues.read('missing'), orphansOf(other)(), labels)) {
        for (const [{ mark }, { size }] of both) if (sizeFits(spec, mark.expected?.['size'], size)) there++
      }
      if (there < few || there * 2 < missing) continue
      const part = `${formatNumber(there)} of ${formatNumber(missing)} missing keys`
      const summary = `${part} are in ${other.name}, where no row expects them: the rows name the wrong store`
      told.push({ run, of: 'missing', diagnosis: { summary } })
    }
  }
  return told
}
