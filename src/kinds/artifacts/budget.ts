/** How much may still be read to verify content: bytes and time. What they do not reach stays unverified, and says so. */
import { formatDuration, formatSize } from '../../lib/units.js'
import { widened } from '../reporting.js'

export interface BudgetLimits {
  /** Undefined: no limit. */
  readonly bytes: number | undefined
  readonly ms: number | undefined
}

export interface Refusal {
  readonly reason: string
  /** False: the budget has come to its end. True: this content is none for any such budget. */
  readonly reached: boolean
}

export interface Budget {
  /** Why nothing more is looked at; undefined while there is time. */
  readonly over: () => string | undefined
  /** Takes the bytes of one content, or says why it is not read. */
  readonly take: (size: number | undefined) => Refusal | undefined
  /** Bytes taken. */
  readonly taken: () => number
  /** Aborted with the signal of the check, and when the time is over. */
  readonly signal: AbortSignal
}

export interface BudgetOptions {
  /** Of the whole, which is what reasons name. All of it where nothing is said. */
  readonly share?: BudgetLimits
  /** Bytes taken before. */
  readonly spent?: number
}

/** A timer of Node's that is set longer rings at once. */
const MOST_MS = 2 ** 31 - 1

/** Its time begins now. The first content that no longer fits ends the bytes, so that no small ones are preferred. */
export function createBudget(
  whole: BudgetLimits,
  signal: AbortSignal,
  { share = whole, spent = 0 }: BudgetOptions = {},
): Budget {
  let taken = spent
  let ended = false
  const clock = share.ms === undefined ? undefined : AbortSignal.timeout(clamp(share.ms))
  return {
    over: () => {
      return clock?.aborted === true ? `not reached within the time of ${formatDuration(whole.ms ?? 0)}` : undefined
    },
    take: (size) => {
      if (whole.bytes === undefined) return undefined
      const budget = `the budget of ${formatSize(whole.bytes)}`
      if (size === undefined) {
        return { reached: true, reason: `the store does not say its size, so it is not read under ${budget}` }
      }
      if (size > whole.bytes) return { reached: true, reason: `its ${formatSize(size)} alone exceed ${budget}` }
      ended ||= taken + size > (share.bytes ?? 0)
      if (ended) return { reached: false, reason: `not reached within ${budget}` }
      taken += size
      return undefined
    },
    taken: () => taken,
    signal: clock === undefined ? signal : widened([signal, clock]),
  }
}

function clamp(ms: number): number {
  return Math.min(MOST_MS, Math.max(0, Math.floor(ms)))
}

/** What is left to a store is shared out by keys, for one that comes first must not use up what is there for all. */
export function shareOf({ bytes, ms }: BudgetLimits, keys: number, ofKeys: number): BudgetLimits {
  const share = ofKeys === 0 ? 1 : keys / ofKeys
  return {
    bytes: bytes === undefined ? undefined : Math.floor(bytes * share),
    ms: ms === undefined ? undefined : ms * share,
  }
}
