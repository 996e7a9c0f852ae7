import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { quoteWord, quoteWords } from '../../src/vantage/quote.js'
import { shellStarts } from '../support/programs.js'
import { serverOrSkip } from '../support/require-server.js'

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

  for (const shell of ['sh', 'bash', 'dash', 'zsh', 'fish', 'ksh', 'busybox sh']) {
    serverOrSkip(shell, shellStarts(shell))(`read by ${shell}`, () => {
      it('are as they were', () => {
        const [program = '', ...words] = shell.split(' ')
        const args = [...words, '-c', quoteWords(['printf', '%s\\n|', ...WORDS])]
        expect(spawnSync(program, args).stdout.toString()).toBe(WORDS.map((word) => `${word}\n|`).join(''))
      })
    })
  }
})
