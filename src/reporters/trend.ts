/** How the subjects of a check moved over the last runs: a line of bars, and the last step of it. */
import type { CheckEnd } from '../engine/events.js'
import type { Json } from '../lib/value.js'
import { numberOf } from './numbers.js'
import { seenValue, typeIn } from './seen.js'
import { sparkline } from './sparkline.js'
import type { Style } from './style.js'

/** What an earlier run measured. */
export interface Earlier {
  readonly subjects: Readonly<Record<string, Json>>
}

/** `trail`: earlier runs, the oldest first. Plain lines, not yet painted; of subjects that never were anything else none. */
export function trendTexts(end: CheckEnd, trail: readonly Earlier[], style: Style): string[] {
  const names = Object.keys(end.subjects).filter((name) => numberOf(end.subjects[name]) !== undefined)
  const moved = names.flatMap((name) => {
    const values = [
      ...trail.map(({ subjects }) => (Object.hasOwn(subjects, name) ? subjects[name] : undefined)),
      end.subjects[name],
    ]
    const numbers = values.map(numberOf)
    const before = values.slice(0, -1).findLast((value) => numberOf(value) !== undefined)
    if (before === undefined || new Set(numbers.filter((number) => number !== undefined && number !== 0)).size === 0)
      return []
    return [{ name, bars: sparkline(numbers, style), step: stepText(before, end.subjects[name], typeIn(end, name)) }]
  })
  return moved.map(({ name, bars, step }) => `${name} ${bars} ${step}`)
}

function stepText(before: Json, now: Json | undefined, type: 'duration' | 'size' | undefined): string {
  const shown = (value: Json | undefined) => seenValue(value ?? null, type)
  return shown(before) === shown(now) ? `${shown(now)}, as before` : `${shown(now)}, before it ${shown(before)}`
}
