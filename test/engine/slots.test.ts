import { expect, test } from 'vitest'
import { createSlots } from '../../src/engine/slots.js'

const { signal } = new AbortController()

/** Lets everything that can go on go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

function takers(limit: (name: string) => number) {
  const slots = createSlots(limit)
  const has = new Map<string, () => void>()
  const take = (name: string, wants: readonly string[], until = signal) =>
    slots.take(wants, until).then((giveBack) => void has.set(name, giveBack))
  const give = async (name: string) => {
    has.get(name)?.()
    has.delete(name)
    await settle()
  }
  return { take, give, holding: () => [...has.keys()].sort().join('') }
}

test('takes all it names or none', async () => {
  const { take, give, holding } = takers(() => 1)
  void take('a', ['x'])
  void take('b', ['x', 'y'])
  void take('c', ['y'])
  await settle()
  expect(holding()).toBe('ac')
  await give('a')
  expect(holding()).toBe('c')
  await give('c')
  expect(holding()).toBe('b')
})

test('serves in order, but one that cannot go does not hold up others', async () => {
  const { take, give, holding } = takers((name) => (name === 'run' ? 2 : 1))
  for (const [name, wants] of [
    ['a', 'x'],
    ['b', 'x'],
    ['c', 'y'],
    ['d', 'y'],
  ] as const)
    void take(name, ['run', wants])
  await settle()
  expect(holding()).toBe('ac')
  await give('c')
  expect(holding()).toBe('ad')
  await give('a')
  expect(holding()).toBe('bd')
})

test('the same slot named twice is one slot', async () => {
  const { take, holding } = takers(() => 2)
  void take('a', ['x', 'x'])
  void take('b', ['x'])
  await settle()
  expect(holding()).toBe('ab')
})

test('a limit below one would wait for ever, so it counts as one', async () => {
  const { take, holding } = takers(() => 0)
  await take('a', ['x'])
  expect(holding()).toBe('a')
})

test('giving back twice gives back once', async () => {
  const slots = createSlots(() => 1)
  const giveBack = await slots.take(['x'], signal)
  giveBack()
  giveBack()
  await slots.take(['x'], signal)
  let second = false
  void slots.take(['x'], signal).then(() => {
    second = true
  })
  await settle()
  expect(second).toBe(false)
})

test('stops waiting when told to, and leaves no gap in the queue', async () => {
  const { take, give, holding } = takers(() => 1)
  const stop = new AbortController()
  await take('a', ['x'])
  const waiting = take('b', ['x'], stop.signal)
  void take('c', ['x'])
  stop.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  await expect(take('d', ['y'], stop.signal)).rejects.toThrow('enough')
  await give('a')
  expect(holding()).toBe('c')
})
