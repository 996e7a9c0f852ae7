import { expect, it } from 'vitest'
import { memoryDesk } from '../../support/audit-desk.js'
import { KEYS, mixed, sitDown } from '../sit-down.js'

it('shows verdict, counts and every check, the worst first', async () => {
  const { lines } = await sitDown()
  expect(lines()).toHaveLength(23)
  expect(lines()[0]).toMatch(/^shop after the move +recorded in run\.ndjson$/)
  expect(lines()[1]).toContain('✖ FAILED  exit 1 · 2 gating checks failed: uploads-on-disk, orders-without-customer')
  expect(lines()[2]).toContain('✖ 2 fail  ? 1 error  ⊘ 1 blocked  ! 1 warn  ~ 1 waived  ○ 1 skip  ✔ 2 pass')
  expect(
    lines()
      .slice(3, 12)
      .map((line) => line.slice(2, 11).trim()),
  ).toEqual(['✖ fail', '✖ fail', '? error', '⊘ blocked', '! warn', '~ waived', '○ skip', '✔ pass', '✔ pass'])
  expect(lines()[3]).toMatch(/^❯ ✖ fail {4}uploads-on-disk +critical {2}team-media +8s {2}rows 523 · entries 5/)
})

it('goes down and up', async () => {
  const { type, shows } = await sitDown()
  type('j')
  await shows('❯ ✖ fail    orders-without-customer')
  type(KEYS.down)
  await shows('❯ ? error   media-in-bucket')
  type(KEYS.up)
  await shows('❯ ✖ fail    orders-without-customer')
  type('G')
  await shows('❯ ✔ pass    a-check-with')
  type('g')
  await shows('❯ ✖ fail    uploads-on-disk')
})

it('sorts: by what is worst, slowest, by id, as planned', async () => {
  const { type, shows, lines } = await sitDown()
  const second = () => lines()[4]?.slice(12, 23)
  type('s')
  await shows('checks in the order: slowest')
  expect(second()).toBe('a-check-wit')
  type('s')
  await shows('checks in the order: id')
  expect(second()).toBe('avatars-on-')
  type('s')
  await shows('checks in the order: plan')
  expect(second()).toBe('orders-with')
})

it('puts checks together, with what each group came to', async () => {
  const { type, shows, lines } = await sitDown()
  for (const [name, head] of [
    ['file', 'postflight.yaml  ✖ 2 fail  ? 1 error  ⊘ 1 blocked  ! 1 warn  ~ 1 waived  ○ 1 skip  ✔ 2 pass'],
    ['tag', 'post-migration  '],
    ['owner', 'team-media  ✖ 1 fail  ? 1 error  ⊘ 1 blocked'],
    ['migration', '(no migration)  '],
    ['outcome', 'fail  ✖ 2 fail'],
  ]) {
    type('d')
    await shows(`checks by ${name}`)
    expect(lines()[3]).toContain(head)
  }
})

it('leaves what the filter says, and takes it away again', async () => {
  const { type, shows, lines } = await sitDown()
  type('/team-media !fail\r')
  await shows('filter team-media !fail')
  expect(
    lines()
      .slice(3, 6)
      .map((line) => line.slice(12, 32).trim()),
  ).toEqual(['media-in-bucket', 'thumbnails-in-bucket', ''])
  type(KEYS.escape)
  await shows('❯ ? error   media-in-bucket')
  await shows('uploads-on-disk')
})

it('tells while it runs how far it is', async () => {
  const runner = {
    isRunning: () => true,
    run: async () => undefined,
    cancel: () => {},
    canRecheck: () => false,
    queries: () => [],
    recheck: () => Promise.reject(new Error('no')),
  }
  const desk = memoryDesk([], { runner, live: true })
  const { shows } = await sitDown({ desk })
  await shows('STARTING')
  for (const event of mixed.slice(0, 2)) desk.tell(event)
  await shows(/RUNNING {2}0 of 9 checks/)
  await shows(/▸ running/)
  for (const event of mixed.slice(2)) desk.tell(event)
  await shows('FAILED  exit 1')
})

it('says it in ASCII and without colour alone, where the locale is not UTF-8', async () => {
  const { lines } = await sitDown({ unicode: false })
  expect(lines().join('')).toMatch(/^[\x20-\x7e]*$/)
  expect(lines()[3]).toMatch(/^> x fail {4}uploads-on-disk/)
})

it.each([
  [60, 15],
  [200, 50],
])('fits into %i × %i', async (columns, rows) => {
  const { lines, shows, resize } = await sitDown({ columns, rows })
  expect(lines()).toHaveLength(rows - 1)
  for (const line of lines()) expect(line.length).toBeLessThanOrEqual(columns)
  resize(59, 15)
  await shows('needs 60 columns and 15 rows')
})
