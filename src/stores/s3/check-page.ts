/** Whether a page is what was asked for, and what of it belongs to a range. Nothing is taken on trust. */
import { createOrderCheck } from '../../compare/order.js'
import { type Key, keyFromText, keyToText } from '../../lib/key.js'
import type { KeyRange } from '../range.js'
import { UnorderedError } from '../store.js'
import type { Columns } from './columns.js'
import type { Bucket } from './list.js'
import type { PageStart } from './list-request.js'

/** Whether the store begins pages where it is told to. Some give the first page whatever is asked. */
export function honoursStart({ prefix }: Bucket, { token, after }: PageStart, objects: Columns): boolean {
  if (token !== undefined || after === undefined || objects.count === 0) return true
  const behind = keyFromText(after)
  return !behind.startsWith(prefix) || objects.keyAt(0) > behind.slice(prefix.length)
}

/** Throws an UnorderedError where keys do not ascend, another CheckError where one comes twice. */
export function assertAscending(label: string, previous: Key | undefined, objects: Columns): void {
  const { count, disorder, keyAt } = objects
  if (previous !== undefined && count > 0) assertPair(label, previous, keyAt(0))
  if (disorder !== undefined) assertPair(label, keyAt(disorder - 1), keyAt(disorder))
}

function assertPair(label: string, before: Key, after: Key): void {
  if (before < after) return
  const [first, second] = [before, after].map((key) => JSON.stringify(keyToText(key)))
  if (after < before) throw new UnorderedError(label, `${first} comes before ${second}`)
  createOrderCheck({ label, repeats: false })([{ key: before }, { key: after }])
}

/** Where the objects in the range and behind `last` begin and end, of ascending ones. */
export function within(objects: Columns, range: KeyRange, last: Key | undefined): readonly [from: number, to: number] {
  const behind = last === undefined || last < range.from ? 0 : firstThat(objects, (key) => key > last)
  const from = Math.max(
    behind,
    firstThat(objects, (key) => key >= range.from),
  )
  const { to } = range
  return [from, Math.max(from, to === undefined ? objects.count : firstThat(objects, (key) => key >= to))]
}

/** Index of the first key of which it holds, as of all behind it. */
function firstThat({ count, keyAt }: Columns, holds: (key: Key) => boolean): number {
  if (count === 0 || holds(keyAt(0))) return 0
  if (!holds(keyAt(count - 1))) return count
  let no = 0
  let yes = count - 1
  while (yes - no > 1) {
    const middle = (no + yes) >>> 1
    if (holds(keyAt(middle))) yes = middle
    else no = middle
  }
  return yes
}
