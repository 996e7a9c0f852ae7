/** Draws at once when nothing was drawn for a while, and otherwise as soon as that is over: so many frames a second. */

export interface Pace {
  /** Something is to be drawn. */
  readonly ask: () => void
  readonly stop: () => void
}

export function createPace(everyMs: number, draw: () => void): Pace {
  let timer: NodeJS.Timeout | undefined
  let drawnAt = Number.NEGATIVE_INFINITY
  let stopped = false

  const drawNow = (): void => {
    timer = undefined
    draw()
    // From the end of it: a slow frame must leave room for keys.
    drawnAt = performance.now()
  }
  const ask = (): void => {
    if (stopped || timer !== undefined) return
    const wait = drawnAt + everyMs - performance.now()
    if (wait <= 0) drawNow()
    else timer = setTimeout(drawNow, wait)
  }
  const stop = (): void => {
    stopped = true
    clearTimeout(timer)
  }
  return { ask, stop }
}
