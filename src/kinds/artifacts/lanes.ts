/** Work side by side: `start` waits for a free lane, not for the work itself. */
export interface Lanes {
  /** Throws what earlier work failed with; then nothing new is begun. */
  readonly start: (work: () => Promise<void>) => Promise<void>
  /** Waits until nothing is under way any more, and throws what failed first. */
  readonly finish: () => Promise<void>
}

export function createLanes(width: number): Lanes {
  const underWay = new Set<Promise<void>>()
  let failure: { readonly error: unknown } | undefined
  const check = () => {
    if (failure !== undefined) throw failure.error
  }
  return {
    start: async (work) => {
      while (underWay.size >= width) await Promise.race(underWay)
      check()
      const running = work()
        .catch((error: unknown) => {
          failure ??= { error }
        })
        .finally(() => underWay.delete(running))
      underWay.add(running)
    },
    finish: async () => {
      await Promise.all(underWay)
      check()
    },
  }
}

/** Results in the order of the items, with up to `width` of them under way ahead of whoever reads them. */
export async function* mapAhead<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  width: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void, void> {
  const ahead: Promise<R>[] = []
  try {
    for await (const item of items) {
      const running = work(item)
      // Seen when its turn comes; until then it must not count as unhandled.
      running.catch(() => undefined)
      ahead.push(running)
      if (ahead.length >= width) yield await (ahead.shift() as Promise<R>)
    }
    while (ahead.length > 0) yield await (ahead.shift() as Promise<R>)
  } finally {
    await Promise.allSettled(ahead)
  }
}
