/** The parts of a listing that are not there: a key in one of them is neither present nor missing. */
import { type Key, keyToText } from '../../lib/key.js'
import type { Gap } from '../../stores/store.js'

export interface Gaps {
  readonly add: (gap: Gap) => void
  /** The gap a key lies in. Keys must be asked for in ascending order: gaps behind are forgotten. */
  readonly covering: (key: Key) => Gap | undefined
  readonly count: () => number
  /** The first few, in words. */
  readonly reasons: () => readonly string[]
}

const MOST_REASONS = 10

/** `label` of the store, safe to print. */
export function createGaps(label: string): Gaps {
  let ahead: Gap[] = []
  let count = 0
  const reasons: string[] = []
  return {
    add: (gap) => {
      count++
      if (reasons.length < MOST_REASONS) {
        const end = gap.to === undefined ? ' on' : ''
        reasons.push(`${label}: not listed from ${JSON.stringify(keyToText(gap.from))}${end}: ${gap.reason}`)
      }
      ahead.push(gap)
    },
    covering: (key) => {
      const first = ahead[0]
      if (first === undefined) return undefined
      if (first.to !== undefined && first.to <= key) ahead = ahead.filter(({ to }) => to === undefined || to > key)
      return ahead.find(({ from, to }) => from <= key && (to === undefined || key < to))
    },
    count: () => count,
    reasons: () => reasons,
  }
}
