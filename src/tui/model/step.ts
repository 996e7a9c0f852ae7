/** What follows from something that happened: the next model, and what is to be done outside. */
import type { Effect } from '../effects.js'
import type { Model } from '../model.js'

export interface Step {
  readonly model: Model
  readonly effects: readonly Effect[]
}

export function stay(model: Model): Step {
  return { model, effects: [] }
}

export function step(model: Model, ...effects: readonly Effect[]): Step {
  return { model, effects }
}

export function said(model: Model, text: string, bad = false): Step {
  return stay({ ...model, message: { text, bad } })
}

/** One thing after another. */
export function andThen(first: Step, next: (model: Model) => Step): Step {
  const { model, effects } = next(first.model)
  return { model, effects: [...first.effects, ...effects] }
}
