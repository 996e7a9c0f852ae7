import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { CheckEnd, RunEvent } from '../../src/engine/events.js'
import { CheckError, UsageError } from '../../src/lib/errors.js'
import { createRedactor } from '../../src/lib/redact.js'
import { type Fake, finding, findings, runFakes, scratch, sees } from './fake.js'

const FAILS = sees({ missing: 3 })
const throws = (error: unknown): NonNullable<Fake['observe']> =>
  // biome-ignore lint/correctness/useYield: it breaks before it yields
  async function* () {
    throw error
  }

describe('outcomes and the exit', () => {
  const CASES: [string, Fake[], Record<string, string>, number][] = [
    ['all pass', [{ id: 'a' }], { a: 'pass' }, 0],
    ['one fails', [{ id: 'a' }, { id: 'b', observe: FAILS }], { a: 'pass', b: 'fail' }, 1],
    ['an info check fails', [{ id: 'a' }, { id: 'b', severity: 'info', observe: FAILS }], { a: 'pass', b: 'fail' }, 0],
    ['a warning', [{ id: 'a', observe: sees({ missing: 0, orphaned: 1 }), warn: { orphaned: 0 } }], { a: 'warn' }, 0],
    ['not told', [{ id: 'a' }, { id: 'b', observe: sees({}) }], { a: 'pass', b: 'error' }, 3],
    ['thrown', [{ id: 'a' }, { id: 'b', observe: throws(new CheckError('no')) }], { a: 'pass', b: 'error' }, 3],
    [
      'failed and not told',
      [
        { id: 'a', observe: FAILS },
        { id: 'b', observe: sees({}) },
      ],
      { a: 'fail', b: 'error' },
      1,
    ],
    [
      'a bug beside a failure',
      [
        { id: 'a', observe: FAILS },
        { id: 'b', observe: throws(new TypeError('x')) },
      ],
      { a: 'fail', b: 'error' },
      70,
    ],
    ['skipped by when', [{ id: 'a', skip: 'when: not here' }], { a: 'skip' }, 4],
    ['nothing to examine', [{ id: 'a', observe: sees({}, { skip: 'no tables' }) }], { a: 'skip' }, 4],
    ['no checks', [], {}, 4],
    ['an unknown kind', [{ id: 'a', kind: 'other' }], { a: 'error' }, 70],
  ]

  test.each(CASES)('%s', async (_, fakes, outcomes, code) => {
    const ran = await runFakes(fakes)
    expect(ran.outcomes).toEqual(outcomes)
    expect(ran.end.exit.code).toBe(code)
    expect(ran.events.at(-1)).toEqual(ran.end)
  })

  test('an empty selection is fine where it is allowed', async () => {
    const gate = { failOn: 'low', warnings: 'allow', unevaluated: 'block', minChecks: 1, allowEmpty: true } as const
    expect((await runFakes([], { gate })).end.exit.code).toBe(0)
    expect((await runFakes([{ id: 'a', skip: 'no' }], { gate })).end.exit.code).toBe(4)
  })
})

