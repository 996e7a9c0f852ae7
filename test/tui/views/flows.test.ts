import { expect, it } from 'vitest'
import { memoryDesk } from '../../support/audit-desk.js'
import { KEYS, mixed, sitDown } from '../sit-down.js'

it('goes from the whole to the one, and back', async () => {
  const { type, shows } = await sitDown()
  const way = [/^shop after the move {2}/, /› uploads-on-disk {2}/, /› findings {2}/, /› evidence {2}/]
  for (const place of way.slice(1)) {
    type(KEYS.enter)
    await shows(place)
  }
  for (const place of way.toReversed().slice(1)) {
    type(KEYS.escape)
    await shows(place)
  }
})

it('goes across with Tab and with digits', async () => {
  const { type, shows } = await sitDown()
  for (const place of ['› uploads-on-disk ', '› findings ', '› directories ']) {
    type(KEYS.tab)
    await shows(place)
  }
  type('1')
  await shows(/^shop after the move {2}/)
  type('4')
  await shows('› directories ')
})

it('goes to the next failure and the next warning, whatever is shown', async () => {
  const { type, shows } = await sitDown()
  type('3')
  await shows('› uploads-on-disk › findings')
  type('e')
  await shows('› orders-without-customer › findings')
  type('e')
  await shows('› media-in-bucket › findings')
  type('E')
  await shows('› orders-without-customer › findings')
  type('w')
  await shows('› events-rows › findings')
})

it('runs again, is stopped, and says what stands', async () => {
  const asked: (readonly string[] | undefined)[] = []
  let stop: (told: string) => void = () => {}
  const runner = {
    isRunning: () => false,
    run: (checks?: readonly string[]) => {
      asked.push(checks)
      return new Promise<string>((resolve) => {
        stop = resolve
      })
    },
    cancel: () => stop('a run was stopped: orders-rows stands as it was seen before'),
    canRecheck: () => false,
    queries: () => [],
    recheck: () => Promise.reject(new Error('no')),
  }
  const { type, shows } = await sitDown({ desk: memoryDesk(mixed, { runner }) })
  type('r')
  await shows('running orders-rows again')
  type('r')
  await shows('a run is under way: c stops it')
  type('c')
  await shows('a run was stopped: orders-rows stands as it was seen before')
  type('f')
  await shows('running 4 checks again')
  stop('')
  expect(asked).toEqual([['orders-rows'], expect.arrayContaining(['uploads-on-disk', 'media-in-bucket'])])
})

it('does not run, stop or write what was pasted', async () => {
  const { type, shows, desk } = await sitDown()
  type('xoy')
  await shows('y came with other keys, as pasted text does: press it alone')
  expect([desk.copies, desk.edits, desk.exports]).toEqual([[], [], []])
})
