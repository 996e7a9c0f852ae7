import { expect, it } from 'vitest'
import { keyText } from '../../../src/tui/key-meaning.js'
import { BINDINGS } from '../../../src/tui/keys.js'
import { KEYS, sitDown } from '../sit-down.js'

it('has every key of the table, and what it does', async () => {
  const { type, shows, lines } = await sitDown({ columns: 120, rows: 80 })
  type('?')
  await shows('to the last')
  const text = lines().join('\n')
  for (const { keys, label } of BINDINGS)
    expect(text).toMatch(new RegExp(`${escaped(keys.map(keyText).join(', '))} +${escaped(label)}`))
})

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

it('says that a recorded run cannot be run again', async () => {
  const { type, shows } = await sitDown()
  type('?')
  await shows('A recorded run: nothing of it can be run again.')
})

it('scrolls, is searched, and goes away with Esc', async () => {
  const { type, shows } = await sitDown()
  type('?')
  await shows('lines 1 to 18 of')
  type('/waiver\r')
  await shows('❯ +')
  type(KEYS.escape)
  await shows('❯ ✖ fail')
})
