/** The few states in which nothing valid could be compared. Everything else is a finding, however many there are. */
import { CheckError } from '../../lib/errors.js'
import type { Store } from '../../stores/store.js'
import type { ArtifactsSpec } from './schema.js'
import type { StoreRun } from './store-run.js'

/** Before anything is listed: no rows at all is more often the wrong database than the truth. */
export async function requireRows(
  rows: number,
  {
    spec,
    runs,
    signal,
  }: { readonly spec: ArtifactsSpec; readonly runs: readonly StoreRun[]; readonly signal: AbortSignal },
): Promise<void> {
  if (rows > 0 || spec.plausible?.empty_rows === 'allow') return
  let full: Store | undefined
  for (const { store } of runs) if (full === undefined && (await holdsEntries(store, signal))) full = store
  const beside = full === undefined ? '' : `, while ${full.label} holds entries`
  if (spec.manifest !== undefined)
    throw new CheckError(`the record has no entries of it${beside}: it may have been taken of an empty store`, {
      hint: 'if no entries are right, say so with plausible: { empty_rows: allow }',
      at: { path: ['manifest'] },
    })
  throw new CheckError(`the query gives no rows${beside}: this may be the wrong database, or an empty one`, {
    hint: 'if no rows are right, say so with plausible: { empty_rows: allow }',
    at: { path: ['rows'] },
  })
}

/** After listing: an empty store proves nothing about no rows. */
export function requireSomething(
  rows: number,
  spec: Pick<ArtifactsSpec, 'manifest' | 'plausible'>,
  runs: readonly Pick<StoreRun, 'listing' | 'tally' | 'gaps'>[],
): void {
  if (rows > 0 || spec.plausible?.empty_store === 'allow') return
  if (runs.some(({ listing, tally, gaps }) => !listing || tally.listed > 0 || gaps.length > 0)) return
  const nothing =
    spec.manifest === undefined ? 'there are no rows and no entries' : 'neither record nor store has entries'
  throw new CheckError(`${nothing}: nothing was compared`, {
    hint: 'if both are right, say so with plausible: { empty_rows: allow, empty_store: allow }',
  })
}

async function holdsEntries(store: Store, signal: AbortSignal): Promise<boolean> {
  if (!store.features.list) return false
  for await (const { entries } of store.list({ signal }))
    if (entries.some(({ placeholder }) => placeholder !== true)) return true
  return false
}
