/** Puts a store's listing in byte order where the store does not: everything is listed, sorted on disk, then read. */
import { keyFromLatin1 } from '../lib/key.js'
import { createSpool } from '../lib/spool.js'
import type { Entry, Gap, Page, Store } from './store.js'

/** The same store where it lists in byte order already, or not at all. `scratch` is a directory with room for the keys. */
export function sortedStore(store: Store, scratch: string): Store {
  if (!store.features.list || store.features.order === 'bytes') return store
  return {
    ...store,
    features: { ...store.features, order: 'bytes' },
    list: async function* (options): AsyncGenerator<Page, void, void> {
      const spool = createSpool({ dir: scratch, signal: options.signal })
      try {
        // A gap must come before any entry behind it, so all of them come first.
        const gaps: Gap[] = []
        for await (const page of store.list(options)) {
          gaps.push(...(page.gaps ?? []))
          for (const entry of page.entries) await spool.add(entry.key, pack(entry))
        }
        if (gaps.length > 0) yield { entries: [], gaps }
        const sorted = await spool.finish()
        for await (const page of sorted.read()) {
          options.signal.throwIfAborted()
          yield { entries: page.map(({ key, rest }) => ({ ...unpack(rest), key: keyFromLatin1(key) })) }
        }
      } finally {
        await spool.close()
      }
    },
  }
}

function pack({ key: _, ...rest }: Entry): string {
  return Buffer.from(JSON.stringify(rest)).toString('latin1')
}

function unpack(rest: string): Omit<Entry, 'key'> {
  return JSON.parse(Buffer.from(rest, 'latin1').toString())
}
