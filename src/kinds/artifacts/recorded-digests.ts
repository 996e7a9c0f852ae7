/** The checksums that a manifest keeps of a page of entries: what the store vouches for, or what was read. */
import { DIGEST_ALGORITHMS, type DigestAlgorithm } from '../../compare/digest.js'
import { type Entry, type Store, StoreError } from '../../stores/store.js'
import { look } from './look.js'
import { mapLimited } from './map-limited.js'
import { createReader, type Wanted } from './reader.js'
import { keyNow, type Rules } from './rules.js'
import type { ManifestSpec } from './schema.js'

export interface DigestsOptions {
  readonly store: Store
  readonly checksum: ManifestSpec['checksum']
  readonly rules: Pick<Rules, 'verifiesChecksum' | 'rewrite'>
  readonly signal: AbortSignal
}

/** `sha256:…` of each entry; empty where none is wanted; `!` and why there is none; undefined where it is gone by now. */
export async function digestsOf(
  entries: readonly Entry[],
  { store, checksum, rules, signal }: DigestsOptions,
): Promise<readonly (string | undefined)[]> {
  const wanted = (entry: Entry) => entry.unreadable === undefined && rules.verifiesChecksum(keyNow(rules, entry.key))
  if (checksum === 'none') return entries.map(() => '')
  if (checksum === 'known')
    return mapLimited(entries, store.features.together ?? LOOKS, async (entry) =>
      wanted(entry) ? knownDigest(store, entry, signal) : '',
    )
  const digests: (string | undefined)[] = entries.map(() => '')
  const reader = createReader<Wanted & { readonly index: number }>({
    store,
    signal,
    stop: signal,
    take: ({ index }, read) => {
      digests[index] = read instanceof StoreError ? ofError(read) : `${checksum}:${read?.digests[checksum]}`
      return undefined
    },
  })
  for (const [index, entry] of entries.entries()) {
    if (!wanted(entry)) continue
    if (entry.archived !== undefined) {
      digests[index] = `!it was archived (${entry.archived}) when it was recorded`
      continue
    }
    const busy = reader.add({ key: entry.key, size: entry.size, algorithms: [checksum], index })
    if (busy !== undefined) await busy
  }
  await reader.finish()
  return digests
}

/** The connection has a limit of its own below this. */
const LOOKS = 32

/** The first that there is: those that nobody can forge before those that are only found everywhere. */
const PREFERRED: readonly DigestAlgorithm[] = ['sha256', 'sha512', 'sha1', 'md5', ...DIGEST_ALGORITHMS]

async function knownDigest(store: Store, { key }: Entry, signal: AbortSignal): Promise<string | undefined> {
  const found = await look(store, key, { digests: true, signal })
  if ('mark' in found) return `!${found.mark.reason ?? found.mark.finding} when it was recorded`
  const { entry } = found
  if (entry === undefined) return undefined
  const { digests = {}, unsure = [] } = entry
  const algorithm = PREFERRED.find((one) => digests[one] !== undefined && !unsure.includes(one))
  // One that only may be the digest of the content would be a false alarm wherever it is not.
  return algorithm === undefined
    ? '!the store knew no checksum of it for sure when it was recorded'
    : `${algorithm}:${digests[algorithm]}`
}

function ofError(error: StoreError): string | undefined {
  return error.code === 'absent' ? undefined : `!it could not be read when it was recorded: ${error.message}`
}
