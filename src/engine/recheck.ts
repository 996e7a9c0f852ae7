/** Looks at one finding again, after the run that found it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Check, Context, Finding, Recheck, Rechecked } from '../kinds/kind.js'
import { CheckError } from '../lib/errors.js'
import { orLeave, troubleOf } from './attempt.js'
import { stopOfAttempt, stopOfRun } from './stop.js'

export interface RecheckOptions {
  readonly check: Check
  readonly recheck: Recheck<never>
  readonly finding: Finding
  readonly context: Omit<Context, 'signal' | 'scratch'>
  readonly scratchRoot: string
  /** Aborted with the name of a signal. */
  readonly interrupt: AbortSignal
  readonly graceMs?: number | undefined
}

/** A CheckError where nothing can be told of it, within the timeout of the check. */
export async function recheckFinding(options: RecheckOptions): Promise<Rechecked> {
  const { check, recheck, finding, context, scratchRoot, interrupt, graceMs = 1000 } = options
  const outer = stopOfRun(interrupt, undefined)
  const stop = stopOfAttempt(outer.signal, check.timeoutMs, check.uses)
  const scratch = await mkdtemp(join(scratchRoot, 'recheck-'))
  try {
    const look = () => recheck(check as never, [finding], { ...context, signal: stop.signal, scratch })
    const [rechecked] = await orLeave(stop.signal, graceMs, look)
    const late = stop.reason()
    if (late !== undefined) throw late
    if (rechecked === undefined) throw new CheckError('nothing was told of it')
    return rechecked
  } catch (error) {
    const { message, hint } = troubleOf(error, stop.reason())
    throw new CheckError(message, { cause: error, hint })
  } finally {
    stop.dispose()
    outer.dispose()
    await rm(scratch, { recursive: true, force: true }).catch(() => undefined)
  }
}