describe('what a check says', () => {
  test('is told in order: start, findings, end', async () => {
    const ran = await runFakes([
      {
        id: 'a',
        observe: async function* () {
          yield findings('x', 'y')
          return { subjects: { missing: 2, rows: 5 }, gaps: ['gap'], notes: ['note'], method: 'list' }
        },
      },
    ])
    expect(ran.types).toEqual(['run:start', 'check:start', 'check:finding', 'check:finding', 'check:end', 'run:end'])
    expect(ran.endOf('a')).toMatchObject({
      outcome: 'fail',
      subjects: { missing: 2, rows: 5 },
      counts: { missing: 2 },
      gaps: ['gap'],
      notes: ['note'],
      method: 'list',
      vantage: 'local',
      attempts: [{ outcome: 'fail' }],
    })
    expect(ran.end.tally).toMatchObject({ checks: 1, evaluated: 1, findings: 2, assertions: 1 })
  })

  test('an error keeps its hint and its place in the check file', async () => {
    const error = new CheckError('relation does not exist', {
      hint: 'did you mean orders?',
      at: { path: ['sql'], offset: 7 },
    })
    const { endOf, bugs } = await runFakes([{ id: 'a', observe: throws(error) }])
    expect(endOf('a')).toMatchObject({
      outcome: 'error',
      message: 'relation does not exist',
      hint: 'did you mean orders?',
      at_place: { line: 107, text: 'sql' },
      unobserved: { missing: 'relation does not exist' },
    })
    expect(bugs).toEqual([])
  })

  test('an unexpected error is told, and kept as a bug', async () => {
    const error = new TypeError('x is undefined')
    const { endOf, bugs, end } = await runFakes([{ id: 'a', observe: throws(error) }])
    expect(endOf('a')).toMatchObject({ outcome: 'error', message: 'unexpected error: x is undefined' })
    expect(bugs).toEqual([['a', error]])
    expect(end.exit).toEqual({ code: 70, reason: 'a bug in postflight, in check a' })
  })

  test.each([
    [
      'other than its findings',
      async function* () {
        yield findings('x')
        return { subjects: { missing: 2 } }
      },
    ],
    [
      'of a subject it does not have',
      async function* () {
        yield { type: 'findings', findings: [finding('x', 'gone')] }
        return { subjects: {} }
      },
    ],
  ] as [string, NonNullable<Fake['observe']>][])('a count %s is a bug', async (_, observe) => {
    const { outcomes, end, bugs } = await runFakes([{ id: 'a', observe }])
    expect(outcomes).toEqual({ a: 'error' })
    expect(end.exit.code).toBe(70)
    expect(bugs).toHaveLength(1)
  })

  test('gets a directory of its own, which is gone afterwards', async () => {
    const seen: string[] = []
    const root = scratch()
    await runFakes(
      ['a', 'b'].map((id) => ({
        id,
        // biome-ignore lint/correctness/useYield: nothing to yield
        observe: async function* (context) {
          seen.push(context.scratch)
          expect(existsSync(context.scratch)).toBe(true)
          return { subjects: { missing: 0 } }
        },
      })),
      { scratchRoot: root },
    )
    expect(new Set(seen).size).toBe(2)
    expect(readdirSync(root)).toEqual([])
  })

  test('no scratch directory is for the user to mend', async () => {
    await expect(runFakes([{ id: 'a' }], { scratchRoot: '/nowhere/at/all' })).rejects.toBeInstanceOf(UsageError)
  })
})

describe('requires', () => {
  test('what does not pass blocks what requires it, through and through', async () => {
    const { outcomes, endOf, types } = await runFakes([
      { id: 'c', requires: ['b'] },
      { id: 'b', requires: ['a'] },
      { id: 'a', observe: FAILS },
      { id: 'd', requires: ['e'] },
      { id: 'e', observe: sees({ missing: 0, orphaned: 1 }), warn: { orphaned: 0 } },
      { id: 'f', requires: ['gone'] },
      { id: 'g', requires: ['h'] },
      { id: 'h', skip: 'not here' },
    ])
    expect(outcomes).toEqual({
      a: 'fail',
      b: 'blocked',
      c: 'blocked',
      d: 'pass',
      e: 'warn',
      f: 'blocked',
      g: 'blocked',
      h: 'skip',
    })
    expect(endOf('c').message).toBe('it requires b, which is blocked')
    expect(endOf('f').message).toBe('it requires gone, which is not part of the run')
    expect(types.filter((type) => type === 'check:start')).toHaveLength(3)
  })

  test('checks that require one another never start', async () => {
    const cycle = [
      { id: 'a', requires: ['b'] },
      { id: 'b', requires: ['a'] },
    ]
    await expect(runFakes(cycle)).rejects.toThrow(/require one another: a, b/)
  })
})

describe('limits', () => {
  /** Checks that wait until no more of them arrive, and count how many were under way at once. */
  function crowd(count: number, uses: (index: number) => string[]) {
    const most = new Map<string, number>()
    const running = new Map<string, number>()
    const move = (names: string[], by: number) => {
      for (const name of names) {
        running.set(name, (running.get(name) ?? 0) + by)
        most.set(name, Math.max(most.get(name) ?? 0, running.get(name) ?? 0))
      }
    }
    const fakes = Array.from({ length: count }, (_, index): Fake => {
      const names = uses(index)
      return {
        id: `c${index}`,
        uses: names,
        observe: async function* () {
          move(['all', ...names], 1)
          for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
          move(['all', ...names], -1)
          return { subjects: { missing: 0 } }
        },
      }
    })
    return { fakes, most }
  }

  test('hold for the run and for each connection, and nobody waits for ever', async () => {
    const { fakes, most } = crowd(12, (index) => [['x', 'y'], ['y', 'x'], ['y'], []][index % 4] ?? [])
    const { end } = await runFakes(fakes, { concurrency: 3, limitOf: (name) => (name === 'x' ? 1 : 2) })
    expect(end.tally.outcomes.pass).toBe(12)
    expect(most.get('all')).toBeLessThanOrEqual(3)
    expect(most.get('x')).toBe(1)
    expect(most.get('y')).toBeLessThanOrEqual(2)
  })

  test('let checks run side by side', async () => {
    let arrived = 0
    let meet = () => {}
    const met = new Promise<void>((resolve) => {
      meet = resolve
    })
    const observe: NonNullable<Fake['observe']> = async function* () {
      if (++arrived === 3) meet()
      await met
      yield findings()
      return { subjects: { missing: 0 } }
    }
    const fakes = ['a', 'b', 'c'].map((id) => ({ id, uses: ['x'], observe }))
    const { end } = await runFakes(fakes, { concurrency: 3, limitOf: () => 3 })
    expect(end.tally.outcomes.pass).toBe(3)
  })

  test('one at a time keeps the order of the files', async () => {
    const { fakes } = crowd(4, () => [])
    const { events } = await runFakes(fakes, { concurrency: 1 })
    const ended = events.filter((event): event is CheckEnd => event.type === 'check:end').map((event) => event.id)
    expect(ended).toEqual(['c0', 'c1', 'c2', 'c3'])
  })
})

