/** One cause behind many findings: the same change of prefix, one directory, one month. Pure; memory is bounded. */
import { type Key, keyFromLatin1 } from '../lib/key.js'

/** Turns a key of the rows into one of the store: `strip` taken off its start, `add` put there. */
export interface PrefixChange {
  readonly strip: Key
  readonly add: Key
}

/** The change that makes `found` of `missing`, keeping as many whole path segments as they share at their ends. */
export function prefixChange(missing: Key, found: Key): PrefixChange | undefined {
  const length = Math.min(missing.length, found.length)
  let same = 0
  while (same < length && missing.charCodeAt(missing.length - 1 - same) === found.charCodeAt(found.length - 1 - same)) {
    same++
  }
  // The shared tail starts at a segment, or is a whole key that the other continues to the left.
  let cut = missing.length - same
  const foundCut = () => found.length - (missing.length - cut)
  while (cut < missing.length && !(startsSegment(missing, cut) && startsSegment(found, foundCut()))) cut++
  if (cut === missing.length) return undefined
  return { strip: keyFromLatin1(missing.slice(0, cut)), add: keyFromLatin1(found.slice(0, foundCut())) }
}

export function applyPrefixChange(key: Key, change: PrefixChange): Key | undefined {
  return key.startsWith(change.strip) ? keyFromLatin1(change.add + key.slice(change.strip.length)) : undefined
}

/** The last segment of a key: what a moved file keeps. */
function baseName(key: Key): string {
  return key.slice(key.lastIndexOf('/') + 1)
}

/** With its dot; empty where there is none. */
export function extensionOf(key: Key): string {
  const name = baseName(key)
  const dot = name.lastIndexOf('.')
  return dot > 0 ? name.slice(dot) : ''
}

function startsSegment(key: Key, at: number): boolean {
  return at === 0 || key[at - 1] === '/'
}

/** The directory that holds both, with its slash; empty where there is none. Of a sorted list, first and last tell all. */
export function commonDirectory(first: Key, last: Key): Key {
  let same = 0
  while (same < first.length && same < last.length && first[same] === last[same]) same++
  return keyFromLatin1(first.slice(0, first.slice(0, same).lastIndexOf('/') + 1))
}

/** Counts up to `limit` different values; beyond that none stands out anyway. */
export function createHistogram(limit: number): {
  readonly add: (value: string) => void
  /** The commonest value and its count. */
  readonly top: () => readonly [string, number] | undefined
} {
  const counts = new Map<string, number>()
  return {
    add: (value) => {
      const count = counts.get(value)
      if (count !== undefined || counts.size < limit) counts.set(value, (count ?? 0) + 1)
    },
    top: () => [...counts].reduce<readonly [string, number] | undefined>(larger, undefined),
  }
}

function larger(best: readonly [string, number] | undefined, next: readonly [string, number]) {
  return best === undefined || next[1] > best[1] ? next : best
}
