import type { CheckEnd } from '../engine/events.js'

/**
 * Whether what a check came to need not be looked at again. What could not be told is, for that may have been why the
 * run was interrupted; told from the rest by its having measured nothing.
 */
export function isSettled(end: CheckEnd): boolean {
  return end.outcome === 'skip' || Object.keys(end.subjects).length > 0
}

export interface Requiring {
  readonly id: string
  readonly requires: readonly string[]
}

/**
 * Those of the settled checks that stay so. A check that makes something for others, as a restored database, does so
 * again for those of them that are still to be looked at.
 */
export function stillSettled(
  settled: ReadonlySet<string>,
  checks: readonly Requiring[],
  makes: (id: string) => boolean,
): ReadonlySet<string> {
  const kept = new Set(settled)
  for (let before = -1; before !== kept.size; ) {
    before = kept.size
    for (const { id, requires } of checks) {
      if (!kept.has(id)) for (const one of requires) if (makes(one)) kept.delete(one)
    }
  }
  return kept
}
