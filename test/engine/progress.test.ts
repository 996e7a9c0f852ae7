import { expect, test } from 'vitest'
import type { CheckProgress } from '../../src/engine/events.js'
import { createProgress } from '../../src/engine/progress.js'

function play(steps: readonly [at: number, done: number, stage?: string][]) {
  let at = 0
  const sent: CheckProgress[] = []
  const progress = createProgress(
    'a',
    () => new Date(at),
    (event) => sent.push(event),
  )
  for (const [time, done, stage] of steps) {
    at = time
    progress.step({ done, total: 1000, unit: 'keys', stage })
  }
  progress.finish()
  return sent
}

test('at most ten events a second are sent, the last one always', () => {
  const steps = Array.from({ length: 2001 }, (_, ms): [number, number] => [ms, ms])
  const sent = play(steps)
  expect(sent).toHaveLength(21)
  expect(sent.at(-1)?.done).toBe(2000)
  const late = play([
    [0, 1],
    [10, 2],
    [20, 3],
  ])
  expect(late.map((event) => event.done)).toEqual([1, 3])
})

test('the rate is that of the stage', () => {
  const sent = play([
    [0, 0, 'list'],
    [1000, 100, 'list'],
    [2000, 200, 'list'],
    [3000, 0, 'verify'],
    [5000, 10, 'verify'],
  ])
  expect(sent.map((event) => [event.stage, event.rate])).toEqual([
    ['list', 0],
    ['list', 100],
    ['list', 100],
    ['verify', 0],
    ['verify', 5],
  ])
})

test('a count that starts anew starts a stage', () => {
  expect(
    play([
      [0, 500],
      [1000, 0],
      [2000, 50],
    ]).map((event) => event.rate),
  ).toEqual([0, 0, 50])
})
