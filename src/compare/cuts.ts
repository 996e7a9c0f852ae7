/**
 * Where keys are cut into parts of about the same size, the same wherever the same keys are seen, in whatever order. Pure;
 * memory is bounded.
 */
import { detached, type Key, keyFromLatin1 } from '../lib/key.js'
import { stableHash } from './sampling.js'

export interface Sketch {
  readonly add: (key: Key) => void
  /** `parts` − 1 keys, ascending; the n-th is the last key of the n-th part. Equal ones have an empty part between them. */
  readonly cuts: (parts: number) => readonly Key[]
}

/** Keys after `after`, up to and with `upTo`. */
export interface CutRange {
  readonly after?: Key | undefined
  readonly upTo?: Key | undefined
}

/** The `number`-th (from 1) of the parts that `cuts` make. Together they hold every key, each once. */
export function rangeOf(cuts: readonly Key[], number: number): CutRange {
  return { after: cuts[number - 2], upTo: cuts[number - 1] }
}

export function isEmptyCut({ after, upTo }: CutRange): boolean {
  // There is no key without a byte, so nothing lies up to it.
  return upTo !== undefined && (upTo === '' || (after !== undefined && after >= upTo))
}

const KEPT = 4096
const KEPT_EACH = 64
/** A cut may lie so far from the even one, as a share of a part. */
const LEEWAY = 1 / 8

/** Keeps the keys with the least hashes: which they are follows from the set of keys alone. */
export function createSketch(parts: number): Sketch {
  const most = Math.max(KEPT, KEPT_EACH * parts)
  let kept = new Map<Key, number>()
  let highest = Number.POSITIVE_INFINITY
  const least = (): (readonly [Key, number])[] => [...kept].sort(byHash).slice(0, most)
  return {
    add: (key) => {
      const hash = stableHash(key)
      if (hash > highest) return
      if (!kept.has(key)) kept.set(detached(key), hash)
      if (kept.size < 2 * most) return
      const left = least()
      kept = new Map(left)
      highest = left.at(-1)?.[1] ?? highest
    },
    cuts: (number) => {
      const sorted = least().sort(([a], [b]) => (a < b ? -1 : 1))
      return Array.from({ length: number - 1 }, (_, index) =>
        cutNear(sorted, (sorted.length * (index + 1)) / number, number),
      )
    },
  }
}

/**
 * Near the even cut, at the key with the least hash: a few rows more or less, read by another machine a little later,
 * seldom move it, where the even cut would move with every one.
 */
function cutNear(sorted: readonly (readonly [Key, number])[], even: number, parts: number): Key {
  const leeway = (sorted.length / parts) * LEEWAY
  const near = sorted.slice(Math.max(0, Math.ceil(even - leeway) - 1), Math.floor(even + leeway))
  const [first] = near.sort(byHash)
  // Fewer keys than parts: nothing lies before this cut.
  return first?.[0] ?? sorted[Math.floor(even) - 1]?.[0] ?? keyFromLatin1('')
}

function byHash([a, x]: readonly [Key, number], [b, y]: readonly [Key, number]): number {
  return x - y || (a < b ? -1 : 1)
}
