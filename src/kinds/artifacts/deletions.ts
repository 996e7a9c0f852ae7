/** How missing keys were deleted, where their store keeps versions: that they can be had again, and that it was one deed. */
import type { Key } from '../../lib/key.js'
import { formatNumber } from '../../lib/text.js'
import { StoreError } from '../../stores/store.js'
import type { Deleted } from '../kind.js'
import { mapLimited } from './map-limited.js'
import { allOf } from './part-of.js'
import type { StoreRun } from './store-run.js'

const WIDTH = 32
const PAGE = 1000
const HOUR = 3_600_000
/** Below this, that they were deleted at one time is chance. */
const FEW = 5

/** One request a key; what they find is kept in the run. Returns notes on what it comes to. */
export async function findDeletions(
  run: StoreRun,
  keys: readonly Key[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { history } = run.store
  if (history === undefined || keys.length === 0) return []
  const times: number[] = []
  let recoverable = 0
  try {
    for (let from = 0; from < keys.length; from += PAGE) {
      signal.throwIfAborted()
      const page = keys.slice(from, from + PAGE)
      const found = await mapLimited(page, WIDTH, (key) => history(key, { signal }))
      for (const [index, key] of page.entries()) {
        const deletion = found[index]
        if (deletion === undefined) continue
        const { deletedAt, recoverableVersion } = deletion
        if (deletedAt !== undefined) times.push(deletedAt)
        if (recoverableVersion !== undefined) recoverable++
        const deleted: Deleted = {
          ...(deletedAt === undefined ? {} : { at: new Date(deletedAt).toISOString() }),
          ...(recoverableVersion === undefined ? {} : { version: recoverableVersion }),
        }
        run.deleted.set(key, deleted)
      }
    }
  } catch (error) {
    // That nobody may ask for it is no fault of the keys.
    if (!(error instanceof StoreError) || signal.aborted) throw error
    return [`whether missing keys were deleted in ${run.store.label} could not be told: ${error.message}`]
  }
  if (run.deleted.size === 0) return []
  const back = `${formatNumber(recoverable)} of them have a version that can be had back`
  return [
    `${allOf(run.deleted.size, keys.length)} missing keys were deleted in ${run.store.label}: ${back}${when(times, keys.length)}`,
  ]
}

/** Said where nine of ten keys were deleted within an hour: one deed, then, and no wear. */
function when(times: readonly number[], keys: number): string {
  if (keys < FEW) return ''
  const sorted = times.toSorted((a, b) => a - b)
  let best: readonly [from: number, to: number] = [0, -1]
  let from = 0
  for (let to = 0; to < sorted.length; to++) {
    while ((sorted[to] ?? 0) - (sorted[from] ?? 0) > HOUR) from++
    if (to - from > best[1] - best[0]) best = [from, to]
  }
  const together = best[1] - best[0] + 1
  if (together * 10 < keys * 9) return ''
  const [first, last] = [sorted[best[0]] ?? 0, sorted[best[1]] ?? 0].map((time) => new Date(time).toISOString())
  return `; ${formatNumber(together)} were deleted between ${first} and ${last}`
}
