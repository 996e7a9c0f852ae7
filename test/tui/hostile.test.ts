import { describe, expect, it, vi } from 'vitest'
import type { RunEvent } from '../../src/engine/events.js'
import { displayWidth } from '../../src/lib/text-width.js'
import { mount } from '../../src/tui/mount.js'
import { recorded } from '../reporters/support.js'
import { memoryDesk } from '../support/audit-desk.js'
import { drive } from './driver.js'
import { memoryTerminal } from './terminal.js'

/** What moves the cursor, sets a title, breaks lines, turns the direction, hides, is wide, combines, has no end. */
const HOSTILE = [
  'x\x1b[31m\x1b]0;owned\x07\x9b2J\x1b[2J\x1b[H\r\n\b\tbelow\u202e\u2066\u200b\u2028\u{e0041}\ud800',
  '漢字カナ😀👩‍👩‍👧‍👦🇩🇪 a\u0301\u0301\u0301\u20dd \ufe0f\u{1f3fb} ｱﾞ \u1100\u1161\u11a8',
  'w'.repeat(10_000),
  `漢${'\u0301'.repeat(1000)}字${'\x1b[41m'.repeat(300)}`,
]

/** Words of the event language itself, which only postflight writes. */
const OWN = new Set([
  'type',
  'at',
  'outcome',
  'severity',
  'level',
  'failOn',
  'status',
  'origin',
  'interrupted',
  'id',
  'file',
])
const NAMES = ['subjects', 'unobserved', 'counts', 'expected', 'actual', 'row']

function poison(value: unknown, with_: string, key = ''): unknown {
  if (typeof value === 'string') return OWN.has(key) ? value : value + with_
  if (Array.isArray(value)) return value.map((item) => poison(item, with_, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [NAMES.includes(key) ? name + with_ : name, poison(item, with_, name)]),
  )
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the colours postflight itself writes
const COLOURS = /\x1b\[(?:1|2|22|3[0-9]|39)m/g
const HIDDEN = /[\p{C}\u2028\u2029\p{Default_Ignorable_Code_Point}]/u

const WAYS: readonly (readonly [string, readonly string[]])[] = [
  ['overview', []],
  ['overview by owner', ['d', 'd', 'd']],
  ['overview by migration', ['d', 'd', 'd', 'd']],
  ['check', ['enter']],
  ['end of check', ['enter', 'G']],
  ['findings', ['3']],
  ['directories', ['4']],
  ['a directory', ['4', 'enter']],
  ['evidence', ['3', 'enter']],
  ['keys', ['?']],
  ['a note', ['3', 'm', 'x', 'enter', 'm']],
  ['an export', ['3', 'x']],
]

const SIZES = {
  '60 × 15': { columns: 60, rows: 15 },
  '80 × 24': { columns: 80, rows: 24 },
  '200 × 50': { columns: 200, rows: 50 },
} as const

describe.each<[string, keyof typeof SIZES, string]>([
  ['escape sequences', '60 × 15', HOSTILE[0]!],
  ['escape sequences', '200 × 50', HOSTILE[0]!],
  ['wide and combining characters', '60 × 15', HOSTILE[1]!],
  ['wide and combining characters', '80 × 24', HOSTILE[1]!],
  ['a text without end', '80 × 24', HOSTILE[2]!],
  ['combining and sequences without end', '60 × 15', HOSTILE[3]!],
])('%s at %s', (_, sizeName, hostile) => {
  const size = SIZES[sizeName]
  const events = recorded('mixed').map((event) => poison(event, hostile) as RunEvent)
  it.each(WAYS)('do no harm to %s', async (_name, keys) => {
    for (const [color, unicode] of [
      [true, true],
      [false, false],
    ] as const) {
      const audit = drive(memoryDesk(events), { size, color, unicode })
      await audit.press(...keys)
      if (audit.model().prompt !== undefined) await audit.type(hostile.slice(0, 60))
      const lines = audit.painted()
      expect(lines).toHaveLength(size.rows - 1)
      for (const line of lines) {
        const bare = line.replaceAll(COLOURS, '')
        expect(HIDDEN.exec(bare)?.[0]).toBeUndefined()
        if (!unicode) expect(bare).toMatch(/^[\x20-\x7e]*$/)
        if (!color) expect(line).toBe(bare)
        expect(displayWidth(bare)).toBeLessThanOrEqual(size.columns)
        expect(leftOpen(line)).toEqual([])
      }
    }
  })
})

/** Colours that go on into the next line. */
function leftOpen(line: string): string[] {
  const open = new Set<string>()
  for (const [code] of line.matchAll(COLOURS)) {
    if (code === '\x1b[39m') open.delete('colour')
    else if (code === '\x1b[22m') open.delete('weight')
    else open.add(/\[3/.test(code) ? 'colour' : 'weight')
  }
  return [...open]
}

it('writes nothing to the terminal but lines and our colours', async () => {
  const memory = memoryTerminal({ columns: 80, rows: 24, color: true })
  const events = recorded('mixed').map((event) => poison(event, HOSTILE[0]! + HOSTILE[1]!) as RunEvent)
  const over = mount(memoryDesk(events), memory.terminal)
  for (const key of ['\r', '\r', '\r', '\x1b', '4', '?', '\x1b', 'd']) {
    const before = memory.written().length
    memory.press(key)
    await vi.waitFor(() => expect(memory.written().length).toBeGreaterThan(before), { interval: 5 })
  }
  memory.hangUp()
  await over
  const bytes = memory.written().join('').replaceAll(COLOURS, '').replaceAll('\n', '')
  expect(bytes.length).toBeGreaterThan(3000)
  expect(HIDDEN.exec(bytes)?.[0]).toBeUndefined()
})

it('takes what is typed or pasted into an answer as text alone', async () => {
  const memory = memoryTerminal({ columns: 80, rows: 24 })
  const over = mount(memoryDesk(recorded('mixed')), memory.terminal)
  memory.press('/')
  memory.press('a\x1b]0;owned\x07b\u202ec')
  await vi.waitFor(() => expect(memory.lines().join('\n')).toMatch(/filter: .*c▏/))
  memory.hangUp()
  await over
  const bytes = memory.written().join('').replaceAll('\n', '')
  expect(HIDDEN.exec(bytes)?.[0]).toBeUndefined()
})
