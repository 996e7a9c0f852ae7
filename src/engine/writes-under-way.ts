/**
 * What checks write and have not removed yet. A check that is told to stop is not waited for long; what it wrote is: the
 * run ends only when it was removed, or names it.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Around } from '../writes/allowed.js'

export interface WritesUnderWay {
  /** `stopped`: whether the check can no longer tell what it left, so that the run has to. */
  readonly of: (check: string, stopped: () => boolean) => Around
  /** Waits for their ends, so many milliseconds at most. */
  readonly settle: (ms: number) => Promise<void>
}

export function createWritesUnderWay(warn: (warning: string) => void): WritesUnderWay {
  const pending = new Map<Promise<unknown>, string>()
  return {
    of: (check, stopped) => async (what, use) => {
      const work = use((left) => {
        if (stopped()) warn(`${check}: ${left}`)
      })
      pending.set(work, `${check}: ${what} may be left: removing it did not end in time`)
      try {
        return await work
      } finally {
        pending.delete(work)
      }
    },
    settle: async (ms) => {
      if (pending.size === 0) return
      const late = new AbortController()
      await Promise.race([
        Promise.allSettled(pending.keys()),
        wait(ms, undefined, { signal: late.signal }).catch(() => undefined),
      ])
      late.abort()
      for (const words of pending.values()) warn(words)
    },
  }
}
