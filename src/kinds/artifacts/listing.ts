/** A store's listing as the comparison wants it: only the range that matters, gaps set aside, a broken end stated. */
import { afterPrefix, compareKeys, type Key, keyFromLatin1 } from '../../lib/key.js'
import { type PackedPage, packedKeyAt, packedOf } from '../../stores/packed.js'
import { type ListOptions, type Store, StoreError } from '../../stores/store.js'
import type { Gaps } from './gaps.js'

type Range = Omit<ListOptions, 'signal'>

type Bounds = { readonly first: Key; readonly last: Key } | undefined

/**
 * What must be listed so that every claim and every entry in scope is seen. More may be given than that, but nothing up to
 * `settled`.
 */
export function listRange(scope: Key, bounds: Bounds, settled?: Key): Range {
  const range = rangeOf(scope, bounds)
  const { after } = range
  return settled === undefined || (after !== undefined && after > settled) ? range : { ...range, after: settled }
}

function rangeOf(scope: Key, bounds: Bounds): Range {
  if (scope === '') return {}
  if (bounds === undefined || (bounds.first.startsWith(scope) && bounds.last.startsWith(scope)))
    return { prefix: scope }
  const first = compareKeys(bounds.first, scope) < 0 ? bounds.first : scope
  const end = afterPrefix(scope)
  const last = keyFromLatin1(`${bounds.last}\0`)
  return {
    // A key cut short sorts before itself, so the first one is still seen.
    ...(first.length > 1 ? { after: keyFromLatin1(first.slice(0, -1)) } : {}),
    ...(end === undefined ? {} : { before: compareKeys(end, last) > 0 ? end : last }),
  }
}

/**
 * Pages of entries. Where the listing breaks off after it had begun, the rest becomes a gap: what lies before is
 * proven, what lies behind is not.
 */
export async function* listPacked(
  store: Store,
  options: ListOptions,
  gaps: Gaps,
): AsyncGenerator<PackedPage, void, void> {
  let last: Key | undefined
  try {
    for await (const page of store.list(options)) {
      const packed = packedOf(page)
      for (const gap of packed.gaps) gaps.add(gap)
      if (packed.ends.length > 0) last = packedKeyAt(packed, packed.ends.length - 1)
      yield packed
    }
  } catch (error) {
    if (!(error instanceof StoreError) || last === undefined || options.signal.aborted) throw error
    const from = keyFromLatin1(`${last}\0`)
    gaps.add({ from, to: undefined, code: 'unreadable', reason: `the listing broke off: ${error.message}` })
  }
}