describe('waivers', () => {
  const waiver = {
    check: 'a',
    reason: 'SHOP-812',
    approvedBy: 'dana',
    expires: '2026-12-31',
    covers: ['fail'],
  } as const
  const at = (date: string) => ({ waivers: [waiver], now: () => new Date(date) })

  test('cover until the end of their last day', async () => {
    const covered = await runFakes([{ id: 'a', observe: FAILS }], at('2026-12-31T23:00:00Z'))
    expect(covered.endOf('a')).toMatchObject({
      outcome: 'waived',
      message: 'fail; waived: SHOP-812',
      waiver: { reason: 'SHOP-812', approved_by: 'dana', expires: '2026-12-31' },
    })
    expect(covered.end.exit.code).toBe(0)
    const late = await runFakes([{ id: 'a', observe: FAILS }], at('2027-01-01T00:00:00Z'))
    expect(late.outcomes).toEqual({ a: 'fail' })
    expect(late.end.warnings).toEqual([expect.stringContaining('expired on 2026-12-31')])
  })

  test('do not cover not knowing, nor a pass', async () => {
    const { outcomes } = await runFakes([{ id: 'a', observe: sees({}) }], at('2026-01-01'))
    expect(outcomes).toEqual({ a: 'error' })
    expect((await runFakes([{ id: 'a' }], at('2026-01-01'))).outcomes).toEqual({ a: 'pass' })
  })

  test('for a check there is not are told, for one not selected are not', async () => {
    const { end } = await runFakes([{ id: 'b' }], { ...at('2026-01-01'), allIds: new Set(['a', 'b']) })
    expect(end.warnings).toEqual([])
    expect((await runFakes([{ id: 'b' }], at('2026-01-01'))).end.warnings).toEqual([
      expect.stringContaining('no check "a"'),
    ])
  })
})

describe('known findings', () => {
  const known = { keys: new Set(['x', 'gone']), match: '^old/', reason: 'SHOP-1' }
  const observe = async function* () {
    yield findings('x', 'old/1', 'new')
    return { subjects: { missing: 3 } }
  }

  test('are marked, subtracted and counted; the rest is judged', async () => {
    const { endOf, events, end } = await runFakes([{ id: 'a', known, observe }])
    expect(endOf('a')).toMatchObject({ outcome: 'fail', subjects: { missing: 1 }, counts: { missing: 1 }, known: 2 })
    const marked = events.flatMap((event) =>
      event.type === 'check:finding' ? [[event.finding.key, event.finding.known]] : [],
    )
    expect(marked).toEqual([
      ['x', true],
      ['old/1', true],
      ['new', undefined],
    ])
    expect(end.warnings).toEqual(['1 known keys of "a" were not found any more'])
  })

  test('alone leave nothing to complain about', async () => {
    const { outcomes } = await runFakes([{ id: 'a', known: { ...known, match: '.' }, observe }])
    expect(outcomes).toEqual({ a: 'pass' })
  })

  test('more than the maximum subtract nothing and are not marked', async () => {
    const { endOf, events } = await runFakes([{ id: 'a', known: { ...known, max: 1 }, observe }])
    expect(endOf('a')).toMatchObject({
      outcome: 'fail',
      subjects: { missing: 3 },
      known: 0,
      notes: [expect.stringContaining('more than the 1 allowed')],
    })
    expect(JSON.stringify(events.filter((event) => event.type === 'check:finding'))).not.toContain('known')
  })

  test('subtract nothing once expired', async () => {
    const { endOf, end } = await runFakes([{ id: 'a', known: { ...known, expires: '2026-01-01' }, observe }], {
      now: () => new Date('2026-01-02T00:00:00Z'),
    })
    expect(endOf('a')).toMatchObject({ subjects: { missing: 3 }, known: 0 })
    expect(end.warnings).toEqual([expect.stringContaining('expired on 2026-01-01')])
  })
})

