import { expect, it } from 'vitest'
import { type InkKey, keyNames } from '../../src/tui/key-name.js'

const NONE: InkKey = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageUp: false,
  pageDown: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  shift: false,
  tab: false,
  backspace: false,
  delete: false,
  meta: false,
}

it.each<[string, string, Partial<InkKey>, string[]]>([
  ['a letter', 'j', {}, ['j']],
  ['a capital', 'G', { shift: true }, ['G']],
  ['Escape, which sets meta too', '', { escape: true, meta: true }, ['escape']],
  ['Backspace, which comes as delete', '', { delete: true }, ['backspace']],
  ['Backspace, which comes as itself', '', { backspace: true }, ['backspace']],
  ['Shift-Tab', '', { tab: true, shift: true }, ['shift-tab']],
  ['Ctrl-C', 'c', { ctrl: true }, ['ctrl-c']],
  ['a letter with Alt', 'f', { meta: true }, []],
  ['keys typed at once', 'jjk', {}, ['j', 'j', 'k']],
  ['an answer typed at once', '/a b\r', {}, ['/', 'a', 'space', 'b', 'enter']],
  ['Ctrl-C among others', 'j\x03', {}, ['j', 'ctrl-c']],
  ['a character beyond the BMP', '😀', {}, ['😀']],
  ['a NUL', '\0', {}, []],
])('%s', (_, input, key, names) => {
  expect(keyNames(input, { ...NONE, ...key })).toEqual(names)
})
