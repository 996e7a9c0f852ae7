/**
 * A deadline of a probe's own, shortly before that of its check: the other side that never answers is then a result
 * ("no response within 9.5s"), not a check that ran out of time.
 */
import { CheckError } from '../lib/errors.js'
import { formatDuration } from '../lib/units.js'

/** The time was up. */
export class TimeUp extends CheckError {
  override readonly name = 'TimeUp'
}

/** The signal fires with the check's own, or with a `TimeUp` when nine tenths of its time are over (at least 500 ms before). */
export async function withDeadline<T>(
  outer: AbortSignal,
  timeoutMs: number,
  use: (signal: AbortSignal, ms: number) => Promise<T>,
): Promise<T> {
  const { signal, ms, dispose } = deadline(outer, timeoutMs)
  try {
    return await use(signal, ms)
  } finally {
    dispose()
  }
}

/** The same around a generator, for what is told piece by piece. */
export async function* throughDeadline<T, R>(
  outer: AbortSignal,
  timeoutMs: number,
  use: (signal: AbortSignal, ms: number) => AsyncGenerator<T, R, void>,
): AsyncGenerator<T, R, void> {
  const { signal, ms, dispose } = deadline(outer, timeoutMs)
  try {
    return yield* use(signal, ms)
  } finally {
    dispose()
  }
}

function deadline(outer: AbortSignal, timeoutMs: number) {
  const ms = Math.max(1, Math.min(timeoutMs * 0.9, timeoutMs - 500))
  const controller = new AbortController()
  const follow = () => controller.abort(outer.reason)
  if (outer.aborted) follow()
  else outer.addEventListener('abort', follow, { once: true })
  const timer = setTimeout(() => controller.abort(new TimeUp(`no answer within ${formatDuration(ms)}`)), ms)
  const dispose = () => {
    clearTimeout(timer)
    outer.removeEventListener('abort', follow)
  }
  return { signal: controller.signal, ms, dispose }
}
