import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { quoteWord, quoteWords } from '../../src/vantage/quote.js'

const WORDS = [
  '',
  'plain',
  ' a  b ',
  `it's`,
  '"',
  '\\',
  "\\'",
  'a\\\\b',
  '$HOME',
  '`id`',
  '$(id)',
  '!!',
  '*',
  '~',
  '#',
  '-n',
  'x=1',
  'line\nfeed',
  '\t',
  '日本語',
  '{a,b}',
  '%s',
  '&|;<>',
]

describe('quoted words', () => {
  it.each([
    ['plain', "'plain'"],
    ['', "''"],
    ["it's", "'it'\\''s'"],
    ['a\\b', "'a'\\\\'b'"],
  ])('%s is written %s', (word, quoted) => expect(quoteWord(word)).toBe(quoted))

  for (const shell of ['sh', 'bash', 'dash', 'zsh', 'fish', 'ksh', 'busybox']) {
    const there = spawnSync(shell, shell === 'busybox' ? ['true'] : ['-c', 'true']).status === 0
    it.runIf(there)(`are read by ${shell} as they were`, () => {
      const printed = quoteWords(['printf', '%s\\n|', ...WORDS])
      const args = shell === 'busybox' ? ['sh', '-c', printed] : ['-c', printed]
      expect(spawnSync(shell, args).stdout.toString()).toBe(WORDS.map((word) => `${word}\n|`).join(''))
    })
  }
})
