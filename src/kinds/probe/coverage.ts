/** What was probed and what was not, and which objects may still be. */
import { count, listWords } from '../../lib/text.js'
import { formatSize } from '../../lib/units.js'
import type { Listed } from './list.js'
import type { Answer, Unprobed } from './probe-one.js'
import type { ProbeSpec } from './schema.js'

/** So many in a row for which the server did not answer, and it is asked no more. */
const GIVE_UP = 2

export interface Coverage {
  /** Why the object is not to be probed; undefined where it is. */
  readonly refuse: (object: Listed) => Unprobed | undefined
  readonly probed: (object: Listed, answer: Answer) => void
  readonly missed: (unprobed: Unprobed) => void
  readonly counts: () => Counts
  /** What was not looked into, in words. */
  readonly notes: () => readonly string[]
}

export interface Counts {
  readonly examined: number
  readonly probed: number
  readonly unprobed: number
  readonly affected: number
  readonly violations: number
  /** Objects with more violations than are counted. */
  readonly cut: number
}

const WORDS: Readonly<Record<Unprobed['because'], string>> = {
  unseen: 'that cannot be',
  refused: 'that the role may not read',
  slow: 'that took too long',
  large: 'above max_bytes',
  budget: 'beyond the budget',
  time: 'when the time of the check was over',
  lost: 'for which the server did not answer',
  failed: 'whose probe failed',
}

export function createCoverage({ max_bytes: most, budget }: ProbeSpec): Coverage {
  const because = new Map<Unprobed['because'], number>()
  let [probed, affected, violations, cut, bytes] = [0, 0, 0, 0, 0]
  let lostInARow = 0
  let stopped: Unprobed | undefined
  const unprobed = () => [...because.values()].reduce((total, one) => total + one, 0)
  return {
    refuse: ({ unseen, probe, bytes: size = 0 }) => {
      if (unseen !== undefined) return { because: 'unseen', reason: unseen }
      if (probe === undefined) return { because: 'unseen', reason: 'the list gives no probe for it (NULL)' }
      if (most !== undefined && size > most)
        return { because: 'large', reason: `too large: ${formatSize(size)}; max_bytes is ${formatSize(most)}` }
      if (stopped !== undefined) return stopped
      if (budget !== undefined && bytes + size > budget)
        return { because: 'budget', reason: `${formatSize(size)} are more than is left of the budget` }
      return undefined
    },
    probed: ({ bytes: size = 0 }, { rows, more }) => {
      probed++
      bytes += size
      violations += rows.length
      if (rows.length > 0) affected++
      if (more) cut++
      lostInARow = 0
    },
    missed: (one) => {
      because.set(one.because, (because.get(one.because) ?? 0) + 1)
      lostInARow = one.because === 'lost' ? lostInARow + 1 : 0
      if (one.because === 'time' || lostInARow >= GIVE_UP) stopped = one
    },
    counts: () => ({ examined: probed + unprobed(), probed, unprobed: unprobed(), affected, violations, cut }),
    notes: () => {
      const parts = [...because].map(([word, number]) => `${count(number, 'object')} ${WORDS[word]}`)
      return parts.length === 0 ? [] : [`not probed: ${listWords(parts)}`]
    },
  }
}
