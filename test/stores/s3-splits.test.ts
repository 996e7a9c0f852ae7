import { expect, it } from 'vitest'
import { type Key, keyFromText } from '../../src/lib/key.js'
import { createSplits, type Split } from '../../src/stores/s3/splits.js'

const START = keyFromText('')
const namedKeys = (count: number): readonly Key[] =>
  Array.from({ length: count }, (_, index) => keyFromText(String(index).padStart(6, '0')))

/** All cuts a listing makes, each range closed as soon as its end is known, where it is said how many keys there are to a named one. */
function cuts(named: readonly Key[], atOnce: number, perNamed?: number): readonly Split[] {
  const splits = createSplits(named, atOnce)
  const found: Split[] = []
  for (let split = splits.next(START); split !== undefined; split = splits.next(split.at)) {
    if (perNamed !== undefined) splits.closed(split.named * perNamed, found.at(-1), split)
    found.push(split)
  }
  return found
}

const lengths = (found: readonly Split[]) => found.map(({ named }) => named)

it('cuts ranges that grow shorter, the last ones for each request at once a single page', () => {
  const found = lengths(cuts(namedKeys(102), 16))
  expect(found.reduce((sum, one) => sum + one)).toBe(102)
  expect(found).toEqual(found.toSorted((a, b) => b - a))
  expect(found.slice(-16)).toEqual(Array(16).fill(1))
})

it('holds what a range came to against the named keys it passed, not against those of the one before it', () => {
  const splits = createSplits(namedKeys(102), 16)
  const found: Split[] = []
  for (let split = splits.next(START); split?.named !== 1; split = splits.next((split as Split).at))
    found.push(split as Split)
  const one = splits.next((found.at(-1) as Split).at) as Split
  for (let times = 0; times < 20; times++) splits.closed(975, found[0], one)
  const rest: Split[] = []
  for (let split = splits.next(one.at); split !== undefined; split = splits.next(split.at)) rest.push(split)
  expect(new Set(lengths(rest))).toEqual(new Set([1]))
})

it.each([
  ['somewhat more than a page', 1050, 4],
  ['a page and a half', 1450, 2],
  ['twice as much', 1950, 1],
])('cuts off only what fills its pages, where a named key stands for %s', (_, perNamed, least) => {
  const found = lengths(cuts(namedKeys(400), 16, perNamed))
  expect(found.slice(-17, -1)).toEqual(Array(16).fill(least))
})

it('holds ranges short until it is known how many keys a named one stands for', () => {
  const named = namedKeys(1000)
  const splits = createSplits(named, 16)
  const first = splits.next(START) as Split
  const second = splits.next(first.at) as Split
  expect(lengths([first, second])).toEqual([4, 4])
  splits.closed(4 * 975, undefined, first)
  expect(splits.next(second.at)?.named).toBe(8)
  const apart = createSplits(named, 16)
  apart.closed(4 * 1950, undefined, apart.next(START))
  expect(apart.next(named[3] as Key)?.named).toBe(4)
})

it('passes over named keys that were listed already, and counts them to the range they lie in', () => {
  const named = namedKeys(64)
  const split = createSplits(named, 16).next(named[9] as Key)
  expect(split).toEqual({ at: named[12], named: 13 })
})
