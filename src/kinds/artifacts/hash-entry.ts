/** Reads an entry once and gives the digests of its content. */
import { createHasher, type DigestAlgorithm } from '../../compare/digest.js'
import { type Key, keyToText } from '../../lib/key.js'
import { type Store, StoreError } from '../../stores/store.js'

const UNREADABLE = ['EIO', 'EISDIR', 'EACCES', 'EPERM']

export interface Hashed {
  readonly bytes: number
  /** Lower-case hex. */
  readonly digests: ReadonlyMap<DigestAlgorithm, string>
}

export async function hashEntry(
  store: Store,
  key: Key,
  algorithms: readonly DigestAlgorithm[],
  signal: AbortSignal,
): Promise<Hashed> {
  const hashers = algorithms.map((algorithm) => [algorithm, createHasher(algorithm)] as const)
  const content = await store.open(key, { signal })
  let bytes = 0
  try {
    for await (const chunk of content as AsyncIterable<Uint8Array>) {
      signal.throwIfAborted()
      bytes += chunk.length
      for (const [, hasher] of hashers) hasher.update(chunk)
    }
  } catch (error) {
    if (signal.aborted || !(error instanceof Error) || !('code' in error) || error instanceof StoreError) throw error
    // A stream fails with whatever its source says: a reset connection, an I/O error.
    const where = `${store.label} ${JSON.stringify(keyToText(key))}`
    const code = UNREADABLE.includes(String(error.code)) ? 'unreadable' : 'unavailable'
    throw new StoreError(code, `${where}: reading it broke off (${error.code})`, { cause: error })
  } finally {
    content.destroy()
  }
  return { bytes, digests: new Map(hashers.map(([algorithm, hasher]) => [algorithm, hasher.hex()])) }
}
