/**
 * What a vantage has to find out before anything can be started there, found out once for all who ask at the same time.
 * None of them ends it for the others, so it has a time of its own.
 */
import { VantageError } from './vantage.js'

export interface ReachOnce<T> {
  /** Rejects with the signal's reason where that comes first. */
  readonly get: (signal: AbortSignal) => Promise<T>
  /** What was found may no longer hold. */
  readonly forget: () => void
  /** Ends it. */
  readonly close: () => void
}

const REACHING_MS = 30_000

export function reachOnce<T>(label: string, reach: (signal: AbortSignal) => Promise<T>): ReachOnce<T> {
  let life = new AbortController()
  let reaching: Promise<T> | undefined
  const begin = (): Promise<T> => {
    const own = new AbortController()
    life = own
    const late = new VantageError(`${label}: no answer within ${REACHING_MS / 1000}s`, {
      hint: 'see whether docker ps, podman ps or kubectl get pods answers',
    })
    const timer = setTimeout(() => own.abort(late), REACHING_MS)
    return reach(own.signal)
      .catch((error: unknown) => {
        reaching = undefined
        throw error
      })
      .finally(() => clearTimeout(timer))
  }
  return {
    get: (signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted()
        const stop = () => reject(signal.reason)
        signal.addEventListener('abort', stop, { once: true })
        reaching ??= begin()
        reaching.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
      }),
    forget: () => {
      reaching = undefined
    },
    close: () => life.abort(new VantageError(`${label}: closed`)),
  }
}
