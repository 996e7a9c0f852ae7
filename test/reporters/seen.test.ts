import { expect, test } from 'vitest'
import { seenValue } from '../../src/reporters/seen.js'

test.each([
  ['a number', 12345, '12,345'],
  ['a number no double holds', '12345678901234567890', '12,345,678,901,234,567,890'],
  ['the mode of a directory', '1777', '1777'],
  ['one with its leading zero', '0755', '0755'],
  ['a text with nothing in it', '', '""'],
  ['a list, so that a line can be broken in it', ['rw', 'noatime'], '["rw", "noatime"]'],
])('%s', (_name, value, shown) => {
  expect(seenValue(value)).toBe(shown)
})
