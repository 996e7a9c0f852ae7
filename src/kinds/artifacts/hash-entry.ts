/** Reads an entry once and gives the digests of its content. */
import { createHasher, type DigestAlgorithm } from '../../compare/digest.js'
import type { Key } from '../../lib/key.js'
import type { Store } from '../../stores/store.js'

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
  } finally {
    content.destroy()
  }
  return { bytes, digests: new Map(hashers.map(([algorithm, hasher]) => [algorithm, hasher.hex()])) }
}
