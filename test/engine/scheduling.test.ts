import { describe, expect, test } from 'vitest'
import type { CheckEnd } from '../../src/engine/events.js'
import { type Fake, findings, runFakes, sees } from './fake.js'

const FAILS = sees({ missing: 3 })
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
