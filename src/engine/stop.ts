/** Why a check is told to stop. One signal through everything; its reason says which of these it was. */
import { setMaxListeners } from 'node:events'
import { CheckError } from '../lib/errors.js'
import { formatDuration } from '../lib/units.js'

export type StoppedBy = 'SIGINT' | 'SIGTERM' | 'deadline' | 'timeout'

export class StopError extends CheckError {
  override readonly name = 'StopError'
  readonly by: StoppedBy

  constructor(by: StoppedBy, message: string, hint?: string) {
    super(message, { hint })
    this.by = by
  }
}

export interface Stop {
  readonly signal: AbortSignal
  /** Why the run stops; undefined while it does not. */
  readonly reason: () => StopError | undefined
  readonly dispose: () => void
}

/** The signal of the whole run: aborted by an interrupt or when the deadline passes. */
export function stopOfRun(interrupt: AbortSignal, deadlineMs: number | undefined, flag = '--timeout'): Stop {
  const words = (deadline: number) =>
    new StopError('deadline', `the run's deadline of ${formatDuration(deadline)} passed`, `raise ${flag}`)
  return stopOn(interrupt, interrupted, deadlineMs, words)
}

/** The signal of one attempt: that of the run, or its own timeout. `uses`: the connections that may be the reason. */
export function stopOfAttempt(outer: AbortSignal, timeoutMs: number, uses: readonly string[] = []): Stop {
  const hint = uses.length === 0 ? '' : `see whether ${uses.join(' and ')} answers, or `
  return stopOn(
    outer,
    (reason) => reason as StopError,
    timeoutMs,
    (ms) => new StopError('timeout', `timed out after ${formatDuration(ms)}`, `${hint}raise the timeout of the check`),
  )
}

function interrupted(reason: unknown): StopError {
  return reason === 'SIGTERM' ? new StopError('SIGTERM', 'terminated') : new StopError('SIGINT', 'interrupted')
}

/** Longer than this a timer of Node would fire at once. */
const LONGEST = 2 ** 31 - 1

function stopOn(
  outer: AbortSignal,
  because: (reason: unknown) => StopError,
  ms: number | undefined,
  late: (ms: number) => StopError,
): Stop {
  const controller = new AbortController()
  // Every check, request and pause listens; that is no leak.
  setMaxListeners(0, controller.signal)
  const abort = () => controller.abort(because(outer.reason))
  if (outer.aborted) abort()
  else outer.addEventListener('abort', abort, { once: true })
  const timer = ms === undefined || ms > LONGEST ? undefined : setTimeout(() => controller.abort(late(ms)), ms)
  return {
    signal: controller.signal,
    reason: () => (controller.signal.aborted ? (controller.signal.reason as StopError) : undefined),
    dispose: () => {
      clearTimeout(timer)
      outer.removeEventListener('abort', abort)
    },
  }
}
