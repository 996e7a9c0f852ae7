/** The one place that decides how a run ends. Help, docs and JSON print this table. */
import type { RunEnd } from './events.js'

export const EXIT_CODES = [
  { code: 0, meaning: 'the gate passed (warnings allowed unless blocked)' },
  { code: 1, meaning: 'at least one gating check failed' },
  { code: 2, meaning: 'bad command line or invalid check file, variable or secret; nothing ran' },
  {
    code: 3,
    meaning: "nothing failed, but a gating check could not be evaluated (error, blocked) or the run's deadline passed",
  },
  { code: 4, meaning: 'nothing to run: empty selection, or fewer evaluated checks than the minimum' },
  {
    code: 5,
    meaning: 'everything ran, but a requested report could not be written, or a required message not be sent',
  },
  { code: 70, meaning: 'a bug in postflight' },
  { code: 130, meaning: 'interrupted (SIGINT); the report so far is still written' },
  { code: 143, meaning: 'terminated (SIGTERM); the report so far is still written' },
] as const
export type ExitCode = (typeof EXIT_CODES)[number]['code']

const PRECEDENCE: readonly ExitCode[] = [70, 130, 143, 2, 1, 3, 5, 4, 0]

export interface Exit {
  readonly code: ExitCode
  readonly reason: string
}

/** Of all codes that apply, each with its reason, the one that wins; 0 where none does. */
export function exitOf(applying: readonly Exit[]): Exit {
  const code = PRECEDENCE.find((candidate) => applying.some((exit) => exit.code === candidate))
  return applying.find((exit) => exit.code === code) ?? { code: 0, reason: 'the gate passed' }
}

/** The exit of a run after its last event, once it is known which reports could not be written. */
export function exitAfterReports(end: RunEnd, unwritten: readonly string[]): Exit {
  const ended = { code: end.exit.code as ExitCode, reason: end.exit.reason }
  return exitOf([ended, ...unwrittenExit(unwritten)])
}

export function unwrittenExit(unwritten: readonly string[]): readonly Exit[] {
  const [first] = unwritten
  return first === undefined ? [] : [{ code: 5, reason: `a report could not be written: ${first}` }]
}

/** The convention of monitoring plugins: OK, WARNING, CRITICAL, UNKNOWN. */
export type NagiosState = 0 | 1 | 2 | 3

/** What is not told is UNKNOWN. A failure or a warning that does not close the gate is a WARNING. */
export function nagiosState(end: RunEnd | undefined): NagiosState {
  if (end === undefined) return 3
  if (end.exit.code === 1) return 2
  if (end.exit.code !== 0) return 3
  const { warn, fail, error, blocked } = end.tally.outcomes
  return warn + fail + error + blocked > 0 ? 1 : 0
}

/** What the process ends with where a report for Nagios stands on standard output. */
export function nagiosExit(exit: Exit, end: RunEnd | undefined): Exit {
  // Where the codes differ, a report elsewhere could not be written, which the line with the state does not know.
  return { code: exit.code === end?.exit.code ? nagiosState(end) : 3, reason: exit.reason }
}
