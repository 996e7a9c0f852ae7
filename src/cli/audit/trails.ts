/** How the subjects of checks moved over earlier runs, from the history. */
import { resolve } from 'node:path'
import type { Litter } from '../../lib/litter.js'
import type { Earlier } from '../../reporters/trend.js'

/** Earlier runs that are shown. */
const RUNS = 30

export interface TrailsOptions {
  readonly cwd: string
  readonly litter: Litter
  /** Those count that are of this name and began before. */
  readonly run: { readonly name: string | undefined; readonly at: string }
}

/** By check, the oldest first; undefined where there is no history. */
export async function readTrails(
  given: string | undefined,
  { cwd, litter, run: { name, at } }: TrailsOptions,
): Promise<ReadonlyMap<string, readonly Earlier[]> | undefined> {
  if (given === undefined) return undefined
  const [{ openHistory }, { trailsOf }] = await Promise.all([
    import('../../history/history.js'),
    import('../../history/trail.js'),
  ])
  const history = await openHistory(resolve(cwd, given), given, litter)
  return trailsOf(history, { name, before: at, most: RUNS })
}
