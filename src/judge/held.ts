/** Whether an operator holds. It may also be that it cannot be told, or that it was left out on purpose. */
export type Held =
  | { readonly is: 'ok' }
  | { readonly is: 'broken' }
  | { readonly is: 'unevaluated'; readonly reason: string }
  | { readonly is: 'dropped'; readonly reason: string }

const OK: Held = { is: 'ok' }
const BROKEN: Held = { is: 'broken' }

export function held(ok: boolean): Held {
  return ok ? OK : BROKEN
}

export function unevaluated(reason: string): Held {
  return { is: 'unevaluated', reason }
}
