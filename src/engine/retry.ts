import type { Outcome } from '../judge/outcome.js'
import type { Retry } from '../kinds/kind.js'

/** Milliseconds since 1970. */
export interface RetryState {
  /** When the first attempt began. */
  readonly since: number
  /** When the present series of good attempts began; undefined where the last was not good. */
  readonly goodSince?: number | undefined
  /** Bad attempts one after another. */
  readonly bad: number
}

export type Next = { readonly pauseMs: number; readonly state: RetryState } | undefined

/**
 * Whether to look once more, and after which pause. A bad attempt is tried again until `for` has passed, the last time
 * right at its end; a good one ends it, unless it has to stay good for `stable_for`.
 */
export function nextAttempt(retry: Retry | undefined, state: RetryState, outcome: Outcome, now: number): Next {
  if (retry === undefined || outcome === 'skip') return undefined
  if (outcome === 'pass' || outcome === 'warn') {
    const goodSince = state.goodSince ?? now
    const left = goodSince + (retry.stableForMs ?? 0) - now
    if (left <= 0) return undefined
    return { pauseMs: Math.min(retry.everyMs, left), state: { since: state.since, goodSince, bad: 0 } }
  }
  const left = state.since + retry.forMs - now
  if (left <= 0) return undefined
  const pause = retry.everyMs * Math.max(1, retry.backoff) ** state.bad
  return { pauseMs: Math.min(pause, left), state: { since: state.since, bad: state.bad + 1 } }
}
