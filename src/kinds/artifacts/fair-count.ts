/**
 * How many were verified before the first that was not reached. In a random order these are a fair sample, wherever it
 * ended; what was finished behind it is not, for the slow ones are missing there.
 */
import type { Verdict } from './verify.js'

export interface FairCount {
  readonly take: (verdict: Verdict) => void
  readonly verified: () => number
}

export function createFairCount(): FairCount {
  // Verdicts come in no order; no more wait here than are under way at once.
  const ahead = new Map<number, Verdict>()
  let next = 0
  let verified = 0
  let ended = false
  return {
    take: (verdict) => {
      if (ended) return
      ahead.set(verdict.index, verdict)
      for (let found = ahead.get(next); found !== undefined && !ended; found = ahead.get(next)) {
        ahead.delete(next++)
        if (!found.reached) ended = true
        else if (found.mark === undefined) verified++
      }
      if (ended) ahead.clear()
    },
    verified: () => verified,
  }
}
