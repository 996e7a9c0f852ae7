/** Whether what was found may go on: failures of enough severity hold the gate shut, and so does not knowing. */
import { SEVERITIES, type Severity } from '../kinds/kind.js'
import type { CheckEnd, GateConfig, GateResult, PlannedCheck, Tally } from './events.js'
import type { Exit } from './exit-code.js'

export interface Gate {
  readonly result: GateResult
  /** The exit codes that apply because of it. */
  readonly exits: readonly Exit[]
}

export function gate(
  config: GateConfig,
  checks: readonly PlannedCheck[],
  ends: readonly CheckEnd[],
  tally: Tally,
  /** Of a part of a run: how many checks are enough is asked of all parts together. */
  ofPart = false,
): Gate {
  const severities = new Map(checks.map((check) => [check.id, check.severity]))
  const gating = (outcomes: readonly string[]) =>
    ends
      .filter((end) => outcomes.includes(end.outcome) && gates(severities.get(end.id) ?? 'critical', config.failOn))
      .map((end) => end.id)
      .sort((a, b) => rank(severities.get(a)) - rank(severities.get(b)))
  const failed = gating(['fail'])
  const unevaluated = gating(['error', 'blocked'])
  const warned = gating(['warn'])
  const exits = [
    ...exit(1, failed, 'failed'),
    ...(config.warnings === 'block' ? exit(1, warned, 'warned, and warnings block') : []),
    ...(config.unevaluated === 'block' ? exit(3, unevaluated, 'could not be evaluated') : []),
    ...(ofPart ? [] : tooFew(config, tally)),
  ]
  const reason =
    exits.length === 0 ? 'nothing of gating severity stands against it' : exits.map((one) => one.reason).join('; ')
  const status = exits.length === 0 ? 'passed' : 'failed'
  return { result: { status, failed, unevaluated, warned, reason }, exits }
}

/** info never gates. */
export function gates(severity: Severity, failOn: Severity): boolean {
  return severity !== 'info' && rank(severity) <= rank(failOn)
}

function rank(severity: Severity | undefined): number {
  return severity === undefined ? 0 : SEVERITIES.indexOf(severity)
}

function exit(code: 1 | 3, ids: readonly string[], what: string): readonly Exit[] {
  if (ids.length === 0) return []
  const named = ids.slice(0, 3).join(', ') + (ids.length > 3 ? ` and ${ids.length - 3} more` : '')
  return [{ code, reason: `${ids.length} gating ${ids.length === 1 ? 'check' : 'checks'} ${what}: ${named}` }]
}

/** `--allow-empty` is about the selection only: checks that were selected and told nothing are still too few. */
function tooFew(config: GateConfig, tally: Tally): readonly Exit[] {
  const least = Math.max(1, config.minChecks)
  if (tally.evaluated >= least || (tally.checks === 0 && config.allowEmpty)) return []
  if (tally.checks === 0) return [{ code: 4, reason: 'no check was selected' }]
  return [{ code: 4, reason: `${tally.evaluated} of ${tally.checks} checks were evaluated, at least ${least} must be` }]
}
