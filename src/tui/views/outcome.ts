/** How a check is doing, in a mark and a word: its outcome, or that it runs, waits, or was not run. */
import { OUTCOMES, type Outcome } from '../../engine/events.js'
import { SEVERITIES } from '../../kinds/kind.js'
import { formatNumber } from '../../lib/text.js'
import type { Style } from '../../reporters/style.js'
import { isRunning, type Model } from '../model.js'
import type { Paint, Piece } from './line.js'

export interface State {
  readonly mark: string
  readonly word: string
  readonly paint: Paint
}

export function stateOf(model: Model, id: string, style: Style): State {
  const outcome = model.ends.get(id)?.outcome
  if (outcome !== undefined) return { mark: style.mark(outcome), word: outcome, paint: style.paint[outcome] }
  const { unicode, paint } = style
  if (isRunning(model) && model.run.running.includes(id))
    return { mark: unicode ? '▸' : '>', word: 'running', paint: paint.bold }
  return { mark: unicode ? '·' : '.', word: isRunning(model) ? 'waiting' : 'not run', paint: paint.dim }
}

/** `✖ 2 fail  ! 1 warn  ✔ 9 pass`, worst first. */
export function outcomePieces(outcomes: Readonly<Partial<Record<Outcome, number>>>, style: Style): Piece[] {
  const order: readonly Outcome[] = ['fail', 'error', 'blocked', 'warn', 'waived', 'skip', 'pass']
  return order
    .filter((outcome) => OUTCOMES.includes(outcome) && (outcomes[outcome] ?? 0) > 0)
    .flatMap((outcome, index) => [
      ...(index === 0 ? [] : [{ text: '  ' }]),
      {
        text: `${style.mark(outcome)} ${formatNumber(outcomes[outcome] ?? 0)} ${outcome}`,
        paint: style.paint[outcome],
      },
    ])
}

/** `1 critical, 2 high` of what failed or could not be told. */
export function severityText(model: Model): string {
  const bad = [...model.ends.values()].filter(({ outcome }) => ['fail', 'error', 'blocked'].includes(outcome))
  return SEVERITIES.flatMap((severity) => {
    const count = bad.filter(({ id }) => model.planned.get(id)?.severity === severity).length
    return count === 0 ? [] : [`${formatNumber(count)} ${severity}`]
  }).join(', ')
}
