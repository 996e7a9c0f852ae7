/**
 * Finds where a key belongs among ascending keys, once for every record that is sorted. What all of them begin with is looked
 * at once; of the rest, four bytes as one number tell nearly always.
 */
import { compareBytes, viewOf } from './byte-views.js'
import type { Key } from './key.js'

export interface KeyBounds {
  /** How many are not above the key that lies in `source`. */
  readonly notAbove: (source: DataView, from: number, to: number) => number
}

const HEAD_BYTES = 4

export function createBounds(keys: readonly Key[]): KeyBounds {
  const shared = sharedPrefix(keys)
  const whole = keys.map((key) => viewOf(Buffer.from(key, 'latin1')))
  // As if zeros stood behind the end: then a key above it is above the number, too, or has the same.
  const heads = Float64Array.from(keys, (key) => headOf(key, shared))
  const prefix = whole[0]
  const compare = (source: DataView, from: number, to: number, n: number): number => {
    const bound = whole[n] as DataView
    return compareBytes(source, from, to, bound, 0, bound.byteLength)
  }
  return {
    notAbove: (source, from, to) => {
      if (prefix === undefined) return 0
      const start = from + shared
      const isHeaded = start + HEAD_BYTES <= to && compareBytes(source, from, start, prefix, 0, shared) === 0
      const head = isHeaded ? source.getUint32(start) : 0
      let low = 0
      let high = heads.length
      while (low < high) {
        const middle = (low + high) >> 1
        const other = heads[middle] as number
        const isBelow = isHeaded && head !== other ? head < other : compare(source, from, to, middle) < 0
        if (isBelow) high = middle
        else low = middle + 1
      }
      return low
    },
  }
}

function sharedPrefix(keys: readonly Key[]): number {
  const [first, last] = [keys[0] ?? '', keys.at(-1) ?? '']
  let shared = 0
  while (shared < first.length && first[shared] === last[shared]) shared++
  return shared
}

function headOf(key: Key, from: number): number {
  let head = 0
  for (let at = from; at < from + HEAD_BYTES; at++) head = head * 256 + (at < key.length ? key.charCodeAt(at) : 0)
  return head
}
