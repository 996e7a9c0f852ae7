/** Claims whose content is still to be verified, kept on disk until the listing is over. */
import { createPlainSpool, type PlainSpool } from '../../lib/spool.js'
import type { Claim } from './claim.js'

export interface VerifyQueue {
  readonly add: (claim: Claim) => Promise<void> | undefined
  /** Pages in the order of adding. Ends adding. */
  readonly read: () => AsyncGenerator<readonly Claim[], void, void>
  readonly close: () => Promise<void>
}

export function createVerifyQueue(dir: string): VerifyQueue {
  const spool = createPlainSpool({ dir })
  let kept: PlainSpool | undefined
  return {
    // All of it is ASCII: sizes, digests, months and numbers.
    add: ({ key, ...claim }) => spool.add(key, JSON.stringify(claim)),
    read: async function* () {
      kept ??= await spool.finish()
      for await (const page of kept.read()) {
        yield page.map(({ key, rest }) => ({ key, ...(JSON.parse(rest) as Omit<Claim, 'key'>) }))
      }
    },
    close: async () => {
      await (kept ?? spool).close()
    },
  }
}
