/** Takes entries that belong to a parent out of the orphans. Walks from the rows to what may be derived from them. */
import { mergeJoin } from '../../compare/merge-join.js'
import { createSpool } from '../../lib/spool.js'
import { groupClaims } from './claim.js'
import type { Residue } from './residue.js'
import type { Rules } from './rules.js'
import type { StoreRun } from './store-run.js'

export async function resolveDerived(run: StoreRun, rules: Rules, dir: string, signal: AbortSignal): Promise<void> {
  if (rules.derived.length === 0 || run.residues.count('orphaned') === 0) return
  const spool = createSpool({ dir, signal })
  try {
    for await (const page of groupClaims(run.everyClaim.read())) {
      signal.throwIfAborted()
      for (const { key } of page) for (const derive of rules.derived) await spool.add(derive(key), '')
    }
    const derivatives = await spool.finish()
    const labels = { left: 'the spool of orphans', right: 'the spool of derived keys' }
    const joined = mergeJoin(run.residues.read('orphaned'), groupClaims(derivatives.read()), labels)
    await run.residues.replace('orphaned', withoutParent(joined, run))
  } finally {
    await spool.close()
  }
}

async function* withoutParent(
  joined: AsyncIterable<{ readonly left: readonly Residue[]; readonly both: readonly unknown[] }>,
  run: StoreRun,
): AsyncGenerator<readonly Residue[], void, void> {
  for await (const { left, both } of joined) {
    run.tally.derived += both.length
    if (left.length > 0) yield left
  }
}
