/** `prefix`, `after` and `before` as one half-open range of keys. */
import { afterPrefix, type Key, keyFromLatin1 } from '../lib/key.js'
import type { ListOptions } from './store.js'

export interface KeyRange {
  /** Included. */
  readonly from: Key
  /** Not included; undefined is the end of all keys. */
  readonly to: Key | undefined
}

export function keyRange({ prefix, after, before }: Omit<ListOptions, 'signal'>): KeyRange {
  const start = prefix ?? keyFromLatin1('')
  // The first string of bytes behind k is k with a zero byte appended.
  const behind = after === undefined ? start : keyFromLatin1(`${after}\0`)
  const end = afterPrefix(start)
  const to = end === undefined || (before !== undefined && before < end) ? before : end
  return { from: later(start, behind), to }
}

export function isEmptyRange({ from, to }: KeyRange): boolean {
  return to !== undefined && from >= to
}

export function inRange(key: Key, { from, to }: KeyRange): boolean {
  return key >= from && (to === undefined || key < to)
}

/** What both ranges hold; empty (`from` not before `to`) where they do not meet. */
export function intersect(a: KeyRange, b: KeyRange): KeyRange {
  return {
    from: later(a.from, b.from),
    to: a.to === undefined ? b.to : b.to === undefined || a.to < b.to ? a.to : b.to,
  }
}

/** All keys that start with `prefix`. */
export function prefixRange(prefix: Key): KeyRange {
  return { from: prefix, to: afterPrefix(prefix) }
}

function later(a: Key, b: Key): Key {
  if (a > b) return a
  return b
}
