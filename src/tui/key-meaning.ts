/** What a key means where the user is, read from the table of keys; and how a person reads its name. */
import { BINDINGS, type Binding } from './keys.js'
import { contextOf, type Model } from './model.js'

/** What the key means where the user is. */
export function bindingFor(model: Model, key: string): Binding | undefined {
  return BINDINGS.find((binding) => binding.keys.includes(key) && means(binding, model))
}

/** Why a key that means something here cannot be used now; undefined: it means nothing. */
export function whyNothing(model: Model, key: string): string | undefined {
  return BINDINGS.find((binding) => binding.keys.includes(key) && isHere(binding, model))?.otherwise?.(model)
}

/** Those that mean something now and have a word for the footer, the most useful first. */
export function footBindings(model: Model): readonly (Binding & { readonly foot: NonNullable<Binding['foot']> })[] {
  return BINDINGS.flatMap((binding) =>
    binding.foot !== undefined && means(binding, model) ? [{ ...binding, foot: binding.foot }] : [],
  ).sort((a, b) => a.foot.rank - b.foot.rank)
}

function means(binding: Binding, model: Model): boolean {
  return isHere(binding, model) && (binding.when === undefined || binding.when(model))
}

function isHere({ in: contexts }: Binding, model: Model): boolean {
  return contexts === undefined || contexts.includes(contextOf(model))
}

const SHOWN: Readonly<Record<string, string>> = {
  escape: 'Esc',
  enter: 'Enter',
  tab: 'Tab',
  'shift-tab': 'Shift-Tab',
  space: 'Space',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  up: 'Up',
  down: 'Down',
  left: 'Left',
  right: 'Right',
}

/** The key as a person reads it: `Esc`, `Ctrl-d`, `G`. */
export function keyText(key: string): string {
  return SHOWN[key] ?? key.replace(/^ctrl-/, 'Ctrl-')
}
