/** What the command line of `wait` asks for. */
import { parseDurationFlag } from '../flag-values.js'
import { requestsOf } from '../report-requests.js'
import { type RunFlags, runRequestOf } from '../run-request.js'
import type { WaitRequest } from './wait.js'

/** Flags of a run that make no sense while one waits; the gate is that of the check files. */
type NotHere = 'fail-on' | 'fail-on-warn' | 'min-checks' | 'allow-empty' | 'no-baseline'

interface WaitFlags extends Omit<RunFlags, NotHere> {
  readonly json: boolean
  readonly reporter?: readonly string[] | undefined
  readonly for: string
  readonly every: string
}

export function waitRequestOf(flags: WaitFlags): Omit<WaitRequest, 'files'> {
  const common = { 'fail-on-warn': false, 'allow-empty': false, 'no-baseline': false }
  return {
    ...runRequestOf({ ...flags, ...common }, requestsOf(flags)),
    forMs: parseDurationFlag('for', flags.for),
    everyMs: parseDurationFlag('every', flags.every),
  }
}
