import { expect, it } from 'vitest'
import { memoryDesk } from '../../support/audit-desk.js'
import { KEYS, mixed, sitDown } from '../sit-down.js'

const atCheck = async (options = {}) => {
  const sitting = await sitDown({ rows: 40, ...options })
  sitting.type(KEYS.enter)
  await sitting.shows('Every upload the database knows')
  return sitting
}

it('shows what was expected beside what was seen, what did not hold first', async () => {
  const { lines } = await atCheck()
  const box = lines().filter((line) => line.startsWith('  │'))
  expect(box).toEqual([
    '  │ subject             │ expected │ seen │',
    '  │ ✖ missing           │ 0        │ 12   │',
    '  │ ✖ size_mismatch     │ 0        │ 1    │',
    '  │ ! orphaned          │ 0        │ 3    │',
    '  │ ✔ checksum_mismatch │ 0        │ 0    │',
  ])
})

it.each<[string, string | RegExp]>([
  ['the likely cause', /cause {4}11 of 12 missing keys start with \/usr\/src\/app\/upload\//],
  ['what to paste', 'paste    rewrite: [{ strip_prefix: /usr/src/app/upload/ }]'],
  ['what could not be looked at', 'gap      2017/private/ could not be read (EACCES)'],
  ['how it was looked at, from where and how long', 'looked   from here · list and merge · in 8s'],
  ['each try', /tries {4}1: fail after 3s.*\n +2: fail after 4\.4s/],
  ['what it reads', 'reads    reads for uploads-on-disk · on main'],
  ['what to do', 'fix      Restore the listed keys from the old host:'],
  ['where to read more', 'runbook  https://'],
  ['its place in the file, with the line', /file {5}postflight\.yaml:\d+/],
])('tells %s', async (_, text) => {
  const { shows } = await atCheck()
  await shows(text)
})

it('searches, marks and goes on to the next line that has it', async () => {
  const { type, shows } = await atCheck()
  type('/missing\r')
  await shows('❯ │ ✖ missing')
  type('n')
  await shows('❯ cause')
  type('/nowhere\r')
  await shows('no line holds missingnowhere')
})

it('scrolls where it does not fit', async () => {
  const { type, shows } = await atCheck({ rows: 20 })
  await shows(/lines 1 to 14 of/)
  type(KEYS.pageDown)
  await shows(/lines 14 to 27 of/)
  type('g')
  await shows(/lines 1 to 14 of/)
})

it('opens its file, and copies its id and what to paste', async () => {
  const { type, shows, desk } = await atCheck()
  type('o')
  await shows('back from the editor')
  expect(desk.edits).toEqual([expect.stringMatching(/^postflight\.yaml:\d+$/)])
  type('y')
  await shows('copied')
  type('Y')
  await expect.poll(() => desk.copies).toEqual(['uploads-on-disk', 'rewrite: [{ strip_prefix: /usr/src/app/upload/ }]'])
})

it('goes to the next failure and stays at checks', async () => {
  const { type, shows } = await atCheck()
  type('e')
  await shows('shop after the move › orders-without-customer ')
  type('E')
  await shows('shop after the move › uploads-on-disk ')
})

it('shows how its subjects moved, where a history is kept', async () => {
  const subjects = (missing: number) => ({ at: '2026-11-20T15:00:00.000Z', subjects: { missing } })
  const trails = new Map([['uploads-on-disk', [subjects(1), subjects(4), subjects(9)]]])
  const { shows } = await atCheck({ desk: { ...memoryDesk(mixed), trails } })
  await shows(/trend {4}missing/)
})
