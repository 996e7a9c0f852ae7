import { describe, expect, it } from 'vitest'
import { escapeJson, escapeLines, escapeText, inertLine } from '../../src/lib/text-escape.js'

describe('escapeText', () => {
  it.each([
    ['plain text stays', 'orders/2019 a+b.txt', 'orders/2019 a+b.txt'],
    ['letters of every script stay', 'Zoë 漢字 ไทย 😀 e\u0301', 'Zoë 漢字 ไทย 😀 e\u0301'],
    ['colour', '\x1b[31mred', '\\x1b[31mred'],
    ['window title (OSC)', '\x1b]0;owned\x07', '\\x1b]0;owned\\x07'],
    ['8-bit CSI', '\x9b2J', '\\x9b2J'],
    ['delete', 'a\x7f', 'a\\x7f'],
    ['NUL', 'a\0b', 'a\\x00b'],
    ['line breaks and tabs', 'a\r\nb\tc', 'a\\r\\nb\\tc'],
    ['reading direction', 'gpj.\u202eexe', 'gpj.\\u202eexe'],
    ['isolates', '\u2066x\u2069', '\\u2066x\\u2069'],
    ['zero width', 'a\u200bb\u200dc\ufeff', 'a\\u200bb\\u200dc\\ufeff'],
    ['soft hyphen', 'a\u00adb', 'a\\u00adb'],
    ['line separators', 'a\u2028b\u2029', 'a\\u2028b\\u2029'],
    ['half a surrogate pair', 'a\ud83d', 'a\\ud83d'],
    ['tags', 'a\u{e0041}', 'a\\u{e0041}'],
    ['blank Hangul filler', 'a\u3164b', 'a\\u3164b'],
    ['variation selector', 'a\ufe0f', 'a\\ufe0f'],
  ])('%s', (_name, text, shown) => {
    expect(escapeText(text)).toBe(shown)
  })

  it('writes only ASCII where the terminal has no more', () => {
    expect(escapeText('Zoë 😀\x1b', { ascii: true })).toBe('Zo\\u00eb \\u{1f600}\\x1b')
  })

  it('leaves no hidden character, whichever it is', () => {
    for (let code = 0; code <= 0x10ffff; code++) {
      const shown = escapeText(String.fromCodePoint(code))
      if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(shown)) expect.fail(`U+${code.toString(16)} got through`)
    }
  })
})

describe('escapeLines', () => {
  it('keeps the lines of a text that is written in lines, and nothing else that is hidden', () => {
    expect(escapeLines('one\r\n\ttwo\x1b[1m\rx\n')).toEqual(['one', '  two\\x1b[1m\\rx'])
  })
})

describe('escapeJson', () => {
  it.each(['\x1b]0;x\x07', '\x7f\x9b', '\u202e\u200b\u2028', '\u{e0041}', '\ud83d', 'Zoë 😀 a\nb'])(
    'keeps the value of %j and hides nothing',
    (value) => {
      const json = escapeJson(JSON.stringify({ value }, null, 2))
      expect(JSON.parse(json)).toEqual({ value })
      expect(json).not.toMatch(/[^\P{C}\n]|[\u2028\u2029]/u)
    },
  )
})

describe('commands of CI runners', () => {
  const COMMANDS = ['##[error]x', 'a ##vso[task.setvariable variable=x]y', '###teamcity[buildStop]']

  it.each(COMMANDS)('%s is none any more, as text, as lines or as JSON', (text) => {
    expect(escapeText(text)).not.toMatch(/##\w*\[/)
    expect(escapeLines(text).join()).not.toMatch(/##\w*\[/)
    expect(inertLine(text)).not.toMatch(/##\w*\[/)
    expect(escapeJson(JSON.stringify(text))).not.toMatch(/##\w*\[/)
    expect(JSON.parse(escapeJson(JSON.stringify(text)))).toBe(text)
  })

  it.each(['::error::x', '  ::error::x', '\x1b[31m::error::x'])('%j does not begin with one', (line) => {
    expect(inertLine(line)).toMatch(/\\x3a:error::x$/)
    expect(inertLine(line).replaceAll('\x1b[31m', '').trim()).not.toMatch(/^::/)
  })

  it.each(['a ## b', '## [x]', 'a::b', '# [x]'])('%s stays', (text) => {
    expect(escapeText(text)).toBe(text)
    expect(inertLine(text)).toBe(text)
  })
})
