/** How the subjects of checks moved over the last runs. */
import type { Json } from '../lib/value.js'
import type { History } from './history.js'
import type { CheckOfRun } from './run-record.js'

/** One run's part in it. */
export interface TrailPoint extends Pick<CheckOfRun, 'outcome' | 'duration_ms'> {
  readonly at: string
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
    for (const [id, { outcome, duration_ms, subjects }] of Object.entries(checks)) {
      const trail = trails.get(id) ?? []
      trails.set(id, trail)
      trail.unshift({ at, outcome, duration_ms, subjects })
    }
    if (++runs >= most) break
  }
  return trails
}
