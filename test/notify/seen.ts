/** A run that was seen, made of a few words. */
import type { CheckEnd, Outcome, RunEnd, RunStart } from '../../src/engine/events.js'
import { EMPTY_TALLY } from '../../src/engine/tally.js'
import type { SeenCheck, SeenRun } from '../../src/notify/gather.js'
import type { Route } from '../../src/notify/route.js'

export interface Given {
  readonly outcome: Outcome
  readonly counts?: Readonly<Record<string, number>>
  readonly severity?: SeenCheck['planned']['severity']
  readonly owner?: string
  readonly end?: Partial<CheckEnd>
  readonly planned?: Partial<SeenCheck['planned']>
  readonly findings?: SeenCheck['findings']
}

export interface GivenRun {
  readonly selection?: readonly string[]
  readonly exit?: RunEnd['exit']
  readonly start?: Partial<RunStart>
}

const PLACE = { file: 'shop.yaml', line: 3, column: 3, text: '' }
const NO_CODE = { code: 0, reason: 'the gate passed' } as const

export function seenRun(
  given: Readonly<Record<string, Given>>,
  { selection = [], exit = NO_CODE, start }: GivenRun = {},
): SeenRun {
  const checks = Object.entries(given).map(([id, one]): SeenCheck => {
    const { outcome, counts = {}, severity = 'high', owner = 'team', findings = [] } = one
    return {
      planned: {
        id,
        kind: 'rows',
        owner,
        severity,
        remediation: 'Restore it.',
        tags: [],
        requires: [],
        vantage: 'local',
        place: PLACE,
        plan: [],
        ...one.planned,
      },
      end: {
        v: 1,
        type: 'check:end',
        id,
        at: '2026-06-15T12:00:01.000Z',
        outcome,
        subjects: {},
        unobserved: {},
        assertions: [],
        counts,
        known: 0,
        vantage: 'local',
        attempts: [],
        duration_ms: 5,
        gaps: [],
        diagnoses: [],
        notes: [],
        ...one.end,
      },
      findings,
    }
  })
  return {
    start: {
      v: 1,
      type: 'run:start',
      run: '20260615T120000Z-abcdef',
      name: 'shop',
      at: '2026-06-15T12:00:00.000Z',
      host: 'web-02',
      versions: { postflight: '0.1.0', node: '20' },
      files: ['shop.yaml'],
      selection,
      gate: { failOn: 'low', warnings: 'allow', unevaluated: 'block', minChecks: 1, allowEmpty: false },
      checks: checks.map(({ planned }) => planned),
      warnings: [],
      ...start,
    },
    end: {
      v: 1,
      type: 'run:end',
      at: '2026-06-15T12:00:02.000Z',
      duration_ms: 2000,
      tally: { ...EMPTY_TALLY, checks: checks.length },
      gate: { status: 'passed', failed: [], unevaluated: [], warned: [], reason: '' },
      exit,
      warnings: [],
    },
    checks,
  }
}

export function routeOf(given: Partial<Route> = {}): Route {
  return {
    name: 'ops',
    type: 'webhook',
    severity: 'low',
    owners: undefined,
    outcomes: ['fail', 'error', 'blocked'],
    send: 'on_change',
    required: false,
    findings: 3,
    spec: {},
    place: PLACE,
    ...given,
  }
}
