import { describe, expect, it, test } from 'vitest'
import { changes, repaint, rowsOf } from '../../src/tui/paint.js'

describe('rows of what ink writes', () => {
  it.each<[string, string, readonly string[] | undefined]>([
    ['a frame', 'one\ntwo\n', ['one', 'two']],
    ['a frame over another', '\x1b[2K\x1b[1A\x1b[2K\x1b[1A\x1b[2K\x1b[Gone\ntwo\n', ['one', 'two']],
    ['a frame that would erase the history', '\x1b[2J\x1b[3J\x1b[Hone\n', ['one']],
    ['colours', '\x1b[31mred\x1b[39m\n', ['\x1b[31mred\x1b[39m']],
    ['an empty row within', 'one\n\ntwo\n', ['one', '', 'two']],
    ['the cursor', '\x1b[?25l', undefined],
    ['the begin of an update', '\x1b[?2026h', undefined],
    ['erasing alone', '\x1b[2K\x1b[1A\x1b[2K\x1b[G', undefined],
    ['nothing', '', undefined],
    ['a title that would be set', '\x1b]0;title\x07x\n', [']0;titlex']],
    ['a cursor that would be moved', 'a\x1b[5;5Hb\x1b[2Jc\n', ['abc']],
    ['a return, a tab, a backspace, an 8-bit sequence', 'a\r\t\b\x9b2Jb\n', ['a2Jb']],
    ['an escape at the end', 'a\x1b\n', ['a']],
  ])('%s', (_, written, rows) => {
    expect(rowsOf(written)).toEqual(rows)
  })
})

test('what it sends are the rows that changed, each at its place', () => {
  const sent = changes(['one', 'two', 'three'], ['one', 'TWO'], 24)
  expect(sent).toBe('\x1b[?2026h\x1b[2;1H\x1b[0m\x1b[2KTWO\x1b[3;1H\x1b[0m\x1b[2K\x1b[0m\x1b[?2026l')
})

test('nothing is sent where nothing has changed', () => {
  expect(changes(['one'], ['one'], 24)).toBe('')
})

test('nothing is sent to rows that are not there', () => {
  expect(changes([], ['one', 'two', 'three'], 2)).not.toContain('three')
})

test('a screen of which nothing is known is wiped first', () => {
  expect(repaint(['one'], 24).startsWith('\x1b[?2026h\x1b[0m\x1b[2J')).toBe(true)
})
