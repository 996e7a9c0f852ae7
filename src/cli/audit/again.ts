/** Which checks a re-run looks at, and what the others came to. Pure. */
import type { Earlier } from '../../engine/earlier.js'
import type { CheckEnd } from '../../engine/events.js'
import type { RunOptions } from '../../engine/run-options.js'
import type { Identity } from '../../journal/identity.js'
import { stillSettled } from '../../journal/kept.js'
import type { Check } from '../../kinds/kind.js'

export interface AgainOptions {
  /** Those of the run that is to begin. */
  readonly checks: readonly Pick<Check, 'id' | 'requires' | 'uses'>[]
  /** Undefined: all of them. */
  readonly wanted: readonly string[] | undefined
  /** What the run before came to, in the order checks ended. */
  readonly ends: ReadonlyMap<string, CheckEnd>
  /** Of what both runs are made. */
  readonly before: Identity
  readonly now: Identity
  /** Whether a check makes something that lasts no longer than a run. */
  readonly makes: (id: string) => boolean
}

/**
 * The ends that stand. Not those of checks that were not there, or have been edited, since: that would be told of the check
 * as it is now. Nor that a check is blocked by one that is looked at again.
 */
export function standing({ checks, wanted, ends, before, now, makes }: AgainOptions): ReadonlyMap<string, CheckEnd> {
  if (wanted === undefined) return new Map()
  const again = new Set([...wanted, ...edited({ checks, before, now })])
  for (const { id } of checks) if (!ends.has(id)) again.add(id)
  for (let size = -1; size !== again.size; ) {
    size = again.size
    for (const { id, requires } of checks)
      if (ends.get(id)?.outcome === 'blocked' && requires.some((one) => again.has(one))) again.add(id)
  }
  const kept = stillSettled(new Set(checks.map(({ id }) => id).filter((id) => !again.has(id))), checks, makes)
  return new Map([...ends].filter(([id]) => kept.has(id)))
}

/** Checks that have been edited between two runs, or a connection of theirs. */
export function edited({ checks, before, now }: Pick<AgainOptions, 'checks' | 'before' | 'now'>): ReadonlySet<string> {
  const old = new Map(before.map(({ what, hash }) => [what, hash]))
  const differs = new Set(now.filter(({ what, hash }) => old.get(what) !== hash).map(({ what }) => what))
  const isEdited = ({ id, uses }: AgainOptions['checks'][number]): boolean =>
    differs.has(`check "${id}"`) || uses.some((name) => differs.has(`connection "${name}"`))
  return new Set(checks.filter(isEdited).map(({ id }) => id))
}

/**
 * What the engine is told of them. Their findings are in the book already, so of what they told only the end is told again;
 * and that nobody has looked at them now.
 */
export function standingOptions(
  { run, warnings, now }: Pick<RunOptions, 'run' | 'warnings' | 'now'>,
  kept: ReadonlyMap<string, CheckEnd>,
): Partial<{ readonly warnings: readonly string[]; readonly earlier: Earlier }> {
  const [oldest] = [...kept.values()].map(({ at }) => at).sort()
  if (oldest === undefined) return {}
  const which = kept.size === 1 ? '1 check was' : `${kept.size} checks were`
  const events = async function* () {
    yield* kept.values()
  }
  return {
    warnings: [
      `${which} not looked at again: what is told of ${kept.size === 1 ? 'it' : 'them'} was seen from ${oldest} on`,
      ...warnings,
    ],
    earlier: { run, at: now().toISOString(), ends: kept, events },
  }
}

export interface CutOptions {
  /** What the run that was stopped came to. */
  readonly ends: ReadonlyMap<string, CheckEnd>
  /** What was known before it, of checks that have not been edited since. */
  readonly before: ReadonlyMap<string, CheckEnd>
  /** Checks that had ended when it was stopped. */
  readonly over: ReadonlySet<string>
}

/** What stands when a run is stopped: of each check that it had not come to an end with, what was known before. */
export function whenStopped({ ends, before, over }: CutOptions): {
  readonly ends: ReadonlyMap<string, CheckEnd>
  /** Those whose earlier end stands. */
  readonly cut: readonly string[]
} {
  const cut = [...ends.keys()].filter((id) => !over.has(id) && before.has(id))
  return { ends: new Map([...ends].map(([id, end]) => [id, cut.includes(id) ? (before.get(id) ?? end) : end])), cut }
}

/** What the engine is told, for all of it to be judged together. */
export function stoppedOptions(
  { run, warnings, now }: Pick<RunOptions, 'run' | 'warnings' | 'now'>,
  { ends, cut }: ReturnType<typeof whenStopped>,
): { readonly warnings: readonly string[]; readonly earlier: Earlier } {
  const events = async function* () {
    yield* ends.values()
  }
  return {
    warnings: [stoppedText(cut), ...warnings],
    earlier: { run, at: now().toISOString(), ends, events },
  }
}

const NAMED = 3

export function stoppedText(cut: readonly string[]): string {
  const names = cut.slice(0, NAMED).join(', ')
  const more = cut.length > NAMED ? ` and ${cut.length - NAMED} more` : ''
  const stand = cut.length === 1 ? 'stands as it was' : 'stand as they were'
  return cut.length === 0
    ? 'a run was stopped when all was seen'
    : `a run was stopped: ${names}${more} ${stand} seen before`
}
