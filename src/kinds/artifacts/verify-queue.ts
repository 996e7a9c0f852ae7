/** Claims whose content is still to be verified, kept on disk until the listing is over. */
import { stableHash } from '../../compare/sampling.js'
import { type Key, keyFromLatin1 } from '../../lib/key.js'
import { createPlainSpool, createSpool, type PlainSpool, type SortedSpool } from '../../lib/spool.js'
import type { ToVerify } from './verify-plan.js'

export interface VerifyQueue {
  /** By which what is read ascends. */
  readonly place: (key: Key) => Key
  readonly add: (item: ToVerify) => Promise<void> | undefined
  /** Ends adding. */
  readonly read: () => AsyncGenerator<readonly ToVerify[], void, void>
  readonly close: () => Promise<void>
}

/** `fair`: pages in an order that looks random and is the same in every run, for where not all may be reached. */
export function createVerifyQueue(dir: string, { fair }: { readonly fair: boolean }): VerifyQueue {
  const spool = fair ? createSpool({ dir }) : createPlainSpool({ dir })
  const skipped = fair ? HASH_BYTES : 0
  let kept: PlainSpool | SortedSpool | undefined
  const place = fair ? hashed : (key: Key) => key
  return {
    place,
    add: (item) => spool.add(place(item.key), encode(item)),
    read: async function* () {
      kept ??= await spool.finish()
      for await (const page of kept.read()) {
        yield page.map(({ key, rest }) => ({ key: keyFromLatin1(key.slice(skipped)), ...decode(rest) }))
      }
    },
    close: async () => {
      await (kept ?? spool).close()
    },
  }
}

const HASH_BYTES = 4

/** The key behind its hash, so that sorting gives the order of the hashes. */
function hashed(key: Key): Key {
  const hash = stableHash(key)
  const bytes = [hash >>> 24, (hash >>> 16) & 0xff, (hash >>> 8) & 0xff, hash & 0xff]
  return keyFromLatin1(String.fromCharCode(...bytes) + key)
}

// Digests are words of hex or a reason in one line of ASCII.
function encode({ refs, size, digests }: ToVerify): string {
  return `${refs}\t${size ?? ''}\t${digests.join('\n')}`
}

function decode(rest: string): Omit<ToVerify, 'key'> {
  const [refs = '', size = '', digests = ''] = rest.split('\t')
  return {
    refs: Number(refs),
    size: size === '' ? undefined : Number(size),
    digests: digests === '' ? [] : digests.split('\n'),
  }
}
