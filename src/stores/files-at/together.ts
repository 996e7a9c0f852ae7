/**
 * Keys asked for one by one, looked at many at once: those asked for while a look is under way go with the next one, for
 * each look costs a start at the vantage (100 ms with docker, more over ssh).
 */
import type { Key } from '../../lib/key.js'

interface Asked<T> {
  readonly key: Key
  readonly signal: AbortSignal
  readonly resolve: (seen: T) => void
  readonly reject: (error: unknown) => void
}

/** As many as go with one look. */
export const TOGETHER = 1000

/** `look` must answer for each key, in order. A look ends when nobody waits for it any more. */
export function together<T>(
  look: (keys: readonly Key[], signal: AbortSignal) => Promise<readonly T[]>,
): (key: Key, signal: AbortSignal) => Promise<T> {
  const waiting = new Set<Asked<T>>()
  let underWay = false
  const go = async (): Promise<void> => {
    underWay = true
    // Whoever asks in the same turn comes along.
    await new Promise((resolve) => setImmediate(resolve))
    while (waiting.size > 0) {
      const asked = [...waiting].slice(0, TOGETHER)
      for (const one of asked) waiting.delete(one)
      await lookFor(asked, look)
    }
    underWay = false
  }
  return (key, signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted()
      waiting.add({ key, signal, resolve, reject })
      if (!underWay) void go()
    })
}

async function lookFor<T>(
  asked: readonly Asked<T>[],
  look: (keys: readonly Key[], signal: AbortSignal) => Promise<readonly T[]>,
): Promise<void> {
  const stop = new AbortController()
  // Many ask with one signal, and a listener for each of them would be a thousand.
  const signals = new Set(asked.map(({ signal }) => signal))
  const check = () => {
    for (const { signal, reject } of asked) if (signal.aborted) reject(signal.reason)
    if ([...signals].every(({ aborted }) => aborted)) stop.abort(new Error('nobody waits for it any more'))
  }
  for (const signal of signals) signal.addEventListener('abort', check, { once: true })
  try {
    check()
    const seen = await look(
      asked.map(({ key }) => key),
      stop.signal,
    )
    for (const [index, { resolve }] of asked.entries()) resolve(seen[index] as T)
  } catch (error) {
    for (const { reject } of asked) reject(error)
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', check)
  }
}
