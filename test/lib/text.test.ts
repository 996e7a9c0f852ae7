import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { count, formatNumber, listWords, wrapText } from '../../src/lib/text.js'
import { displayWidth, padEnd, padStart, truncateEnd, truncateMiddle } from '../../src/lib/text-width.js'

describe('numbers and words', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1234, '1,234'],
    [-1234567, '-1,234,567'],
    [12345.678, '12,345.678'],
    [12345678901234567890n, '12,345,678,901,234,567,890'],
    ['100000000000000000000.50', '100,000,000,000,000,000,000.50'],
    ['1.5e21', '1.5e21'],
  ])('%s is shown as %s', (value, shown) => {
    expect(formatNumber(value)).toBe(shown)
  })

  it('counts', () => {
    expect([count(0, 'check'), count(1, 'check'), count(1000, 'entry', 'entries')]).toEqual([
      '0 checks',
      '1 check',
      '1,000 entries',
    ])
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listWords)).toEqual(['', 'a', 'a and b', 'a, b and c'])
  })
})

describe('width', () => {
  it.each([
    ['abc', 3],
    ['Zoë', 3],
    ['e\u0301', 1],
    ['漢字', 4],
    ['ｗｉｄｅ', 8],
    ['한글', 4],
    ['😀', 2],
    ['✔✖│…', 4],
  ])('%s takes %i columns', (text, width) => {
    expect(displayWidth(text)).toBe(width)
  })

  it.each([
    ['short', 10, 'short', 'short'],
    ['abcdefghij', 10, 'abcdefghij', 'abcdefghij'],
    ['abcdefghijk', 10, 'abcdefghi…', 'abcd…ghijk'],
    ['漢字漢字漢字', 7, '漢字漢…', '漢…字'],
    ['abc', 1, '…', '…'],
    ['abc', 0, '', ''],
  ])('%s in %i columns', (text, width, end, middle) => {
    expect(truncateEnd(text, width)).toBe(end)
    expect(truncateMiddle(text, width)).toBe(middle)
  })

  it('pads by columns, not characters', () => {
    expect([padEnd('漢', 4), padStart('漢', 4), padEnd('abc', 2)]).toEqual(['漢  ', '  漢', 'abc'])
  })
})

describe('wrapText', () => {
  it.each([
    ['one two three', 8, ['one two', 'three']],
    ['one', 8, ['one']],
    ['', 8, ['']],
    ['abcdefghijkl mn', 5, ['abcde', 'fghij', 'kl mn']],
    ['  - a b c d e f g h', 12, ['  - a b c d', '  e f g h']],
    ['漢字漢字', 5, ['漢字', '漢字']],
  ])('%j in %i columns', (text, width, lines) => {
    expect(wrapText(text, width)).toEqual(lines)
  })

  it('loses nothing and never exceeds the width', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'é', '漢', ' ', '.') }),
        fc.integer({ min: 12, max: 30 }),
        (text, width) => {
          const lines = wrapText(text, width)
          for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width)
          expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
        },
      ),
    )
  })
})

it.each([
  ['a', 'x'.repeat(1_000_000)],
  ['wide characters', '字'.repeat(300_000)],
])('wraps a word of a million %s without counting it again and again', (_, text) => {
  const start = performance.now()
  const lines = wrapText(text, 78)
  expect(performance.now() - start).toBeLessThan(5000)
  expect(lines.join('')).toBe(text)
})
