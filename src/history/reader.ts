/**
 * Reads the events of a run and keeps what it came to when it ends. One that was interrupted is not kept: it may be gone on
 * with, and would then be held against itself. Comes behind the redactor.
 */
import type { RunEvent } from '../engine/events.js'
import { fold, NO_RUN } from '../engine/tally.js'
import type { History } from './history.js'
import { recordOf } from './run-record.js'

export function historyReader({ given, keep }: History): {
  readonly name: string
  readonly onEvent: (event: RunEvent) => Promise<void> | undefined
} {
  let state = NO_RUN
  return {
    name: `the history in ${given}`,
    onEvent: (event) => {
      state = fold(state, event)
      const { start, ends, end } = state
      if (event.type !== 'run:end' || start === undefined || end === undefined || end.interrupted !== undefined)
        return undefined
      return keep(recordOf(start, ends, end))
    },
  }
}
