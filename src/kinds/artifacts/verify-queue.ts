/** Claims whose content is still to be verified, kept on disk until the listing is over. */
import { createPlainSpool, type PlainSpool } from '../../lib/spool.js'
import type { ToVerify } from './verify-plan.js'

export interface VerifyQueue {
  readonly add: (item: ToVerify) => Promise<void> | undefined
  /** Pages in the order of adding. Ends adding. */
  readonly read: () => AsyncGenerator<readonly ToVerify[], void, void>
  readonly close: () => Promise<void>
}

export function createVerifyQueue(dir: string): VerifyQueue {
  const spool = createPlainSpool({ dir })
  let kept: PlainSpool | undefined
  return {
    add: (item) => spool.add(item.key, encode(item)),
    read: async function* () {
      kept ??= await spool.finish()
      for await (const page of kept.read()) yield page.map(({ key, rest }) => ({ key, ...decode(rest) }))
    },
    close: async () => {
      await (kept ?? spool).close()
    },
  }
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
