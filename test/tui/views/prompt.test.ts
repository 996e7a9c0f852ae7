import { expect, it } from 'vitest'
import { KEYS, sitDown } from '../sit-down.js'

it('takes keys as text while something is asked', async () => {
  const { type, shows } = await sitDown()
  type('/')
  await shows('filter: ▏')
  await shows('Enter: do it   Esc: leave it   Ctrl-u: begin anew')
  type('q?rj')
  await shows('filter: q?rj▏')
  type(KEYS.backspace)
  await shows('filter: q?r▏')
  type('\x15')
  await shows('filter: ▏')
  type('two words')
  await shows('filter: two words▏')
  type('\x17')
  await shows('filter: two ▏')
})

it('leaves everything as it was with Esc', async () => {
  const { type, shows, lines } = await sitDown()
  type('/zzz')
  await shows('filter: zzz▏')
  type(KEYS.escape)
  await shows('? help')
  expect(lines()[2]).not.toContain('filter')
})

it('shows control characters that are typed or pasted as text', async () => {
  const { type, shows, lines } = await sitDown()
  type('3')
  await shows('9 findings')
  type('m')
  await shows('note: ▏')
  type('a\u202eb')
  await shows('note: a\\u202eb▏')
  expect(lines().join('')).not.toMatch(/\p{C}/u)
})

it('shows the end of what is longer than the line', async () => {
  const { type, shows, lines } = await sitDown({ columns: 60, rows: 15 })
  type('/')
  await shows('filter: ▏')
  type(`${'x'.repeat(100)}END`)
  await shows('END▏')
  expect(lines().at(-2)).toMatch(/^filter: …x+END▏$/)
})

it('q leaves', async () => {
  const { type, over } = await sitDown()
  type('q')
  await expect(over).resolves.toBeUndefined()
})
