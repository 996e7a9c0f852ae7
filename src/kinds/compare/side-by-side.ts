/** Rows of both sides by their keys, put beside each other. A key may come several times. Pure but for what it reads. */
import type { Key } from '../../lib/key.js'
import type { SortedSpool } from '../../lib/spool.js'

export const DIFFERENCES = ['missing', 'extra', 'changed'] as const
export type Difference = (typeof DIFFERENCES)[number]

/** Rows of one key. */
export interface Group {
  readonly key: Key
  /** Hash of a row → how many rows have it. */
  readonly hashes: ReadonlyMap<string, number>
}

/** How many rows of a key differ, and how. */
export type Differing = Readonly<Record<Difference, number>>

/** Only keys of which some row differs. */
export async function* differences(
  source: SortedSpool,
  target: SortedSpool,
): AsyncGenerator<{ readonly key: Key; readonly rows: Differing }, void, void> {
  const left = groups(source)
  const right = groups(target)
  try {
    let a = await left.next()
    let b = await right.next()
    while (a.done !== true || b.done !== true) {
      const ours = a.done !== true && (b.done === true || a.value.key <= b.value.key) ? a.value : undefined
      const theirs = b.done !== true && (a.done === true || b.value.key <= a.value.key) ? b.value : undefined
      const key = (ours ?? theirs)?.key as Key
      const rows = differing(ours?.hashes, theirs?.hashes)
      if (rows !== undefined) yield { key, rows }
      if (ours !== undefined) a = await left.next()
      if (theirs !== undefined) b = await right.next()
    }
  } finally {
    await left.return()
    await right.return()
  }
}

/** Undefined where none does. */
export function differing(
  source: Group['hashes'] = new Map(),
  target: Group['hashes'] = new Map(),
): Differing | undefined {
  const ours = left(source, target)
  const theirs = left(target, source)
  if (ours === 0 && theirs === 0) return undefined
  const changed = Math.min(ours, theirs)
  return { changed, missing: ours - changed, extra: theirs - changed }
}

/** Rows of the one that the other has no such row for. */
function left(one: Group['hashes'], other: Group['hashes']): number {
  let count = 0
  for (const [hash, rows] of one) count += Math.max(0, rows - (other.get(hash) ?? 0))
  return count
}

async function* groups(spool: SortedSpool): AsyncGenerator<Group, void, void> {
  let key: Key | undefined
  let hashes = new Map<string, number>()
  for await (const page of spool.read()) {
    for (const record of page) {
      if (key !== undefined && record.key !== key) {
        yield { key, hashes }
        hashes = new Map()
      }
      key = record.key
      hashes.set(record.rest, (hashes.get(record.rest) ?? 0) + 1)
    }
  }
  if (key !== undefined) yield { key, hashes }
}
