/** Pages of entries as they go from thread to thread: one text and a few arrays of numbers, instead of an object for each. */
import { type Key, keyFromLatin1 } from '../../lib/key.js'
import type { Entry, Gap, Page } from '../store.js'

export interface PackedPage {
  /** All keys, one after the other. */
  readonly keys: string
  readonly ends: Uint32Array
  /** In order: size and time of each, NaN where there is none; not there at all where nobody asked. */
  readonly numbers: Float64Array | undefined
  readonly unreadable: readonly (readonly [index: number, reason: string])[]
  readonly gaps: readonly Gap[]
}

export const EMPTY_PAGE: PackedPage = {
  keys: '',
  ends: new Uint32Array(),
  numbers: undefined,
  unreadable: [],
  gaps: [],
}

export interface Packing {
  readonly add: (entry: Entry) => void
  /** One of which only the key is known. */
  readonly addKey: (key: Key) => void
  readonly gap: (gap: Gap) => void
  readonly count: () => number
  readonly finish: () => PackedPage
}

export function createPacking(numbered: boolean): Packing {
  const keys: string[] = []
  const ends: number[] = []
  const numbers: number[] = []
  const unreadable: [number, string][] = []
  const gaps: Gap[] = []
  let end = 0
  const addKey = (key: Key): void => {
    keys.push(key)
    end += key.length
    ends.push(end)
  }
  return {
    add: ({ key, size, modified, unreadable: reason }) => {
      if (reason !== undefined) unreadable.push([keys.length, reason])
      addKey(key)
      if (numbered) numbers.push(size ?? Number.NaN, modified ?? Number.NaN)
    },
    addKey,
    gap: (gap) => gaps.push(gap),
    count: () => keys.length,
    finish: () => ({
      keys: keys.join(''),
      ends: Uint32Array.from(ends),
      numbers: numbered ? Float64Array.from(numbers) : undefined,
      unreadable,
      gaps,
    }),
  }
}

export function packedBytes({ keys, ends, numbers }: PackedPage): number {
  return keys.length + ends.byteLength + (numbers?.byteLength ?? 0)
}

export function unpack({ keys, ends, numbers, unreadable, gaps }: PackedPage): Page {
  const entries: Entry[] = new Array(ends.length)
  let start = 0
  for (let index = 0; index < ends.length; index++) {
    const end = ends[index] ?? start
    const key = keyFromLatin1(keys.slice(start, end))
    start = end
    const size = numbers?.[2 * index] ?? Number.NaN
    const modified = numbers?.[2 * index + 1] ?? Number.NaN
    if (!Number.isNaN(size)) entries[index] = { key, size, modified }
    else entries[index] = Number.isNaN(modified) ? { key } : { key, modified }
  }
  for (const [index, reason] of unreadable) {
    const entry = entries[index]
    if (entry !== undefined) entries[index] = { ...entry, unreadable: reason }
  }
  return gaps.length === 0 ? { entries } : { entries, gaps }
}
