/** Lets work that waits inside callbacks (a database session) tell how far it is, through the generator around it. */
import { setMaxListeners } from 'node:events'
import type { Sighting } from './kind.js'

type Progress = Omit<Extract<Sighting, { readonly type: 'progress' }>, 'type'>

export type Report = (progress: Progress) => void

/**
 * Yields the latest progress whenever the reader asks, drops what came between, returns what the work returns. The
 * work gets a signal of its own: closing the generator early aborts it and waits until it has cleaned up.
 */
export async function* reporting<T>(
  signal: AbortSignal,
  work: (report: Report, signal: AbortSignal) => Promise<T>,
): AsyncGenerator<Sighting, T, void> {
  const closing = new AbortController()
  let latest: Progress | undefined
  let wake: () => void = () => undefined
  const report: Report = (progress) => {
    latest = progress
    wake()
  }
  let over = false
  const settled = work(report, widened([signal, closing.signal])).finally(() => {
    over = true
    wake()
  })
  // Waited for below; this only keeps an early failure from counting as unhandled.
  settled.catch(() => undefined)
  try {
    while (!over) {
      if (latest === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve
          if (over || latest !== undefined) resolve()
        })
      }
      const progress: Progress | undefined = latest
      latest = undefined
      if (progress !== undefined && !over) yield { type: 'progress', ...progress }
    }
    return await settled
  } finally {
    closing.abort()
    await settled.catch(() => undefined)
  }
}

/** Aborted with any of the signals; looks under way at once may each listen to it without a warning of a leak. */
export function widened(signals: readonly AbortSignal[]): AbortSignal {
  const signal = AbortSignal.any([...signals])
  setMaxListeners(0, signal)
  return signal
}
