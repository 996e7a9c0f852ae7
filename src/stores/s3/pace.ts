/**
 * How many requests may be under way at once: fewer by half when the store says that it is too much, then more again, one
 * for each round that went well.
 */
export interface Pace {
  readonly limit: () => number
  readonly wentWell: () => void
  /** `since` is when the request that was refused was sent: many refused together count once. */
  readonly tooMuch: (since: number) => void
}

export function createPace(most: number, now: () => number): Pace {
  let limit = most
  let lowered = Number.NEGATIVE_INFINITY
  return {
    limit: () => Math.max(1, Math.floor(limit)),
    wentWell: () => {
      limit = Math.min(most, limit + 1 / limit)
    },
    tooMuch: (since) => {
      if (since < lowered) return
      limit = Math.max(1, limit / 2)
      lowered = now()
    },
  }
}
