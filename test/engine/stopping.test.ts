import { describe, expect, test } from 'vitest'
import type { Context } from '../../src/kinds/kind.js'
import { type Fake, findings, runFakes } from './fake.js'

/** Waits for its signal and then stops, as an observer should. */
const obedient: NonNullable<Fake['observe']> = async function* ({ signal }) {
  yield findings('x')
  await new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
  })
  return { subjects: { missing: 0 } }
}

/** Never looks at its signal and never ends. */
const deaf: NonNullable<Fake['observe']> = async function* () {
  yield findings('x')
  await new Promise(() => {})
  return { subjects: { missing: 0 } }
}

/** Ends as if nothing had happened once it is told to stop. */
const late: NonNullable<Fake['observe']> = async function* ({ signal }) {
  yield findings('x')
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve)
  })
  yield findings('y')
  return { subjects: { missing: 2 } }
}

/** Breaks in its own way when it is told to stop, as a driver would. */
const breaking: NonNullable<Fake['observe']> = async function* ({ signal }) {
  yield findings('x')
  await new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new TypeError('socket destroyed')))
  })
  return { subjects: { missing: 0 } }
}

/** Takes being told to stop for the end of what there is to see. */
const complacent: NonNullable<Fake['observe']> = async function* ({ signal }) {
  yield findings('x')
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve)
  })
  return { subjects: { missing: 1 } }
}

const WAYS = Object.entries({ obedient, deaf, late, complacent, breaking })

describe('a timeout', () => {
  test.each(WAYS)('ends a check that is %s, and what was found by then is told', async (_, observe) => {
    const { endOf, end, bugs, types } = await runFakes([{ id: 'a', timeoutMs: 20, observe }], { graceMs: 20 })
    expect(endOf('a')).toMatchObject({ outcome: 'error', message: 'timed out after 20ms', counts: { missing: 1 } })
    expect(end.exit.code).toBe(3)
    expect(end.interrupted).toBeUndefined()
    expect(bugs).toEqual([])
    expect(types.filter((type) => type === 'check:finding')).toHaveLength(1)
  })

  test('closes what an observer left half-way has open', async () => {
    let closed = false
    await runFakes([
      {
        id: 'a',
        timeoutMs: 20,
        observe: async function* ({ signal }) {
          try {
            while (!signal.aborted) {
              yield { type: 'progress', done: 1, unit: 'keys' }
              await new Promise((resolve) => setImmediate(resolve))
            }
            yield { type: 'progress', done: 2, unit: 'keys' }
            return { subjects: { missing: 0 } }
          } finally {
            closed = true
          }
        },
      },
    ])
    expect(closed).toBe(true)
  })

  test('gives its slot back also when the observer never returns', async () => {
    const fakes = [{ id: 'a', timeoutMs: 20, observe: deaf }, { id: 'b' }]
    const { outcomes } = await runFakes(fakes, { concurrency: 1, graceMs: 10 })
    expect(outcomes).toEqual({ a: 'error', b: 'pass' })
  })
})

describe('an interrupt', () => {
  test.each([
    ['SIGINT', 130, 'interrupted'],
    ['SIGTERM', 143, 'terminated'],
  ])('by %s ends everything and still tells all of it', async (by, code, word) => {
    const interrupt = new AbortController()
    const started = (event: { type: string; id?: string }) => {
      if (event.type === 'check:finding' && event.id === 'a') interrupt.abort(by)
    }
    const { endOf, outcomes, end, types } = await runFakes(
      [{ id: 'a', observe: obedient }, { id: 'b' }, { id: 'c', requires: ['a'] }, { id: 'd', skip: 'not here' }],
      { concurrency: 1, interrupt: interrupt.signal, emit: started },
    )
    expect(outcomes).toEqual({ a: 'error', b: 'error', c: 'error', d: 'skip' })
    expect(endOf('a')).toMatchObject({ message: word, counts: { missing: 1 } })
    expect(endOf('b').message).toMatch(word)
    expect(endOf('c').message).toBe(`${word} before it started`)
    expect(end).toMatchObject({ interrupted: by, exit: { code } })
    expect(types.at(-1)).toBe('run:end')
  })

  test('outweighs what failed before it', async () => {
    const interrupt = new AbortController()
    interrupt.abort('SIGINT')
    const { end, outcomes } = await runFakes([{ id: 'a' }], { interrupt: interrupt.signal })
    expect(outcomes).toEqual({ a: 'error' })
    expect(end.exit.code).toBe(130)
  })

  test('ends the pause before another attempt', async () => {
    const interrupt = new AbortController()
    const observe = async function* (_: Context) {
      yield findings('x')
      setImmediate(() => interrupt.abort('SIGINT'))
      return { subjects: { missing: 1 } }
    }
    const retry = { forMs: 60_000, everyMs: 60_000, backoff: 1 }
    const { endOf, end } = await runFakes([{ id: 'a', retry, observe }], { interrupt: interrupt.signal })
    expect(endOf('a')).toMatchObject({ outcome: 'error', message: 'interrupted', counts: { missing: 1 } })
    expect(end.exit.code).toBe(130)
  })
})

describe('the deadline of the run', () => {
  test.each(WAYS)('ends a check that is %s, and those that wait', async (_, observe) => {
    const fakes = [{ id: 'a', observe }, { id: 'b' }]
    const { outcomes, endOf, end } = await runFakes(fakes, { concurrency: 1, deadlineMs: 20, graceMs: 20 })
    expect(outcomes).toEqual({ a: 'error', b: 'error' })
    expect(endOf('b').message).toBe("the run's deadline of 20ms passed")
    expect(end).toMatchObject({ interrupted: 'deadline', exit: { code: 3 } })
  })

  test('holds also where what is unfinished would not gate', async () => {
    const fakes: Fake[] = [{ id: 'a' }, { id: 'b', severity: 'info', requires: ['a'], observe: obedient }]
    const { end } = await runFakes(fakes, { deadlineMs: 50 })
    expect(end.exit).toEqual({ code: 3, reason: "the run's deadline of 50ms passed" })
  })

  test('does not matter to a run that is done before', async () => {
    const { end } = await runFakes([{ id: 'a' }], { deadlineMs: 60_000 })
    expect(end.exit.code).toBe(0)
    expect(end.interrupted).toBeUndefined()
  })
})
