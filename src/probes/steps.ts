/**
 * The steps of reaching something, and what a look comes back with: what was seen, or the step that failed and why. An
 * other side that refuses, stays silent or talks nonsense is a result; only a vantage that cannot be reached is an error.
 */
import { DialError, type Dialled, type Endpoint, type Vantage } from '../vantage/vantage.js'
import { TimeUp } from './deadline.js'
import { reasonOf } from './reason.js'

export const STEPS = ['name', 'connect', 'handshake', 'response'] as const
export type Step = (typeof STEPS)[number]

export type Look<T> =
  | { readonly reached: true; readonly seen: T }
  | { readonly reached: false; readonly step: Step; readonly reason: string }

/** Ends a look from wherever it is; `attempt` makes it a result. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed'
  readonly step: Step

  constructor(step: Step, reason: string, options?: ErrorOptions) {
    super(reason, options)
    this.step = step
  }
}

export async function attempt<T>(look: () => Promise<T>): Promise<Look<T>> {
  try {
    return { reached: true, seen: await look() }
  } catch (error) {
    if (error instanceof StepFailed) return { reached: false, step: error.step, reason: error.message }
    throw error
  }
}

/** What breaks in `use` broke at this step, unless the check was told to stop, or it is our own bug. */
export async function atStep<T>(step: Step, signal: AbortSignal, use: () => Promise<T>): Promise<T> {
  try {
    return await use()
  } catch (cause) {
    if (cause instanceof StepFailed) throw cause
    if (signal.aborted) {
      if (signal.reason instanceof TimeUp) throw new StepFailed(step, signal.reason.message, { cause })
      throw signal.reason
    }
    if (cause instanceof DialError) throw new StepFailed(cause.step, cause.message, { cause })
    const reason = reasonOf(cause)
    if (reason === undefined) throw cause
    throw new StepFailed(step, reason, { cause })
  }
}

/** A connection from the vantage. Whoever gets it destroys the stream. */
export function dialStep(vantage: Vantage, to: Endpoint, signal: AbortSignal): Promise<Dialled> {
  return atStep('connect', signal, () => vantage.dial(to, { signal }))
}

/** `connect: db:5432 (10.0.0.4): connection refused` */
export function failedText(look: { readonly step: Step; readonly reason: string }): string {
  return `${look.step}: ${look.reason}`
}
