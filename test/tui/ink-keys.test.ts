import { render } from 'ink-testing-library'
import { createElement } from 'react'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Keys } from '../../src/tui/mount.js'

/** What terminals send, through ink's own reading of it. */
let names: string[] = []
let ink: ReturnType<typeof render>

beforeEach(() => {
  names = []
  ink = render(createElement(Keys, { onKeys: (pressed: readonly string[]) => void names.push(...pressed) }))
})

afterEach(() => {
  ink.unmount()
})

it.each<[string, string, string[]]>([
  ['letters', 'j', ['j']],
  ['capitals', 'G', ['G']],
  ['Enter', '\r', ['enter']],
  ['Tab', '\t', ['tab']],
  ['Shift-Tab', '\x1b[Z', ['shift-tab']],
  ['Backspace', '\x7f', ['backspace']],
  ['arrows', '\x1b[A\x1b[B\x1b[C\x1b[D', ['up', 'down', 'right', 'left']],
  ['arrows of another mode', '\x1bOA\x1bOB', ['up', 'down']],
  ['Home and End', '\x1b[H\x1b[F', ['home', 'end']],
  ['Home and End as others send them', '\x1b[1~\x1b[4~', ['home', 'end']],
  ['pages', '\x1b[5~\x1b[6~', ['pageup', 'pagedown']],
  ['Ctrl-C', '\x03', ['ctrl-c']],
  ['Ctrl-D', '\x04', ['ctrl-d']],
  ['signs', '?', ['?']],
  ['a blank', ' ', ['space']],
  ['several at once', 'jjG', ['j', 'j', 'G']],
  ['an answer at once', '/a b\r', ['/', 'a', 'space', 'b', 'enter']],
  ['Alt with a letter as nothing', '\x1bf', []],
  ['an unknown sequence as nothing', '\x1b[99~', []],
  ['F1 as nothing', '\x1bOP', []],
  ['a click as nothing', '\x1b[<0;12;3M', []],
  ['what is pasted between brackets as it is', '\x1b[200~j\x1b[201~', ['j']],
])('reads %s', (_, sent, read) => {
  ink.stdin.write(sent)
  expect(names).toEqual(read)
})

it('reads Escape alone, once it is known that nothing follows', async () => {
  ink.stdin.write('\x1b')
  await expect.poll(() => names).toEqual(['escape'])
})
