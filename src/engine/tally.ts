/** The one fold of a run's events. Reporters, the gate and the exit code read what comes out; nobody counts again. */
import {
  type CheckEnd,
  OUTCOMES,
  type Outcome,
  type RunEnd,
  type RunEvent,
  type RunStart,
  type Tally,
} from './events.js'

export interface RunState {
  readonly start?: RunStart | undefined
  /** Ids of checks that have started and not ended, in the order they started. */
  readonly running: readonly string[]
  /** In the order they ended. */
  readonly ends: readonly CheckEnd[]
  readonly end?: RunEnd | undefined
  readonly tally: Tally
}

const NONE = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>

export const EMPTY_TALLY: Tally = { checks: 0, outcomes: NONE, evaluated: 0, findings: 0, known: 0, assertions: 0 }
export const NO_RUN: RunState = { running: [], ends: [], tally: EMPTY_TALLY }

/** What follows from one more event. `checks` is the number planned; findings count when their check ends. */
export function fold(state: RunState, event: RunEvent): RunState {
  switch (event.type) {
    case 'run:start':
      return { ...NO_RUN, start: event, tally: { ...EMPTY_TALLY, checks: event.checks.length } }
    case 'check:start':
      return state.running.includes(event.id) ? state : { ...state, running: [...state.running, event.id] }
    case 'check:end':
      return {
        ...state,
        running: state.running.filter((id) => id !== event.id),
        ends: [...state.ends, event],
        tally: counted(state.tally, event),
      }
    case 'run:end':
      return { ...state, end: event }
    case 'check:progress':
    case 'check:finding':
      return state
  }
}

function counted(tally: Tally, end: CheckEnd): Tally {
  const evaluated = isEvaluated(end.outcome) ? 1 : 0
  return {
    checks: tally.checks,
    outcomes: { ...tally.outcomes, [end.outcome]: tally.outcomes[end.outcome] + 1 },
    evaluated: tally.evaluated + evaluated,
    findings: tally.findings + Object.values(end.counts).reduce((sum, count) => sum + count, 0),
    known: tally.known + end.known,
    assertions: tally.assertions + end.assertions.length,
  }
}

/** It came to a judgement: pass, warn, fail or waived. */
export function isEvaluated(outcome: Outcome): boolean {
  return outcome === 'pass' || outcome === 'warn' || outcome === 'fail' || outcome === 'waived'
}
