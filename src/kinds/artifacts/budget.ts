/** How much may still be read to verify content: bytes and time. What they do not reach stays unverified, and says so. */
import { formatDuration, formatSize } from '../../lib/units.js'

export interface BudgetLimits {
  /** Bytes. */
  readonly bytes: number | undefined
  readonly ms: number | undefined
}

export interface Budget {
  /** Why nothing more is looked at; undefined while there is time. */
  readonly over: () => string | undefined
  /** Takes the bytes of one content, or says why it is not read. */
  readonly take: (size: number | undefined) => Refusal | undefined
  /** Aborted with the signal of the check, and when the time is over. */
  readonly signal: AbortSignal
}

export interface Refusal {
  readonly reason: string
  /** False: the budget has come to its end. True: this content is none for any such budget. */
  readonly reached: boolean
}

/** Its time begins now. The first content that no longer fits ends the bytes, so that no small ones are preferred. */
export function createBudget({ bytes, ms }: BudgetLimits, signal: AbortSignal): Budget {
  let left = bytes ?? Number.POSITIVE_INFINITY
  let spent = false
  const clock = ms === undefined ? undefined : AbortSignal.timeout(ms)
  return {
    over: () => (clock?.aborted === true ? `not reached within the time of ${formatDuration(ms ?? 0)}` : undefined),
    take: (size) => {
      if (bytes === undefined) return undefined
      const budget = `the budget of ${formatSize(bytes)}`
      if (size === undefined) {
        return { reached: true, reason: `the store does not say its size, so it is not read under ${budget}` }
      }
      if (size > bytes) return { reached: true, reason: `its ${formatSize(size)} alone exceed ${budget}` }
      spent ||= size > left
      if (spent) return { reached: false, reason: `not reached within ${budget}` }
      left -= size
      return undefined
    },
    signal: clock === undefined ? signal : AbortSignal.any([signal, clock]),
  }
}
