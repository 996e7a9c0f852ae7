/**
 * A listing that may begin while rows are still read, so that a disk does not wait for the database. It begins only when
 * the rows have: what a snapshot of the database holds was there before the first entry is looked for.
 */
import type { PackedPage } from '../../stores/packed.js'
import type { ListOptions, Store } from '../../stores/store.js'
import { createGaps, type Gaps } from './gaps.js'
import { listPacked } from './listing.js'

export interface StoreListing {
  readonly gaps: Gaps
  /** Starts it, where it has not begun. */
  readonly begin: () => void
  /** When it began, milliseconds since 1970; undefined where it has not. */
  readonly since: () => number | undefined
  /** Starts it, where nobody has. To be taken once. */
  readonly pages: () => AsyncGenerator<PackedPage, void, void>
  /** To be called when the signal is aborted, or the pages were read: a page under way is waited for. */
  readonly close: () => Promise<void>
}

export function createListing(store: Store, options: ListOptions, now: () => Date): StoreListing {
  const gaps = createGaps(store.label)
  const pages = listPacked(store, options, gaps)
  let since: number | undefined
  let first: ReturnType<typeof pages.next> | undefined
  const begin = () => {
    since ??= now().getTime()
    first ??= pages.next()
    // It is told to whoever takes the entries.
    first.catch(() => undefined)
    return first
  }
  return {
    gaps,
    begin: () => void begin(),
    since: () => since,
    pages: async function* () {
      for (let page = await begin(); !page.done; page = await pages.next()) yield page.value
    },
    close: async () => {
      await pages.return().catch(() => undefined)
    },
  }
}
