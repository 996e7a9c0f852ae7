/**
 * How long a store may answer nothing but that it is too busy, or nothing at all. When that is over, what is asked of it
 * fails at once for a while: a hundred thousand objects would otherwise each be waited for.
 */
import { StoreError } from '../store.js'

export interface Patience {
  /** Throws where it is over. */
  readonly check: () => void
  readonly answered: () => void
  /** What was asked at `sent` was refused, or not answered: why, safe to print. */
  readonly inVain: (sent: number, why: string) => void
}

const LONGEST_MS = 60_000
/** After that it is asked again. */
const PAUSE_MS = 10_000

interface Vain {
  /** When the first was asked, with no answer since. */
  readonly since: number
  readonly last: number
  readonly why: string
}

export function createPatience(label: string, now: () => number): Patience {
  let vain: Vain | undefined
  return {
    check: () => {
      if (vain === undefined || vain.last - vain.since < LONGEST_MS || now() - vain.last >= PAUSE_MS) return
      const seconds = Math.round((vain.last - vain.since) / 1000)
      throw new StoreError('unavailable', `${label}: all requests were in vain for ${seconds} s: ${vain.why}`, {
        hint: 'see what is wrong with the store, or lower `limit` on the connection where it is too much, then look again',
      })
    },
    answered: () => {
      vain = undefined
    },
    inVain: (sent, why) => {
      // Long ago it may have been another trouble.
      const same = vain !== undefined && sent - vain.last < LONGEST_MS
      vain = { since: same && vain !== undefined ? vain.since : sent, last: now(), why }
    },
  }
}
