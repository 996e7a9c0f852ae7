/** One look at one key: the entry, its absence, or the mark of what stands in the way. */
import type { Key } from '../../lib/key.js'
import { type Entry, type StatOptions, type Store, StoreError } from '../../stores/store.js'
import type { Mark } from './residue.js'

export type Look = { readonly entry: Entry | undefined } | { readonly mark: Mark }

/** Throws only where the whole store is gone, or the signal is aborted. */
export async function look(store: Store, key: Key, options: StatOptions): Promise<Look> {
  try {
    return { entry: await store.stat(key, options) }
  } catch (error) {
    return { mark: obstacle(error, options.signal) }
  }
}

/** The mark for a StoreError about one key; anything that is about more is thrown. */
export function obstacle(error: unknown, signal: AbortSignal): Mark {
  if (!(error instanceof StoreError) || signal.aborted || error.code === 'absent') throw error
  const reason = error.message
  if (error.code === 'forbidden') return { finding: 'forbidden', reason }
  return { finding: error.code === 'unreadable' ? 'unreadable' : 'unverifiable', reason }
}
