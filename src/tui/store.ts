/** Holds the model, gives what happens to the reducer and its effects to whoever carries them out. */
import type { Effect } from './effects.js'
import type { Happening } from './happening.js'
import type { Model } from './model.js'
import { reduce } from './reduce.js'

export interface Store {
  readonly model: () => Model
  readonly dispatch: (happening: Happening) => void
}

export function createStore(
  first: Model,
  { carryOut, onChange }: { readonly carryOut: (effect: Effect) => void; readonly onChange: () => void },
): Store {
  let model = first
  const dispatch = (happening: Happening): void => {
    const step = reduce(model, happening)
    const changed = step.model !== model
    model = step.model
    if (changed) onChange()
    // After the model: an effect may tell of itself at once.
    for (const effect of step.effects) carryOut(effect)
  }
  return { model: () => model, dispatch }
}
