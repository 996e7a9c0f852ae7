/** Long work in slices: between them the screen is drawn and keys are taken. */
import { setImmediate as turn } from 'node:timers/promises'
import type { Looking } from './book.js'

/** Milliseconds of a slice; a frame should come every 60 or so. */
const SLICE_MS = 8
const PROGRESS_MS = 200

export interface Pace {
  /**
   * To be called every millisecond or so of work; `share` is how much of the stage is done. What it returns has to be
   * awaited where there is something. Throws where the work is given up.
   */
  readonly pause: (share: number) => Promise<void> | undefined
  /** The next stage takes the work from where the last ended up to `share`. */
  readonly stage: (share: number) => void
}

export function createPace({ signal, onProgress }: Looking, now: () => number = () => performance.now()): Pace {
  let slice = now()
  let told = Number.NEGATIVE_INFINITY
  let from = 0
  let to = 1
  const rest = async (share: number): Promise<void> => {
    if (onProgress !== undefined && now() - told >= PROGRESS_MS) {
      told = now()
      onProgress(from + share * (to - from))
    }
    await turn()
    signal.throwIfAborted()
    slice = now()
  }
  signal.throwIfAborted()
  return {
    pause: (share) => (now() - slice < SLICE_MS ? undefined : rest(share)),
    stage: (share) => {
      from = to === 1 ? 0 : to
      to = share
    },
  }
}
