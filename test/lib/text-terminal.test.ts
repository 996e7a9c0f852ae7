import { describe, expect, it } from 'vitest'
import { canRedraw, detectColor, detectUnicode, detectWidth } from '../../src/lib/text-terminal.js'

const tty = { isTTY: true, columns: 100 }

describe('what a stream can show', () => {
  it.each([
    ['a terminal', {}, tty, true, true],
    ['a pipe', {}, {}, true, false],
    ['NO_COLOR', { NO_COLOR: '1' }, tty, true, false],
    ['an empty NO_COLOR counts for nothing', { NO_COLOR: '' }, tty, true, true],
    ['NO_COLOR wins over FORCE_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, tty, true, false],
    ['FORCE_COLOR in a pipe', { FORCE_COLOR: '1' }, {}, true, true],
    ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, tty, true, false],
    ['--no-color wins over FORCE_COLOR', { FORCE_COLOR: '1' }, tty, false, false],
    ['TERM=dumb', { TERM: 'dumb' }, tty, true, false],
  ] as const)('colour: %s', (_name, env, stream, wanted, color) => {
    expect(detectColor(env, stream, wanted)).toBe(color)
  })

  it.each([
    [{ LANG: 'en_US.UTF-8' }, true],
    [{ LANG: 'C.utf8' }, true],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, false],
    [{ LANG: 'POSIX', LC_CTYPE: 'de_DE.UTF-8' }, true],
    [{ LANG: 'en_US.UTF-8', LC_ALL: '' }, true],
    [{ LANG: 'en_US.UTF-8', TERM: 'dumb' }, false],
    [{}, false],
  ])('unicode with %j: %s', (env, unicode) => {
    expect(detectUnicode(env)).toBe(unicode)
  })

  it.each([
    [{}, tty, 100],
    [{ COLUMNS: '60' }, {}, 60],
    [{ COLUMNS: '60' }, tty, 100],
    [{ COLUMNS: 'x' }, {}, 80],
    [{}, { columns: 0 }, 80],
    [{}, {}, 80],
  ])('width with %j on %j: %i', (env, stream, width) => {
    expect(detectWidth(env, stream)).toBe(width)
  })

  it.each([
    [{}, tty, true],
    [{ CI: 'true' }, tty, false],
    [{ CI: 'false' }, tty, true],
    [{ TERM: 'dumb' }, tty, false],
    [{}, {}, false],
  ])('redrawing with %j on %j: %s', (env, stream, redraw) => {
    expect(canRedraw(env, stream)).toBe(redraw)
  })
})
