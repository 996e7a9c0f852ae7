import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/engine/events.js'
import { REPORTER_NAMES, reporters } from '../../src/reporters/index.js'
import { createLive } from '../../src/reporters/live.js'
import { heldTimer, recorded, render, sink } from './support.js'

/** What moves the cursor, sets a title, breaks lines, commands a CI runner, turns the direction, hides. */
const HOSTILE =
  'x\x1b[31m\x1b]0;owned\x07\x9b2J\r\n::error::owned\n  ##[add-mask]owned\u202e\u200b\u2028\u{e0041}\ud800'
/** Words of the event language itself, which only postflight writes. */
const OWN = new Set(['type', 'at', 'outcome', 'severity', 'level', 'failOn', 'status', 'origin', 'interrupted'])

function poison(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return OWN.has(key) || key === 'warnings' ? value : value + HOSTILE
  if (Array.isArray(value)) return value.map((item) => poison(item, key === 'warnings' ? '' : key))
  if (typeof value !== 'object' || value === null) return value
  const names = ['subjects', 'unobserved', 'counts', 'expected', 'actual', 'row'].includes(key)
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [names ? name + HOSTILE : name, poison(item, name)]),
  )
}

const events = recorded('mixed').map((event) => poison(event) as RunEvent)
const HIDDEN = /[^\P{C}\n]|[\u2028\u2029\p{Default_Ignorable_Code_Point}]/u
// biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences postflight itself writes
const OUR_COLORS = /\x1b\[(?:0|1|2|22|3[0-9]|39)m/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences postflight itself writes
const OUR_WINDOW = /\x1b\[\?2026[hl]|\x1b\[\d+A\r\x1b\[J/g

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
