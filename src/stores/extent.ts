/** Counts the beginning of a listing, so that its length can be told before anybody reads all of it. */
import type { Extent, ExtentOptions, Gap, Store } from './store.js'

export interface CountOptions extends ExtentOptions {
  /** Counting ends behind the page with this many entries … */
  readonly most: number
  /** … or after this many milliseconds. */
  readonly forMs: number
}

export async function countFirst(list: Store['list'], options: CountOptions): Promise<Extent> {
  const { prefix, signal, most, forMs } = options
  const late = AbortSignal.timeout(forMs)
  const gaps: Gap[] = []
  let entries = 0
  let bytes = 0
  try {
    for await (const page of list({ prefix, signal: AbortSignal.any([signal, late]) })) {
      gaps.push(...(page.gaps ?? []))
      entries += page.entries.length
      for (const { size } of page.entries) bytes += size ?? 0
      if (entries >= most) return { entries, bytes, more: true, gaps: gaps.map(({ reason }) => reason) }
    }
  } catch (error) {
    if (signal.aborted || !late.aborted) throw error
    return { entries, bytes, more: true, gaps: gaps.map(({ reason }) => reason) }
  }
  return { entries, bytes, more: false, gaps: gaps.map(({ reason }) => reason) }
}
