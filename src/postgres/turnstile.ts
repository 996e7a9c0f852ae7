/** Lets a limited number in at once, in order of arrival. Whoever waits leaves the queue when its signal aborts. */

export interface Turnstile {
  /** Resolves to the function that gives the place back. Rejects with `inVain()` once the signal aborts. */
  readonly enter: (signal: AbortSignal, inVain: () => Error) => Promise<() => void>
}

export function createTurnstile(limit: number): Turnstile {
  const waiting: (() => void)[] = []
  let inside = 0

  const leave = () => {
    let left = false
    return () => {
      if (left) return
      left = true
      const next = waiting.shift()
      if (next === undefined) inside--
      else next()
    }
  }

  return {
    enter: (signal, inVain) => {
      if (signal.aborted) return Promise.reject(inVain())
      if (inside < limit) {
        inside++
        return Promise.resolve(leave())
      }
      return new Promise((resolve, reject) => {
        const admit = () => {
          signal.removeEventListener('abort', give)
          resolve(leave())
        }
        const give = () => {
          waiting.splice(waiting.indexOf(admit), 1)
          reject(inVain())
        }
        waiting.push(admit)
        signal.addEventListener('abort', give, { once: true })
      })
    },
  }
}
