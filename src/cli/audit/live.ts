/** The desk of a run that goes on in this process. */
import type { RunEvent } from '../../engine/events.js'
import type { DeskOptions, OpenDesk } from './open-desk.js'
import { commonOf } from './open-desk.js'
import { openRunner, type RunnerOptions } from './runner.js'

type LiveOptions = DeskOptions & Omit<RunnerOptions, 'onEvent' | 'onCrash'>

/** Throws what is wrong with the command line or the check files; nothing has been drawn then. */
export async function openLive(options: LiveOptions): Promise<OpenDesk> {
  let crash: (error: unknown) => void = () => {}
  const broken = new Promise<never>((_, reject) => {
    crash = reject
  })
  // Whoever is there by then is told; before that, nobody is.
  broken.catch(() => undefined)
  const events = createEvents()
  const runner = await openRunner({ ...options, onEvent: events.tell, onCrash: crash })
  return {
    desk: { ...(await commonOf(options)), told: [], listen: events.listen, runner },
    run: { name: runner.name, at: new Date().toISOString() },
    start: runner.start,
    end: runner.end,
    last: () => {
      const last = runner.last()
      if (last === undefined) throw new Error('the run never came to an end')
      return last
    },
    broken,
  }
}

/** What nobody has heard yet waits for the first who listens. */
function createEvents() {
  const listeners = new Set<(event: RunEvent) => void>()
  let waiting: RunEvent[] = []
  return {
    tell: (event: RunEvent): void => {
      if (listeners.size === 0) waiting.push(event)
      for (const listener of listeners) listener(event)
    },
    listen: (listener: (event: RunEvent) => void): (() => void) => {
      listeners.add(listener)
      const missed = waiting
      waiting = []
      for (const event of missed) listener(event)
      return () => listeners.delete(listener)
    },
  }
}
