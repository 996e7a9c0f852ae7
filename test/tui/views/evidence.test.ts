import { expect, it } from 'vitest'
import type { Rechecked } from '../../../src/kinds/kind.js'
import { memoryDesk } from '../../support/audit-desk.js'
import { KEYS, mixed, sitDown } from '../sit-down.js'

const atEvidence = async (options = {}) => {
  const sitting = await sitDown(options)
  sitting.type('3')
  await sitting.shows('9 findings')
  sitting.type(KEYS.enter)
  await sitting.shows('› evidence')
  return sitting
}

it('shows what was expected, exactly and readably', async () => {
  const { lines } = await atEvidence()
  expect(lines()[1]).toMatch(/^missing +1 of 9$/)
  expect(lines()[2]).toBe('2019/a b.txt')
  expect(lines().join('\n')).toContain('           size\n  expected 52,341 bytes (51.1 KiB)')
})

it('goes on to the next finding, and back', async () => {
  const { type, shows } = await atEvidence()
  type('n')
  await shows('2 of 9')
  type('N')
  await shows('1 of 9')
  type('N')
  await shows('there is no finding before it')
})

it('shows the bytes of a key that is not plain', async () => {
  const { type, shows } = await atEvidence()
  type('n')
  await shows('2 of 9')
  type('n')
  await shows('0000  32 30 32 30 2f 5a 6f c3 ab 20 e6 bc a2 e5 ad 97')
})

it('keeps a note', async () => {
  const { type, shows } = await atEvidence()
  type('m')
  await shows('note: ▏')
  type('asked Dana\r')
  await shows('  note     asked Dana')
})

it('copies the key, and all of it', async () => {
  const { type, desk } = await atEvidence()
  type('y')
  await expect.poll(() => desk.copies).toEqual(['2019/a b.txt'])
  type('Y')
  await expect.poll(() => JSON.parse(desk.copies[1] ?? '{}')).toMatchObject({ finding: 'missing', key: '2019/a b.txt' })
})

it('looks again, and shows both sides as they are now', async () => {
  const rechecked: Rechecked = {
    stands: false,
    now: [],
    sides: [
      { side: 'rows', where: 'main', there: true, facts: { rows: 1, size: 52_341 } },
      { side: 'store', where: 'uploads (/srv)', there: true, facts: { size: 52_341, type: 'a file' } },
    ],
  }
  const runner = {
    isRunning: () => false,
    run: async () => undefined,
    cancel: () => {},
    canRecheck: () => true,
    queries: () => [],
    recheck: async () => rechecked,
  }
  const sitting = await sitDown({ desk: memoryDesk(mixed, { runner }), rows: 40 })
  sitting.type('e')
  await sitting.shows('❯ ✖ fail    orders-without-customer')
  sitting.type('e')
  await sitting.shows('❯ ✖ fail    uploads-on-disk')
  sitting.type('3')
  await sitting.shows('9 findings')
  sitting.type(KEYS.enter)
  await sitting.shows('› evidence')
  sitting.type('v')
  await sitting.shows('by now   it no longer stands; r runs the check again')
  await sitting.shows(
    'store    uploads (/srv): it is there\n           size\n  both     52,341 bytes (51.1 KiB)\n           as it was found\n  store    type: a file',
  )
})

it('of a recorded run says that nothing can be looked at again', async () => {
  const { type, shows } = await atEvidence()
  type('v')
  await shows('a recorded run cannot be looked at again')
})
