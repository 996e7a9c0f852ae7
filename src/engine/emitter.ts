/** The one way out of the engine: every event is redacted, and readers see them one at a time, in order. */
import type { Redactor } from '../lib/redact.js'
import type { CheckProgress, Emit, RunEvent } from './events.js'

export interface Emitter {
  /** What it returns has to be awaited where there is something: that is how a slow reader slows the run. */
  readonly send: (event: RunEvent) => Promise<void> | undefined
  /** Never waits; dropped while readers are behind. */
  readonly progress: (event: CheckProgress) => void
  /** What readers threw, in words. They are told of further events all the same. */
  readonly problems: () => readonly string[]
}

export function createEmitter(emit: Emit, redactor: Redactor): Emitter {
  const problems = new Set<string>()
  let tail: Promise<void> | undefined

  const failed = (error: unknown) => {
    problems.add(redactor.text(error instanceof Error ? error.message : String(error)))
  }
  const deliver = (event: RunEvent): Promise<void> | undefined => {
    try {
      return emit(redactor.event(event))?.catch(failed)
    } catch (error) {
      failed(error)
      return undefined
    }
  }
  const send = (event: RunEvent): Promise<void> | undefined => {
    const sent: Promise<void> | undefined = tail === undefined ? deliver(event) : tail.then(() => deliver(event))
    if (sent === undefined) return undefined
    const mine: Promise<void> = sent.then(() => {
      if (tail === mine) tail = undefined
    })
    tail = mine
    return mine
  }

  return {
    send,
    progress: (event) => {
      if (tail === undefined) void send(event)
    },
    problems: () => [...problems],
  }
}
