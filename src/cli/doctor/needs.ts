/** What the checks read through each connection, as their kinds say it. Asks nobody. */
import type { Check, Kind, ReadStep } from '../../kinds/kind.js'

export interface Need extends Pick<ReadStep, 'reading' | 'wants'> {
  readonly check: Check
}

/** For each connection its own. */
export interface LookOptions {
  readonly signal: AbortSignal
  readonly timeoutMs: number
}

/** Of checks that are not skipped. */
export function needsOf(
  parsed: readonly { readonly check: Check; readonly kind: Kind }[],
): (connection: string) => readonly Need[] {
  const needs = parsed.flatMap(({ check, kind }) =>
    check.skip === undefined
      ? kind.plan(check.spec as never).map(({ connection, reading, wants }) => ({ connection, check, reading, wants }))
      : [],
  )
  return (name) => needs.filter(({ connection }) => connection === name)
}

export function wanting(needs: readonly Need[], want: NonNullable<Need['wants']>[number]): readonly string[] {
  return distinct(needs.flatMap(({ check, wants }) => (wants?.includes(want) === true ? [check.id] : [])))
}

export function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)]
}
