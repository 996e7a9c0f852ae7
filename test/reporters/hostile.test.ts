import { describe, expect, it } from 'vitest'
import { REPORTER_NAMES, reporters } from '../../src/reporters/index.js'
import { createLive } from '../../src/reporters/live.js'
import { HOSTILE, hostileRun } from './hostile-run.js'
import { heldTimer, render, sink } from './support.js'

const events = hostileRun
const HIDDEN = /[^\P{C}\n]|[\u2028\u2029\p{Default_Ignorable_Code_Point}]/u
// biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences postflight itself writes
const OUR_COLORS = /\x1b\[(?:0|1|2|22|3[0-9]|39)m/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences postflight itself writes
const OUR_WINDOW = /\x1b\[\?2026[hl]|\x1b\[\d+A\r\x1b\[J/g

/** Whole lines of it are commands to the runner, in which all that means something is encoded. */
const ANNOTATION = /^::(?:error|warning|notice) (?:[a-zA-Z]+=[^:,\n]*,?)+::/gm

function expectHarmless(text: string): void {
  expect(text.length).toBeGreaterThan(1000)
  expect(HIDDEN.exec(text)?.index).toBeUndefined()
  expect(text.split('\n').filter((line) => /^\s*::/.test(line))).toEqual([])
  expect(text).not.toContain('##[')
}

it('has hostile text to begin with', () => {
  const text = events.map((event) => Object.values(event).join('')).join('')
  expect(HIDDEN.test(text)).toBe(true)
})

describe.each(REPORTER_NAMES)('%s', (name) => {
  it.each([
    { width: 50, color: false, unicode: true },
    { width: 80, color: false, unicode: false },
    { width: 120, color: true, unicode: true },
  ])('lets no hostile text through at %j', async (options) => {
    const create = await reporters[name].load()
    const text = await render(events, create, { ...options, findingsDir: `out${HOSTILE}` })
    if (name === 'github') return expectHarmless(text.replaceAll(ANNOTATION, 'annotation '))
    expectHarmless(options.color && (name === 'table' || name === 'plain') ? text.replaceAll(OUR_COLORS, '') : text)
  })
})

it('live progress lets no hostile text through', async () => {
  const out = sink()
  const timer = heldTimer()
  const live = createLive({ out, columns: () => 80, color: false, unicode: true, timer })
  for (const event of events) {
    await live.onEvent(event)
    timer.pass(200)
  }
  live.erase()
  expectHarmless(out.text.replaceAll(OUR_WINDOW, ''))
})

it.each(['json', 'ndjson'] as const)('%s keeps the hostile text itself, escaped', async (name) => {
  const text = await render(events, await reporters[name].load())
  expect(
    JSON.stringify(
      name === 'json'
        ? JSON.parse(text)
        : text
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line)),
    ),
  ).toContain(JSON.stringify(`uploads-on-disk${HOSTILE}`))
})
