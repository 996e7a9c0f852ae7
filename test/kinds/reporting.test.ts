import { expect, test } from 'vitest'
import { mapLimited } from '../../src/kinds/artifacts/map-limited.js'
import { reporting } from '../../src/kinds/reporting.js'

test('progress comes through, what comes between may be dropped, the result is returned', async () => {
  const gate = deferred()
  const running = reporting(new AbortController().signal, async (report) => {
    report({ done: 1, unit: 'rows' })
    report({ done: 2, unit: 'rows' })
    await gate.promise
    report({ done: 3, unit: 'rows' })
    return 'result'
  })
  expect((await running.next()).value).toEqual({ type: 'progress', done: 2, unit: 'rows' })
  gate.resolve()
  let next = await running.next()
  while (!next.done) next = await running.next()
  expect(next.value).toBe('result')
})

test('a failure comes through', async () => {
  const running = reporting(new AbortController().signal, async () => {
    throw new Error('broken')
  })
  await expect(running.next()).rejects.toThrow('broken')
})

test('closing early aborts the work and waits until it is done', async () => {
  let cleaned = false
  const running = reporting(new AbortController().signal, async (report, signal) => {
    report({ done: 1, unit: 'rows' })
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    await Promise.resolve()
    cleaned = true
  })
  await running.next()
  await running.return(undefined)
  expect(cleaned).toBe(true)
})

test('a limited map keeps order and width, and after a failure begins nothing new', async () => {
  let running = 0
  let most = 0
  const doubled = await mapLimited([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    most = Math.max(most, ++running)
    await Promise.resolve()
    running--
    return item * 2
  })
  expect(doubled).toEqual([2, 4, 6, 8, 10, 12, 14])
  expect(most).toBe(3)
  const begun: number[] = []
  const failing = mapLimited([1, 2, 3, 4, 5, 6], 2, async (item) => {
    begun.push(item)
    await Promise.resolve()
    if (item === 1) throw new Error('first')
  })
  await expect(failing).rejects.toThrow('first')
  expect(begun.length).toBeLessThan(5)
})

function deferred() {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
