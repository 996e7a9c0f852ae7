import { expect, it, test } from 'vitest'
import { toClipboard } from '../../src/tui/clipboard.js'

const BEFORE = '\x1b]52;c;'
const read = (sequence = ''): string => {
  const base64 = sequence.slice(BEFORE.length, -1)
  expect(sequence).toBe(`${BEFORE}${base64}\x07`)
  return Buffer.from(base64, 'base64').toString('utf8')
}

it.each([
  ['a key', '2019/a b.txt', 'sent 12 characters'],
  ['a key beyond ASCII', 'café/😀', 'sent 6 characters'],
  ['some lines to paste', 'known:\n  keys: [a]\n', 'sent 2 lines'],
])('%s', (_, text, told) => {
  const copied = toClipboard(text, {})
  expect(read(copied.sequence)).toBe(text)
  expect(copied.told).toContain(told)
})

it.each([
  ['an escape', 'a\x1b[31m'],
  ['a return', 'rm -rf\r'],
  ['a bell', '\x07'],
  ['an 8-bit control', 'a\x9b'],
  ['nothing', ''],
])('%s is not sent', (_, text) => {
  const { sequence, told } = toClipboard(text, {})
  expect(sequence).toBeUndefined()
  expect(told).toMatch(/^not copied/)
})

test('at most as much as terminals take: the sequence has fewer than 100,000 characters', () => {
  expect(toClipboard('x'.repeat(74_994), {}).sequence?.length).toBeLessThan(100_010)
  expect(toClipboard('x'.repeat(74_995), {})).toEqual({ told: expect.stringMatching(/^not copied: 74995 bytes/) })
})

test('bytes count, not characters', () => {
  expect(toClipboard('é'.repeat(40_000), {}).sequence).toBeUndefined()
})

test('within tmux it goes both ways, for which of them tmux takes is set there', () => {
  const { sequence = '', told } = toClipboard('key', { TMUX: '/tmp/tmux-0/default,1,0' })
  const osc = `\x1b]52;c;${Buffer.from('key').toString('base64')}\x07`
  expect(sequence).toBe(`${osc}\x1bPtmux;\x1b${osc}\x1b\\`)
  expect(told).toContain('set-clipboard')
})
