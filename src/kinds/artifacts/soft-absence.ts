/**
 * Web servers that answer for what is missing with a page or a placeholder image, and say 200: everything would be there.
 * They often do so for some paths only, so the question is asked beside the keys themselves.
 */
import { CheckError } from '../../lib/errors.js'
import { type Key, keyFromLatin1, keyToText } from '../../lib/key.js'
import type { Store } from '../../stores/store.js'
import { look } from './look.js'

const NO_SUCH_NAME = 'no-such-key-5f1d0c9e'
/** Kinds of places asked about; beyond that, paths are of more kinds than a server has rules. */
const MOST_PLACES = 20

/** To be called with every key; it asks once for each first directory and extension, and throws a CheckError. */
export function createAbsenceProbe(store: Store, signal: AbortSignal): (key: Key) => Promise<void> | undefined {
  const asked = new Set<string>()
  return (key) => {
    if (store.features.list || asked.size >= MOST_PLACES) return undefined
    const name = key.slice(key.lastIndexOf('/') + 1)
    const dot = name.lastIndexOf('.')
    const extension = dot > 0 ? name.slice(dot) : ''
    const place = `${key.slice(0, key.indexOf('/') + 1)}\0${extension}`
    if (asked.has(place)) return undefined
    asked.add(place)
    return refuseToBelieve(
      store,
      keyFromLatin1(`${key.slice(0, -name.length || undefined)}${NO_SUCH_NAME}${extension}`),
      signal,
    )
  }
}

async function refuseToBelieve(store: Store, key: Key, signal: AbortSignal): Promise<void> {
  const found = await look(store, key, { signal })
  if ('mark' in found || found.entry === undefined) return
  throw new CheckError(`${store.label} says that ${JSON.stringify(keyToText(key))} is there, which cannot be`, {
    hint: 'missing files cannot be told from present ones there; look behind the page, image or application that answers',
  })
}
