/** Tries again where that may help, within bounds: nobody waits long for a receiver that hangs, and an interrupt ends it. */
import { setTimeout as pause } from 'node:timers/promises'
import { formatDuration } from '../lib/units.js'
import { NotSent } from './channel.js'

export interface Patience {
  readonly attempts: number
  /** Of one attempt. */
  readonly attemptMs: number
  /** Of all, pauses included. */
  readonly totalMs: number
  /** Before the second attempt; then twice as long each time. */
  readonly pauseMs: number
}

export const PATIENCE: Patience = { attempts: 4, attemptMs: 10_000, totalMs: 30_000, pauseMs: 1000 }
/** After an interrupt somebody waits. */
export const HASTE: Patience = { attempts: 1, attemptMs: 3000, totalMs: 3000, pauseMs: 0 }

class TimeUp extends Error {}

/** Throws the last NotSent, which then says how often it was tried; or the reason of `signal`, where that has aborted. */
export async function withAttempts<T>(
  { attempts, attemptMs, totalMs, pauseMs }: Patience,
  signal: AbortSignal,
  attempt: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ends = Date.now() + totalMs
  for (let number = 1; ; number++) {
    const ms = Math.max(1, Math.min(attemptMs, ends - Date.now()))
    const failure = await once(attempt, signal, ms).catch(failureOf(signal, ms))
    if ('done' in failure) return failure.done
    const { passing, waitMs = 0, message } = failure.error
    const wait = Math.max(waitMs, pauseMs * 2 ** (number - 1))
    const again = passing && number < attempts && Date.now() + wait < ends
    if (!again) {
      const tried = number === 1 ? '' : `, after ${number} attempts`
      const asked = passing && waitMs > 0 ? `; it wants to be left alone for ${formatDuration(waitMs)}` : ''
      throw new NotSent(`${message}${tried}${asked}`, { passing, cause: failure.error })
    }
    await pause(wait, undefined, { signal }).catch(() => undefined)
    signal.throwIfAborted()
  }
}

async function once<T>(
  attempt: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
  ms: number,
): Promise<{ readonly done: T }> {
  const controller = new AbortController()
  const stop = () => controller.abort(signal.reason)
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  const timer = setTimeout(() => controller.abort(new TimeUp()), ms)
  try {
    return { done: await attempt(controller.signal) }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

function failureOf(signal: AbortSignal, ms: number) {
  return (error: unknown): { readonly error: NotSent } => {
    signal.throwIfAborted()
    if (error instanceof TimeUp)
      return { error: new NotSent(`no answer within ${formatDuration(ms)}`, { passing: true, cause: error }) }
    if (error instanceof NotSent) return { error }
    throw error
  }
}
