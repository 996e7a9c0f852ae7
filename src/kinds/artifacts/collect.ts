/** Spools the claims of all rows by store, before any store is asked. */
import { createSpool } from '../../lib/spool.js'
import { listWords } from '../../lib/text.js'
import { type NoKeyReason, type ReadOptions, type RowCounts, readRows } from './read-rows.js'
import { createResidues, type Residues } from './residue.js'
import { emptyTally, type StoreRun } from './store-run.js'

export interface Collected {
  readonly counts: RowCounts
  readonly runs: readonly StoreRun[]
  /** Rows that name no store the check knows. */
  readonly unmapped: Residues
  readonly noKey: ReadonlyMap<NoKeyReason, number>
}

/** Bytes of rows held in memory, of all stores together, before they are sorted and written. */
const RUN_BYTES = 40 * 1024 * 1024

type Closer = { readonly close: () => Promise<void> }

/** What is opened is handed to `keep` at once, to be closed by the caller whatever happens. */
export async function collect(
  options: Omit<ReadOptions, 'sink' | 'stage'>,
  keep: <T extends Closer>(opened: T) => T,
): Promise<Collected> {
  const { rules, context, signal } = options
  const dir = context.scratch
  const unmapped = keep(createResidues(dir))
  const noKey = new Map<NoKeyReason, number>()
  const open = rules.stores.map((name) => ({
    name,
    spool: keep(createSpool({ dir, signal, runBytes: RUN_BYTES / rules.stores.length })),
    residues: keep(createResidues(dir)),
  }))
  const byName = new Map(open.map((store) => [store.name, store]))
  const reason = `its row names none of the stores ${listWords(Object.keys(options.spec.stores ?? {}))}`
  const counts = await readRows({
    ...options,
    stage: 'reading rows',
    sink: {
      claim: (name, key, row) => byName.get(name)?.spool.add(key, row),
      linesOf: (name) => byName.get(name)?.spool,
      noKey: (why) => void noKey.set(why, (noKey.get(why) ?? 0) + 1),
      unsafe: (name, key, why) => byName.get(name)?.residues.add(key, { finding: 'unsafe_key', reason: why }),
      unmapped: (key) => unmapped.add(key, { finding: 'unverifiable', reason }),
    },
  })
  await unmapped.finish()
  const runs: StoreRun[] = []
  for (const { name, spool, residues } of open) {
    const claims = await spool.finish()
    runs.push({
      name,
      store: context.connections.store(name),
      claims,
      everyClaim: claims,
      bounds: claims.bounds,
      residues,
      changed: keep(createResidues(dir)),
      tally: emptyTally(),
      gaps: [],
      healed: new Map(),
      deleted: new Map(),
      listing: false,
      since: 0,
    })
  }
  return { counts, runs, unmapped, noKey }
}
