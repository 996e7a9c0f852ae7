/** Rows of both sides by their keys, put beside each other. A key may come several times. Pure but for what it reads. */
import { CheckError } from '../../lib/errors.js'
import type { Key } from '../../lib/key.js'
import type { SortedSpool } from '../../lib/spool.js'

export const DIFFERENCES = ['missing', 'extra', 'changed'] as const
export type Difference = (typeof DIFFERENCES)[number]

/** Rows of one key. */
export interface Group {
  readonly key: Key
  /** Hash of a row, with values that may differ → how many rows have it. */
  readonly hashes: ReadonlyMap<string, number>
}

/** Whether rows that are not the same are so but for what may differ. */
export type Alike = (ours: string, theirs: string) => boolean

/** How many rows of a key differ, and how. */
export type Differing = Readonly<Record<Difference, number>>

export const NONE: Differing = { missing: 0, extra: 0, changed: 0 }

/** Only keys of which some row differs. */
export async function* differences(
  source: SortedSpool,
  target: SortedSpool,
  alike?: Alike,
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
      const rows = differing(ours?.hashes, theirs?.hashes, alike)
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
  alike?: Alike,
): Differing | undefined {
  let ours = left(source, target)
  let theirs = left(target, source)
  if (alike !== undefined && ours > 0 && theirs > 0) {
    const pairs = paired(leftOver(source, target), leftOver(target, source), alike)
    ours -= pairs
    theirs -= pairs
  }
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

function leftOver(one: Group['hashes'], other: Group['hashes']): readonly string[] {
  return [...one].flatMap(([row, rows]) => Array.from({ length: Math.max(0, rows - (other.get(row) ?? 0)) }, () => row))
}

/** With more rows of one key than this, to find who belongs to whom takes too long. */
const MOST_TO_PAIR = 1000

/** The most pairs of rows that are alike, each row in one of them: whichever is taken first may spoil it for another. */
function paired(ours: readonly string[], theirs: readonly string[], alike: Alike): number {
  if (Math.max(ours.length, theirs.length) > MOST_TO_PAIR) {
    throw new CheckError(`more than ${MOST_TO_PAIR} rows of one key cannot be compared with a tolerance`, {
      hint: 'say with `key` what tells rows apart',
      at: { path: ['tolerance'] },
    })
  }
  const taken = new Map<number, number>()
  const find = (one: number, seen: Set<number>): boolean => {
    for (const [other, row] of theirs.entries()) {
      if (seen.has(other) || !alike(ours[one] ?? '', row)) continue
      seen.add(other)
      const by = taken.get(other)
      if (by !== undefined && !find(by, seen)) continue
      taken.set(other, one)
      return true
    }
    return false
  }
  return ours.filter((_, one) => find(one, new Set())).length
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
