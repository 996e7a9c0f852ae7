/** How many of the keys of rows share what findings have in common. Rows are many: no more are read than it takes. */
import type { Key } from '../../lib/key.js'
import { type Claim, groupClaims } from './claim.js'
import { keysBelow } from './keys-below.js'
import type { StoreRun } from './store-run.js'

export type Ask = (claim: Claim) => boolean

export interface Share {
  /** Keys of rows. */
  readonly all: number
  /** Whether it is no chance that findings are among so many of them. Of fewer it is none either. */
  readonly isRare: (keys: number) => boolean
}

/** Those that were looked for; beside gaps there are others, which have to be counted. */
export async function keysOf(run: StoreRun): Promise<number> {
  if (run.claims.count === 0) return 0
  if (run.gaps.length === 0) return run.tally.examined
  let count = 0
  for await (const page of groupClaims(run.claims.read())) for (const { refs } of page) if (refs > 0) count++
  return count
}

/** How many keys of rows lie there; undefined where they are so many that findings lie there by chance. */
export async function keysIn({ bounds, claims }: StoreRun, directory: Key, { all, isRare }: Share) {
  const isIn = (key: Key | undefined) => key?.startsWith(directory) === true
  if (isIn(bounds?.first) && isIn(bounds?.last)) return isRare(all) ? all : undefined
  let count = 0
  for await (const page of groupClaims(claims.read(keysBelow(directory)))) {
    for (const { key, refs } of page) if (refs > 0 && isIn(key)) count++
    if (!isRare(count)) return undefined
  }
  return count
}

const SAMPLE = 1000
/** By how much the share of a sample of that size is never mistaken: less than once in a hundred million times. */
const DOUBT = 0.1

/** Whether keys spread evenly over all tell already that too many have it for it to be a cause. */
export function isCommon({ claims }: StoreRun, has: (key: Key) => boolean, { all, isRare }: Share): boolean {
  const sample = claims.sample(SAMPLE)
  if (sample.length < SAMPLE / 2) return false
  const share = sample.filter(has).length / sample.length
  // Records that are no key of rows of their own may all have it.
  const least = (share - DOUBT) * claims.count - (claims.count - all)
  return least > 0 && !isRare(Math.floor(least))
}

/** What few keys of rows have; they are counted until that is certain of each. */
export async function findRare(run: StoreRun, asks: readonly Ask[], { all, isRare }: Share): Promise<ReadonlySet<Ask>> {
  const counts = asks.map(() => 0)
  const isOpen = (left: number) => counts.some((count) => isRare(count) && !isRare(count + left))
  let left = all
  if (asks.length > 0 && isOpen(left)) {
    for await (const page of groupClaims(run.claims.read())) {
      for (const claim of page) {
        if (claim.refs === 0) continue
        left--
        for (const [index, ask] of asks.entries()) if (ask(claim)) counts[index] = (counts[index] ?? 0) + 1
      }
      if (!isOpen(left)) break
    }
  }
  return new Set(asks.filter((_, index) => isRare(counts[index] ?? 0)))
}
