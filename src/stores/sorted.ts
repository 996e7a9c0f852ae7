/**
 * Puts a store's listing in byte order where the store does not: everything is listed, sorted on disk, then read. One that
 * should be in order is handed on as it comes, until it is seen not to be.
 */
import { keyFromLatin1 } from '../lib/key.js'
import { createSpool } from '../lib/spool.js'
import { type Entry, type Gap, type ListOptions, type Page, type Store, UnorderedError } from './store.js'

/** The same store where it is known to list in byte order, or not at all. `scratch` is a directory with room for the keys. */
export function sortedStore(store: Store, scratch: string): Store {
  const { list, order } = store.features
  if (!list || order === 'bytes') return store
  let disorder: string | undefined
  const note = (cause: unknown): void => {
    if (cause instanceof UnorderedError) disorder = cause.seen
  }
  const inOrder = async function* (options: ListOptions): AsyncGenerator<Page, void, void> {
    try {
      yield* store.list(options)
    } catch (cause) {
      note(cause)
      throw cause
    }
  }
  const whole = async function* (options: ListOptions): AsyncGenerator<Page, void, void> {
    try {
      yield* sorted(store, scratch, options)
    } catch (cause) {
      note(cause)
      // Nothing of it was handed out.
      if (!(cause instanceof UnorderedError) || options.sorted === false) throw cause
      yield* sorted(store, scratch, { ...options, sorted: false })
    }
  }
  return {
    ...store,
    features: { ...store.features, order: 'bytes' },
    disorder: () => disorder,
    list: (options) => {
      if (order === 'none' || disorder !== undefined) return whole({ ...options, sorted: false })
      return options.sure === true ? whole(options) : inOrder(options)
    },
  }
}

async function* sorted(store: Store, scratch: string, options: ListOptions): AsyncGenerator<Page, void, void> {
  const spool = createSpool({ dir: scratch, signal: options.signal })
  try {
    // A gap must come before any entry behind it, so all of them come first.
    const gaps: Gap[] = []
    for await (const page of store.list(options)) {
      gaps.push(...(page.gaps ?? []))
      for (const entry of page.entries) {
        const writing = spool.add(entry.key, pack(entry))
        if (writing !== undefined) await writing
      }
    }
    if (gaps.length > 0) yield { entries: [], gaps }
    const found = await spool.finish()
    for await (const page of found.read()) {
      options.signal.throwIfAborted()
      yield { entries: page.map(({ key, rest }) => ({ ...unpack(rest), key: keyFromLatin1(key) })) }
    }
  } finally {
    await spool.close()
  }
}

function pack({ key: _, ...rest }: Entry): string {
  return Buffer.from(JSON.stringify(rest)).toString('latin1')
}

function unpack(rest: string): Omit<Entry, 'key'> {
  return JSON.parse(Buffer.from(rest, 'latin1').toString())
}
