/**
 * Where a listing is cut into ranges: at the keys the caller named, and behind those, or where none were named, at keys
 * guessed from what has been listed. A cut may be wrong; how many may be is bounded by what was right so far.
 */
import type { Key } from '../../lib/key.js'
import { SPLIT_ENTRIES } from '../store.js'
import type { Columns } from './columns.js'
import { createGuess } from './guess.js'

export interface Split {
  /** The range begins right behind it. */
  readonly at: Key
  /** Named keys behind the cut before it, itself included; 0 where it is a guess. */
  readonly named: number
  /** Of a guess, what it was stretched by. */
  readonly stretch?: number
}

export interface Splits {
  /** The next cut behind `position`; undefined where it is better not to cut. */
  readonly next: (position: Key) => Split | undefined
  /** Objects that came, from index `from` up to, not including, `to`, of whichever range. */
  readonly saw: (objects: Columns, from: number, to: number) => void
  /** How many keys the first page of the range behind a cut had of its own. */
  readonly tried: (split: Split, keys: number) => void
  /** How many keys a range had in the end that lay between what it was cut by and what was cut off behind it. */
  readonly closed: (keys: number, before: Split | undefined, behind: Split | undefined) => void
}

/** Long enough for a last page only half used not to matter, short enough to be held while those before it come. */
const RANGE_ENTRIES = 8 * SPLIT_ENTRIES
/** A page of S3, and how full those of a range should come: what is asked for costs the same, however little comes. */
const PAGE = 1000
const NEARLY_FULL = 800
/** Pages that must have come before the first guess: what is small is listed in one. */
const BEFORE_GUESS = 4
/** Every page tells something of the first so many, then one of so many: more is not to be learned of them. */
const ALL_LEARNED = 32
const LEARNED = 4
/** One wrong guess for so many pages. */
const PAGES_PER_MISS = 20

/** `atOnce`: ranges listed side by side. The last ones are shorter, so that all of them end at about the same time. */
export function createSplits(named: readonly Key[], atOnce: number): Splits {
  const guess = createGuess()
  let index = 0
  /** Behind the last cut. */
  let begun = 0
  /** Undefined as long as no range has told it. */
  let perNamed: number | undefined
  let pages = 0
  let credit = 1
  let open = 0
  let missed = 0
  const nextNamed = (position: Key): Split | undefined => {
    while (index < named.length && (named[index] ?? position) <= position) index++
    const stride = strideOf(perNamed, Math.floor((named.length - index) / atOnce))
    const at = named[Math.min(index + stride, named.length) - 1]
    if (index >= named.length || at === undefined || at <= position) return undefined
    index = Math.min(index + stride, named.length)
    const passed = index - begun
    begun = index
    return { at, named: passed }
  }
  return {
    next: (position) => {
      const split = nextNamed(position)
      if (split !== undefined) return split
      if (pages < BEFORE_GUESS || open >= credit || missed > pages / PAGES_PER_MISS) return undefined
      const found = guess.ahead(position, RANGE_ENTRIES)
      if (found === undefined || found.at <= position) return undefined
      open++
      return { ...found, named: 0 }
    },
    saw: (objects, from, to) => {
      pages++
      if (pages > ALL_LEARNED && pages % LEARNED !== 0) return
      // Up to the last named key nothing is guessed.
      if (index < named.length || objects.keyAt(to - 1) <= (named.at(-1) ?? '')) return
      guess.learn(objects, from, to)
    },
    tried: (split, keys) => {
      if (split.named > 0) return
      open--
      if (keys > 0) credit *= 2
      else {
        missed++
        credit = 1
      }
    },
    closed: (keys, before, behind) => {
      if (behind !== undefined && behind.named > 0) {
        const found = keys / behind.named
        perNamed = perNamed === undefined ? found : (perNamed * 3 + found) / 4
      } else if (before?.named === 0) guess.came(keys / RANGE_ENTRIES, before.stretch ?? 1)
    },
  }
}

/**
 * So many named keys as there should be in a range: so few that it is held, and so many that its pages come full. Of rows on
 * disk keys are remembered further apart than they are asked for: until that is known, ranges are half as long.
 */
function strideOf(perNamed: number | undefined, fair: number): number {
  const per = Math.max(perNamed ?? SPLIT_ENTRIES, 1)
  const most = Math.max(1, Math.round((perNamed === undefined ? RANGE_ENTRIES / 2 : RANGE_ENTRIES) / per))
  let stride = Math.max(1, Math.min(most, fair))
  while (stride < most && (stride * per) / Math.ceil((stride * per) / PAGE) < NEARLY_FULL) stride++
  return stride
}
