/** Reads an entry once and gives the digests of its content. */
import { createHasher } from '../../compare/digest.js'
import { keyToText } from '../../lib/key.js'
import { type ContentDigests, type DigestRequest, type Store, StoreError } from '../../stores/store.js'

const UNREADABLE = ['EIO', 'EISDIR', 'EACCES', 'EPERM']

interface Entry extends DigestRequest {
  /** Bytes it should have, where they are known. */
  readonly size: number | undefined
}

/** A StoreError about the entry is returned; what is about more is thrown. */
export async function hashEntry(store: Store, entry: Entry, signal: AbortSignal): Promise<ContentDigests | StoreError> {
  const where = `${store.label} ${JSON.stringify(keyToText(entry.key))}`
  try {
    const read = await hashContent(store, entry, where, signal)
    if (entry.size === undefined || read.bytes === entry.size) return read
    return new StoreError('unavailable', `${where}: read ${read.bytes} of its ${entry.size} bytes`)
  } catch (error) {
    // A stream that is aborted says so in words of its own.
    signal.throwIfAborted()
    if (!(error instanceof StoreError)) throw error
    return error
  }
}

async function hashContent(
  store: Store,
  { key, algorithms }: DigestRequest,
  where: string,
  signal: AbortSignal,
): Promise<ContentDigests> {
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
    const code = UNREADABLE.includes(String(error.code)) ? 'unreadable' : 'unavailable'
    throw new StoreError(code, `${where}: reading it broke off (${error.code})`, { cause: error })
  } finally {
    content.destroy()
  }
  return { bytes, digests: Object.fromEntries(hashers.map(([name, hasher]) => [name, hasher.hex()])) }
}
