import type { Timer } from '../reporters/timer.js'

/** The clock of the machine. Its ticks never keep the process alive. */
export const systemTimer: Timer = {
  now: () => Date.now(),
  every: (ms, call) => {
    const interval = setInterval(call, ms)
    interval.unref()
    return () => clearInterval(interval)
  },
}
