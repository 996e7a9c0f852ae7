import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { CheckError, UsageError } from '../../src/lib/errors.js'
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
