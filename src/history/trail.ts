/** How the subjects of checks moved over the last runs. */
import type { Json } from '../lib/value.js'
import type { History } from './history.js'

/** One run's part in it. */
interface TrailPoint {
  readonly subjects: Readonly<Record<string, Json>>
}

/** By check, the oldest first. */
export type Trails = ReadonlyMap<string, readonly TrailPoint[]>

export interface TrailOptions {
  /** Of the check files. */
  readonly name: string | undefined
  /** Only runs that began before then. */
  readonly before: string
  /** As many runs as count, the newest of them. */
  readonly most: number
}

export async function trailsOf(history: History, { name, before, most }: TrailOptions): Promise<Trails> {
  const trails = new Map<string, TrailPoint[]>()
  let runs = 0
  for await (const { at, checks } of history.runs(name)) {
    if (at >= before) continue
    for (const [id, { subjects }] of Object.entries(checks)) {
      const trail = trails.get(id) ?? []
      trails.set(id, trail)
      trail.unshift({ subjects })
    }
    if (++runs >= most) break
  }
  return trails
}
