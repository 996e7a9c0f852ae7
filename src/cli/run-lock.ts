/** `--lock FILE`: runs that name the same file never overlap. Loaded only where there is one. */
import { resolve } from 'node:path'
import { UsageError } from '../lib/errors.js'
import { acquireLock, type Lock } from '../lib/lock.js'
import { escapeText } from '../lib/text-escape.js'

export interface RunLockOptions {
  readonly cwd: string
  /** Id of the run, random. */
  readonly run: string
  /** Says something on stderr. */
  readonly write: (text: string) => void
}

/** Throws a UsageError at once where another run of this machine holds it, or no file can be made there. */
export async function takeLock(given: string, { cwd, run, write }: RunLockOptions): Promise<Lock> {
  try {
    return await acquireLock({
      path: resolve(cwd, given),
      token: run,
      now: () => new Date(),
      onWait: (holder) =>
        write(`the lock ${escapeText(given)} is of ${escapeText(holder)}: waiting ten seconds for a sign of life\n`),
      inUse: (holder) =>
        new UsageError(`--lock ${given} is held by ${holder}: nothing was run`, {
          suggestions: ['let that run end; if it never does, look at what it waits for before it is killed'],
        }),
    })
  } catch (cause) {
    if (cause instanceof UsageError || !(cause instanceof Error) || !('code' in cause)) throw cause
    throw new UsageError(`--lock ${given}: no lock can be made there: ${cause.message}`, {
      cause,
      suggestions: ['name a file that is not there yet, in a directory that is and that you may write to'],
    })
  }
}
