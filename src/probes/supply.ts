/** How much there is of something that runs out, how much of it is taken, and what sets the limit. Pure. */

export interface Supply {
  readonly used: number
  readonly total: number
  /** What sets the limit, in words that end a sentence: `the machine`, `the limit of the container (cgroup v2)`. */
  readonly limit: string
}

export function freeOf({ used, total }: Supply): number {
  return Math.max(0, total - used)
}

/** Of several limits that hold at once, the one with the least left: what runs out first. */
export function firstToRunOut<T extends Supply>(supplies: readonly T[]): T | undefined {
  return supplies.reduce<T | undefined>(
    (least, one) => (least === undefined || freeOf(one) < freeOf(least) ? one : least),
    undefined,
  )
}
