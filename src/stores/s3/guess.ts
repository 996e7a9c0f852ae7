/**
 * Guesses a key that lies so many keys ahead. Keys are taken for numbers whose digits, place by place, are the bytes that
 * were seen there, and for spread evenly; it is only ever a hint where to cut.
 */
import { type Key, keyFromLatin1 } from '../../lib/key.js'
import type { Columns } from './columns.js'

export interface Guess {
  readonly learn: (objects: Columns, from: number, to: number) => void
  /** A key some `count` keys behind `from`; undefined where nothing is known. ASCII behind what all keys begin with. */
  readonly ahead: (from: Key, count: number) => { readonly at: Key; readonly stretch: number } | undefined
  /** A range cut by a guess of this stretch held so many times what it was meant to. */
  readonly came: (share: number, stretch: number) => void
}

const PLACES = 48
/** Of a page, so many keys are looked at. */
const LOOKED_AT = 20
/** Beyond that a number has no more exact places. */
const FINEST = 2 ** 48

const CLASSES: readonly (readonly [first: number, last: number])[] = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x61, 0x7a],
]
const HEX_LAST = 0x66

export function createGuess(): Guess {
  let common: string | undefined
  let places: Set<number>[] = []
  /** Part of all keys there can be that lies between one key and the next. */
  let step: number | undefined
  let stretch = 1
  /** By place, those that are likely there. */
  let digits: (readonly number[])[] = []
  const numberOf = (key: Key): number => {
    let number = 0
    let share = 1
    for (let place = 0; place < PLACES && 1 / share < FINEST; place++) {
      const known = digits[place] ?? []
      const byte = key.charCodeAt((common?.length ?? 0) + place)
      if (known.length === 0 || Number.isNaN(byte)) break
      const found = known.findIndex((digit) => digit >= byte)
      share /= known.length
      number += share * (found < 0 ? known.length : found)
      if (known[found] !== byte) break
    }
    return number
  }
  const keyOf = (number: number): Key => {
    let text = common ?? ''
    let rest = number
    let share = 1
    for (let place = 0; place < PLACES && 1 / share < FINEST; place++) {
      const known = digits[place] ?? []
      if (known.length === 0) break
      rest *= known.length
      const digit = Math.min(known.length - 1, Math.floor(rest))
      rest -= digit
      share /= known.length
      text += String.fromCharCode(known[digit] ?? 0)
      if (step !== undefined && share < step) break
    }
    return keyFromLatin1(text)
  }
  const note = (key: Key, shared: number): void => {
    for (let at = shared; at < Math.min(key.length, shared + PLACES); at++) {
      const byte = key.charCodeAt(at)
      // A character of several bytes cannot be counted byte by byte: numbers end before it.
      if (byte >= 0x80) return
      const place = at - shared
      places[place] ??= new Set()
      const seen = places[place] as Set<number>
      if (seen.has(byte)) continue
      seen.add(byte)
      digits[place] = widen(seen)
    }
  }
  return {
    learn: ({ keyAt }, from, to) => {
      if (to - from < 2) return
      const first = keyAt(from)
      const last = keyAt(to - 1)
      const shared = sharedStart(common ?? first, first, last)
      if (shared.length !== common?.length) {
        places = []
        digits = []
        common = shared
      }
      const every = Math.ceil((to - from) / LOOKED_AT)
      for (let index = from; index < to; index += every) note(keyAt(index), shared.length)
      note(last, shared.length)
      const width = numberOf(last) - numberOf(first)
      if (width > 0) step = width / (to - from - 1)
    },
    ahead: (from, count) => {
      if (step === undefined || common === undefined || !from.startsWith(common)) return undefined
      const number = numberOf(from) + step * count * stretch
      return number < 1 ? { at: keyOf(number), stretch } : undefined
    },
    came: (share, stretched) => {
      // Many ranges are under way that were cut alike: what all of them say must not add up.
      const right = stretched * Math.min(2, Math.max(0.5, 1 / Math.max(share, 0.01)))
      stretch = Math.min(16, Math.max(1 / 16, (3 * stretch + right) / 4))
    },
  }
}

/** The bytes that are likely where these were seen: one digit makes all digits likely. */
function widen(seen: ReadonlySet<number>): readonly number[] {
  const all = new Set(seen)
  for (const [first, last] of CLASSES) {
    const found = [...seen].filter((byte) => byte >= first && byte <= last)
    if (found.length === 0) continue
    const hex = first !== 0x30 && found.every((byte) => (byte & 0x1f) <= (HEX_LAST & 0x1f)) && hasDigit(seen)
    const end = hex ? first + 5 : last
    for (let byte = first; byte <= end; byte++) all.add(byte)
  }
  return [...all].sort((a, b) => a - b)
}

function hasDigit(seen: ReadonlySet<number>): boolean {
  return [...seen].some((byte) => byte >= 0x30 && byte <= 0x39)
}

function sharedStart(...texts: readonly string[]): string {
  const [first = '', ...others] = texts
  let length = first.length
  for (const other of others) {
    let same = 0
    while (same < length && other.charCodeAt(same) === first.charCodeAt(same)) same++
    length = same
  }
  return first.slice(0, length)
}