describe('records', () => {
  const check: Fake = {
    id: 'a',
    observe: sees({ missing: 0, rows: 90 }),
    expect: { missing: 0, rows: { baseline: { drop_at_most: '5%' } } },
  }
  const records = (rows: number) => new Map([['a', { subjects: { rows }, unobserved: {} }]])

  test.each([
    ['none given', {}, 'error', /no baseline was given/],
    ['dropped', { baseline: 'dropped' }, 'pass', undefined],
    ['near enough', { baseline: records(92) }, 'pass', undefined],
    ['too far', { baseline: records(100) }, 'fail', undefined],
    ['without the check', { baseline: new Map() }, 'error', /does not have the check "a"/],
  ] as const)('a baseline: %s', async (_, options, outcome, message) => {
    const { endOf } = await runFakes([check], options)
    expect(endOf('a').outcome).toBe(outcome)
    if (message !== undefined) expect(endOf('a').message).toMatch(message)
    if ('baseline' in options && options.baseline === 'dropped')
      expect(endOf('a').notes).toEqual([expect.stringContaining('--no-baseline')])
  })

  test('the last run, and the first run of a check', async () => {
    const since = { ...check, expect: { missing: 0, rows: { since_last: 'same' } } }
    expect((await runFakes([since])).outcomes).toEqual({ a: 'pass' })
    expect((await runFakes([since], { previous: new Map() })).outcomes).toEqual({ a: 'pass' })
    expect((await runFakes([since], { previous: records(91) })).outcomes).toEqual({ a: 'fail' })
  })
})

describe('readers', () => {
  test('see one event at a time, in order', async () => {
    let inside = 0
    const order: string[] = []
    await runFakes(
      [1, 2, 3].map((number) => ({
        id: `c${number}`,
        observe: async function* () {
          yield findings('x')
          return { subjects: { missing: 1 } }
        },
      })),
      {
        emit: async (event: RunEvent) => {
          expect(inside++).toBe(0)
          await new Promise((resolve) => setImmediate(resolve))
          order.push(event.type)
          inside--
        },
      },
    )
    expect(order).toHaveLength(11)
    expect(order.at(-1)).toBe('run:end')
  })

  test('slow the check down: a finding is awaited', async () => {
    let yielded = 0
    let read = 0
    let ahead = 0
    await runFakes(
      [
        {
          id: 'a',
          observe: async function* () {
            for (; yielded < 20; yielded++) {
              ahead = Math.max(ahead, yielded - read)
              yield findings(`k${yielded}`)
            }
            return { subjects: { missing: 20 } }
          },
        },
      ],
      {
        emit: async (event) => {
          await new Promise((resolve) => setImmediate(resolve))
          if (event.type === 'check:finding') read++
        },
      },
    )
    expect(ahead).toBeLessThanOrEqual(1)
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('disk full')
      },
    ],
    ['rejects', () => Promise.reject(new Error('disk full'))],
  ])('one that %s ends the run with 5, not before its time', async (_, emit) => {
    const { end, types } = await runFakes([{ id: 'a' }], { emit })
    expect(end.exit).toEqual({ code: 5, reason: 'a report could not be written: disk full' })
    expect(types).toEqual(['run:start', 'check:start', 'check:end', 'run:end'])
  })

  test('that only fail at the end still count', async () => {
    const emit = (event: RunEvent) => {
      if (event.type === 'run:end') throw new Error('disk full')
    }
    expect((await runFakes([{ id: 'a' }], { emit })).end.exit.code).toBe(5)
  })

  test('never see a secret', async () => {
    const secret = 'correct-horse-battery'
    const seen: RunEvent[] = []
    await runFakes(
      [
        {
          id: 'a',
          observe: async function* () {
            yield findings(`backup/${secret}.tar`)
            throw new CheckError(`cannot log in with ${secret}`)
          },
        },
      ],
      { redactor: createRedactor([{ name: 'pw', value: secret }]), emit: (event) => void seen.push(event) },
    )
    expect(JSON.stringify(seen)).not.toContain(secret)
    expect(JSON.stringify(seen)).toContain('cannot log in with <secret pw>')
  })
})
