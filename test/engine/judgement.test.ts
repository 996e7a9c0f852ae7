import { describe, expect, test } from 'vitest'
import type { CheckEnd, GateConfig, Outcome, PlannedCheck, RunEvent, RunStart } from '../../src/engine/events.js'
import { EXIT_CODES, type ExitCode, exitAfterReports, exitOf } from '../../src/engine/exit-code.js'
import { gate } from '../../src/engine/gate.js'
import { fold, NO_RUN } from '../../src/engine/tally.js'
import type { Severity } from '../../src/kinds/kind.js'
import { GATE, runFakes, sees } from './fake.js'

type Came = [outcome: Outcome, severity?: Severity]

function events(came: readonly Came[]): RunEvent[] {
  const place = { file: 'f', line: 1, column: 1, text: '' }
  const checks = came.map(([, severity = 'high'], index) => ({
    id: `c${index}`,
    severity,
    place,
  })) as unknown as PlannedCheck[]
  const start = { v: 1, type: 'run:start', checks } as unknown as RunStart
  const ends = came.map(
    ([outcome], index) =>
      ({
        v: 1,
        type: 'check:end',
        id: `c${index}`,
        outcome,
        counts: { missing: 2, orphaned: 1 },
        known: 1,
        assertions: [{}],
      }) as unknown as CheckEnd,
  )
  return [start, ...ends]
}

function judged(came: readonly Came[], config: Partial<GateConfig> = {}) {
  const state = events(came).reduce(fold, NO_RUN)
  const { result, exits } = gate({ ...GATE, ...config }, state.start?.checks ?? [], state.ends, state.tally)
  return { ...result, code: exitOf(exits).code, tally: state.tally }
}

describe('the gate', () => {
  const CASES: [string, Came[], Partial<GateConfig>, ExitCode][] = [
    ['a pass', [['pass']], {}, 0],
    ['a failure', [['pass'], ['fail']], {}, 1],
    ['a failure below fail_on', [['pass'], ['fail', 'medium']], { failOn: 'high' }, 0],
    ['a failure at fail_on', [['pass'], ['fail', 'high']], { failOn: 'high' }, 1],
    ['an info failure, whatever fail_on', [['pass'], ['fail', 'info']], { failOn: 'info' }, 0],
    ['a waived failure', [['waived']], {}, 0],
    ['a warning', [['warn']], {}, 0],
    ['a warning that blocks', [['warn']], { warnings: 'block' }, 1],
    ['a warning that blocks, below fail_on', [['warn', 'low']], { warnings: 'block', failOn: 'high' }, 0],
    ['an error', [['pass'], ['error']], {}, 3],
    ['an error below fail_on', [['pass'], ['error', 'low']], { failOn: 'high' }, 0],
    ['an allowed error', [['pass'], ['error']], { unevaluated: 'allow' }, 0],
    ['blocked', [['pass'], ['blocked']], {}, 3],
    ['failure and error', [['fail'], ['error']], {}, 1],
    ['only skips', [['skip'], ['skip']], {}, 4],
    ['only skips, empty allowed', [['skip']], { allowEmpty: true }, 4],
    ['nothing selected', [], {}, 4],
    ['nothing selected, allowed', [], { allowEmpty: true }, 0],
    ['too few', [['pass'], ['skip']], { minChecks: 2 }, 4],
    ['enough', [['pass'], ['warn'], ['fail', 'info'], ['waived']], { minChecks: 4 }, 0],
    ['a minimum of none still wants one', [['skip']], { minChecks: 0 }, 4],
    ['only errors, allowed', [['error']], { unevaluated: 'allow' }, 4],
    ['an error and too few', [['error']], {}, 3],
  ]

  test.each(CASES)('%s', (_, came, config, code) => {
    const got = judged(came, config)
    expect(got.code).toBe(code)
    expect(got.status).toBe(code === 0 ? 'passed' : 'failed')
  })

  test('names what holds it shut, worst first', () => {
    const got = judged([
      ['fail', 'low'],
      ['fail', 'critical'],
      ['error', 'medium'],
      ['blocked', 'high'],
      ['warn'],
      ['fail', 'info'],
    ])
    expect(got).toMatchObject({ failed: ['c1', 'c0'], unevaluated: ['c3', 'c2'], warned: ['c4'] })
    expect(got.reason).toBe('2 gating checks failed: c1, c0; 2 gating checks could not be evaluated: c3, c2')
  })
})

describe('the fold', () => {
  test('counts what ended', () => {
    const { tally } = judged([['pass'], ['fail'], ['skip']])
    expect(tally).toEqual({
      checks: 3,
      outcomes: { pass: 1, warn: 0, fail: 1, error: 0, blocked: 0, skip: 1, waived: 0 },
      evaluated: 2,
      findings: 9,
      known: 3,
      assertions: 3,
    })
  })

  test('of recorded events is that of the run', async () => {
    const ran = await runFakes([{ id: 'a' }, { id: 'b', observe: sees({ missing: 1 }) }, { id: 'c', requires: ['b'] }])
    const replayed = (JSON.parse(JSON.stringify(ran.events)) as RunEvent[]).reduce(fold, NO_RUN)
    expect(replayed.tally).toEqual(ran.end.tally)
    expect(replayed.running).toEqual([])
    expect(gate(GATE, replayed.start?.checks ?? [], replayed.ends, replayed.tally).result).toEqual(ran.end.gate)
  })

  test('knows what is under way, and changes nothing it is given', () => {
    const start = { v: 1, type: 'check:start', id: 'c0', at: '', attempt: 1 } as const
    const one = Object.freeze(fold(NO_RUN, start))
    expect(fold(one, { ...start, attempt: 2 }).running).toEqual(['c0'])
    const [, end] = events([['pass']])
    expect(end === undefined ? [] : fold(one, end).running).toEqual([])
    expect(one.running).toEqual(['c0'])
    expect(NO_RUN.tally.outcomes.pass).toBe(0)
  })
})

describe('the exit', () => {
  const ALL = EXIT_CODES.map(({ code }) => ({ code, reason: `because of ${code}` }))

  test('follows one precedence', () => {
    const order: number[] = []
    let left = ALL
    while (left.length > 0) {
      const { code } = exitOf(left)
      order.push(code)
      left = left.filter((exit) => exit.code !== code)
    }
    expect(order).toEqual([70, 130, 143, 2, 1, 3, 5, 4, 0])
    expect(exitOf([])).toEqual({ code: 0, reason: 'the gate passed' })
  })

  test.each([
    [0, 5],
    [4, 5],
    [1, 1],
    [3, 3],
    [130, 130],
  ])('of %i becomes %i where a report could not be written', (code, expected) => {
    const end = { exit: { code, reason: 'x' } } as Parameters<typeof exitAfterReports>[0]
    expect(exitAfterReports(end, ['disk full']).code).toBe(expected)
    expect(exitAfterReports(end, []).code).toBe(code)
  })
})
