/**
 * The one loop that everything large goes through: two ascending sequences of pages, walked side by side. Memory is
 * one page of each. Order is asserted, never assumed; normalising keys here would desynchronise the walk, so keys are
 * compared as they are.
 */
import type { Key } from '../lib/key.js'
import { createOrderCheck } from './order.js'

export interface Keyed {
  readonly key: Key
}

export type Pages<T> = AsyncIterable<readonly T[]>

/** A stretch of the walk, each part ascending. */
export interface Joined<L, R> {
  readonly left: readonly L[]
  readonly right: readonly R[]
  readonly both: readonly (readonly [L, R])[]
}

/** Names of the two sides, safe to print, for the error that says which one is out of order. */
export interface JoinLabels {
  readonly left: string
  readonly right: string
}

interface Side<T> {
  page: readonly T[]
  at: number
  done: boolean
}

/**
 * Both sides must ascend strictly; a CheckError says where one does not. Closes both when it ends, however it ends.
 */
export async function* mergeJoin<L extends Keyed, R extends Keyed>(
  left: Pages<L>,
  right: Pages<R>,
  labels: JoinLabels,
): AsyncGenerator<Joined<L, R>, void, void> {
  const leftPages = ascending(left, labels.left)
  const rightPages = ascending(right, labels.right)
  try {
    const a: Side<L> = { page: [], at: 0, done: false }
    const b: Side<R> = { page: [], at: 0, done: false }
    for (;;) {
      await fill(a, leftPages)
      await fill(b, rightPages)
      if (a.done && b.done) return
      yield a.done
        ? { left: [], right: rest(b), both: [] }
        : b.done
          ? { left: rest(a), right: [], both: [] }
          : walk(a, b)
    }
  } finally {
    await leftPages.return()
    await rightPages.return()
  }
}

/** Up to the end of whichever page ends first. */
function walk<L extends Keyed, R extends Keyed>(a: Side<L>, b: Side<R>): Joined<L, R> {
  const left: L[] = []
  const right: R[] = []
  const both: (readonly [L, R])[] = []
  let i = a.at
  let j = b.at
  while (i < a.page.length && j < b.page.length) {
    const x = a.page[i] as L
    const y = b.page[j] as R
    // Equal first: in a sound system nearly every pair is.
    if (x.key === y.key) {
      both.push([x, y])
      i++
      j++
    } else if (x.key < y.key) {
      left.push(x)
      i++
    } else {
      right.push(y)
      j++
    }
  }
  a.at = i
  b.at = j
  return { left, right, both }
}

function rest<T>(side: Side<T>): readonly T[] {
  const items = side.at === 0 ? side.page : side.page.slice(side.at)
  side.at = side.page.length
  return items
}

async function fill<T>(side: Side<T>, pages: AsyncGenerator<readonly T[], void, void>): Promise<void> {
  while (!side.done && side.at >= side.page.length) {
    const next = await pages.next()
    side.at = 0
    side.page = next.done ? [] : next.value
    side.done = next.done === true
  }
}

async function* ascending<T extends Keyed>(pages: Pages<T>, label: string): AsyncGenerator<readonly T[], void, void> {
  const check = createOrderCheck({ label, repeats: false })
  for await (const page of pages) {
    check(page)
    yield page
  }
}
