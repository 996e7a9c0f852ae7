import { describe, expect, test } from 'vitest'
import { nextAttempt } from '../../src/engine/retry.js'
import type { Outcome } from '../../src/judge/outcome.js'
import type { Retry } from '../../src/kinds/kind.js'
import { CheckError } from '../../src/lib/errors.js'
import { type Fake, findings, runFakes } from './fake.js'

/** Plays outcomes against a rule on a clock of its own: when each attempt began. */
function times(retry: Retry, outcomes: readonly Outcome[], took = 0): number[] {
  const began: number[] = []
  let now = 0
  let state: Parameters<typeof nextAttempt>[1] = { since: 0, bad: 0 }
  for (const outcome of outcomes) {
    began.push(now)
    now += took
    const next = nextAttempt(retry, state, outcome, now)
    if (next === undefined) break
    state = next.state
    now += next.pauseMs
  }
  return began
}

const EVERY_5: Retry = { forMs: 20, everyMs: 5, backoff: 1 }

test.each([
  ['a pass ends it', EVERY_5, ['pass', 'pass'], 0, [0]],
  ['a warning ends it', EVERY_5, ['warn', 'pass'], 0, [0]],
  ['a skip ends it', EVERY_5, ['skip', 'pass'], 0, [0]],
  ['until it passes', EVERY_5, ['fail', 'error', 'pass', 'pass'], 0, [0, 5, 10]],
  ['the last attempt is right at the end', { ...EVERY_5, forMs: 12 }, Array(9).fill('fail'), 0, [0, 5, 10, 12]],
  ['what an attempt takes counts', EVERY_5, Array(9).fill('fail'), 10, [0, 15]],
  ['pauses grow', { forMs: 100, everyMs: 5, backoff: 2 }, Array(9).fill('fail'), 0, [0, 5, 15, 35, 75, 100]],
  ['a pass has to last', { ...EVERY_5, stableForMs: 12 }, Array(9).fill('pass'), 0, [0, 5, 10, 12]],
  [
    'a break starts it anew',
    { ...EVERY_5, stableForMs: 10 },
    ['pass', 'fail', 'pass', 'pass', 'pass', 'pass'],
    0,
    [0, 5, 10, 15, 20],
  ],
  [
    'stability begun in time may outlast it',
    { ...EVERY_5, forMs: 5, stableForMs: 10 },
    ['fail', 'pass', 'pass', 'pass', 'pass'],
    0,
    [0, 5, 10, 15],
  ],
] as [string, Retry, Outcome[], number, number[]][])('%s', (_, retry, outcomes, took, expected) => {
  expect(times(retry, outcomes, took)).toEqual(expected)
})

test('without a rule nothing is tried again', () => {
  expect(nextAttempt(undefined, { since: 0, bad: 0 }, 'fail', 0)).toBeUndefined()
})

/** Each attempt takes the next of these. */
function series(...observers: NonNullable<Fake['observe']>[]): NonNullable<Fake['observe']> {
  let attempt = 0
  return (context, check) => {
    const observe = observers[Math.min(attempt++, observers.length - 1)]
    if (observe === undefined) throw new Error('no observer')
    return observe(context, check)
  }
}

const finds = (...keys: string[]): NonNullable<Fake['observe']> =>
  async function* () {
    yield findings(...keys)
    return { subjects: { missing: keys.length } }
  }

const breaks: NonNullable<Fake['observe']> = async function* () {
  yield findings('half')
  throw new CheckError('connection refused')
}

const SOON: Retry = { forMs: 60_000, everyMs: 1, backoff: 1 }

describe('a check that is tried again', () => {
  test('passes in the end, and says after how much', async () => {
    const { endOf, events, end } = await runFakes([
      { id: 'a', retry: SOON, observe: series(breaks, finds('x'), finds()) },
    ])
    expect(endOf('a')).toMatchObject({
      outcome: 'pass',
      message: expect.stringMatching(/^pass, 3 attempts, [\d.]+ m?s$/),
      counts: {},
      attempts: [{ outcome: 'error', message: 'connection refused' }, { outcome: 'fail' }, { outcome: 'pass' }],
    })
    expect(events.flatMap((event) => (event.type === 'check:start' ? [event.attempt] : []))).toEqual([1, 2, 3])
    expect(events.some((event) => event.type === 'check:finding')).toBe(false)
    expect(end.exit.code).toBe(0)
  })

  /** A clock that stands still until an attempt moves it past the end of the retry. */
  function clock() {
    let at = 0
    const late = (observe: NonNullable<Fake['observe']>): NonNullable<Fake['observe']> =>
      async function* (context, check) {
        at = 10_000
        return yield* observe(context, check)
      }
    return { now: () => new Date(at), late }
  }
  const retry = { ...SOON, forMs: 5000 }

  test('keeps the findings of the last attempt only', async () => {
    const { now, late } = clock()
    const observe = series(finds('x', 'y'), breaks, late(finds('z')))
    const { endOf, events } = await runFakes([{ id: 'a', retry, observe }], { now })
    expect(endOf('a')).toMatchObject({ outcome: 'fail', counts: { missing: 1 } })
    expect(endOf('a').attempts.map((attempt) => attempt.outcome)).toEqual(['fail', 'error', 'fail'])
    const told = events.flatMap((event) => (event.type === 'check:finding' ? [event.finding.key] : []))
    expect(told).toEqual(['z'])
  })

  test('keeps many findings off memory and in order', async () => {
    const keys = Array.from({ length: 2500 }, (_, index) => `k${index}`)
    const paged: NonNullable<Fake['observe']> = async function* () {
      for (let from = 0; from < keys.length; from += 400) yield findings(...keys.slice(from, from + 400))
      return { subjects: { missing: keys.length } }
    }
    const { now, late } = clock()
    const { events } = await runFakes([{ id: 'a', retry, observe: series(finds('x'), late(paged)) }], { now })
    const told = events.flatMap((event) => (event.type === 'check:finding' ? [event.finding.key] : []))
    expect(told).toEqual(keys)
  })

  test('gives its slots back while it waits', async () => {
    const order: string[] = []
    let free = () => {}
    const freed = new Promise<void>((resolve) => {
      free = resolve
    })
    const slow = series(finds('x'), async function* () {
      await freed
      order.push('a')
      yield findings()
      return { subjects: { missing: 0 } }
    })
    const other: NonNullable<Fake['observe']> = async function* () {
      order.push('b')
      free()
      yield findings()
      return { subjects: { missing: 0 } }
    }
    const retry = { ...SOON, everyMs: 20 }
    const { outcomes } = await runFakes(
      [
        { id: 'a', retry, observe: slow },
        { id: 'b', observe: other },
      ],
      { concurrency: 1 },
    )
    expect(outcomes).toEqual({ a: 'pass', b: 'pass' })
    expect(order).toEqual(['b', 'a'])
  })
})
