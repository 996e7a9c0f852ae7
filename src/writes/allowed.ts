/**
 * The one door to everything that may write or run what a check file names: a flag of the command line *and* the check
 * file must ask for it. Everything else in this folder is one named thing that writes.
 */
import { CheckError } from '../lib/errors.js'

export interface Allowed {
  /** `--allow-commands`: argv lists of check files are run. */
  readonly commands: boolean
  /** `--allow-writes`: probe files, probe objects, canaries and scratch databases are written, and removed again. */
  readonly writes: boolean
  /** Absent where nobody waits. */
  readonly around?: Around | undefined
}

/** Around all that is written and removed again. `left` is told in words what could not be removed. */
export type Around = <T>(what: string, use: (left: (words: string) => void) => Promise<T>) => Promise<T>

/** Whoever is told to stop meanwhile waits for its end. `what` names it, for the case that the end does not come. */
export function withRemoval<T>(
  allowed: Allowed,
  what: string,
  use: (left: (words: string) => void) => Promise<T>,
): Promise<T> {
  return allowed.around === undefined ? use(() => {}) : allowed.around(what, use)
}

/** Throws where the flag was not given; `what` begins the sentence. Nothing was done then. */
export function assertAllowed(allowed: Allowed, which: keyof Allowed, what: string): void {
  if (allowed[which]) return
  throw new CheckError(`${what} needs --allow-${which}; it was not done`, {
    hint: `run with --allow-${which} if it may be`,
  })
}
