/**
 * Limits on what runs at once. A taker gets all the slots it names or none, so nobody waits for one while holding
 * another, and there is nothing to deadlock on. Waiting takers are served in order; one that cannot go yet does not
 * hold up those behind it.
 */
export interface Slots {
  /** Waits until all of `names` are free. Rejects with the signal's reason. Call what it returns to give them back. */
  readonly take: (names: readonly string[], signal: AbortSignal) => Promise<() => void>
}

interface Waiting {
  readonly names: readonly string[]
  readonly go: () => void
}

export function createSlots(limitOf: (name: string) => number): Slots {
  const taken = new Map<string, number>()
  const queue: Waiting[] = []

  const isFree = (name: string) => (taken.get(name) ?? 0) < Math.max(1, limitOf(name))
  const add = (names: readonly string[], by: 1 | -1) => {
    for (const name of names) taken.set(name, (taken.get(name) ?? 0) + by)
  }
  const serve = () => {
    for (let index = 0; index < queue.length; ) {
      const next = queue[index]
      if (next?.names.every(isFree)) {
        queue.splice(index, 1)
        add(next.names, 1)
        next.go()
      } else index++
    }
  }

  const take = (wanted: readonly string[], signal: AbortSignal) =>
    new Promise<() => void>((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const names = [...new Set(wanted)]
      const abort = () => {
        queue.splice(queue.indexOf(waiting), 1)
        reject(signal.reason)
      }
      const waiting: Waiting = {
        names,
        go: () => {
          signal.removeEventListener('abort', abort)
          let given = false
          resolve(() => {
            if (given) return
            given = true
            add(names, -1)
            serve()
          })
        },
      }
      signal.addEventListener('abort', abort, { once: true })
      queue.push(waiting)
      serve()
    })

  return { take }
}
