import { describe, expect, it } from 'vitest'
import { displayWidth } from '../../src/lib/text-width.js'
import { reporters } from '../../src/reporters/index.js'
import { presentPlainly } from '../../src/reporters/present.js'
import { createStyle } from '../../src/reporters/style.js'
import { findingLines } from '../../src/reporters/table-findings.js'
import { RUNS, recorded, render } from './support.js'

const create = await reporters.table.load()
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is stripped
const COLOR = /\x1b\[[0-9;]*m/g

const LOOKS = [
  { look: '80', width: 80 },
  { look: '50', width: 50 },
  { look: '120', width: 120 },
  { look: '80-ascii', width: 80, unicode: false },
  { look: '80-color', width: 80, color: true },
  { look: '80-quiet', width: 80, quiet: true },
]

describe.each(RUNS)('the report of the run "%s"', (run) => {
  it.each(LOOKS)('at $look', async ({ look, ...options }) => {
    const text = await render(recorded(run), create, { ...options, findingsDir: 'findings' })
    await expect(text).toMatchFileSnapshot(`../../fixtures/reporters/expected/table-${run}-${look}.txt`)
    const shown = text.replaceAll(COLOR, '')
    for (const line of shown.split('\n'))
      if (!line.startsWith('  paste')) expect(displayWidth(line), line).toBeLessThanOrEqual(options.width)
    if (options.unicode === false) expect(shown).toMatch(/^[\n\x20-\x7e]*$/)
    if (options.color !== true) expect(text).toBe(shown)
  })
})

it('says of which migration a check is', async () => {
  const events = recorded('mixed').map((event) =>
    event.type === 'run:start'
      ? { ...event, checks: event.checks.map((check) => ({ ...check, migration: 'to the\x1b[31m new disk' })) }
      : event,
  )
  const text = await render(events, create, { width: 120 })
  expect(text).toMatch(/postflight\.yaml:\d+ · migration to the\\x1b\[31m new disk · local/)
})

describe('the last paragraph', () => {
  it.each([
    ['all-passed', '✔ 3 checks passed in 8.1s'],
    [
      'mixed',
      '✖ not passed (exit 1): 2 gating checks failed: uploads-on-disk, orders-without-customer; 2 gating checks could not be evaluated: media-in-bucket, thumbnails-in-bucket',
    ],
    ['empty', '? not passed (exit 4): no check was selected'],
    ['interrupted', '? not passed (exit 130): interrupted'],
    ['broken-off', '? no verdict: the run broke off before it was over; what is above is all there is'],
  ])('of %s is the verdict', async (run, last) => {
    const text = await render(recorded(run), create, { width: 100 })
    expect(text.trimEnd().split('\n\n').at(-1)?.replaceAll('\n', ' ')).toBe(last)
  })

  it('is the only one of a quiet run that passed', async () => {
    expect(await render(recorded('all-passed'), create, { quiet: true })).toBe('✔ 3 checks passed in 8.1s\n')
  })
})

it('colours only, and says the same', async () => {
  const plain = await render(recorded('mixed'), create)
  const colored = await render(recorded('mixed'), create, { color: true })
  expect(colored).not.toBe(plain)
  expect(colored.replaceAll(COLOR, '')).toBe(plain)
})

it('shows a finding of every class, however many one class has', async () => {
  const [start, ...rest] = recorded('mixed')
  const flood = Array.from({ length: 1000 }, (_, index) => ({
    v: 1 as const,
    type: 'check:finding' as const,
    id: 'uploads-on-disk',
    finding: { finding: 'missing', key: `flood/${index}` },
  }))
  const at = rest.findIndex((event) => event.type === 'check:start' && event.id === 'uploads-on-disk') + 1
  const text = await render([start!, ...rest.slice(0, at), ...flood, ...rest.slice(at)], create)
  expect(text).toContain('2018/cut-off.mp4')
  expect(text).toContain('2018/left-over.tmp')
})

it('shows the findings of the last attempt only', async () => {
  const events = recorded('mixed').flatMap((event) =>
    event.type === 'check:end' && event.id === 'uploads-on-disk'
      ? [{ v: 1 as const, type: 'check:start' as const, id: event.id, at: event.at, attempt: 2 }, event]
      : [event],
  )
  expect(await render(events, create)).not.toContain('2018/cut-off.mp4')
})

it('names the lists that the recorded run has written', async () => {
  const events = recorded('mixed').map((event) =>
    event.type === 'run:start' ? { ...event, findings: 'found/' } : event,
  )
  const text = await render(events, create)
  expect(text).toContain('lists    found/')
  expect(text).toBe(await render(recorded('mixed'), create, { findingsDir: 'found' }))
})

it('tells the statement that mends something whole, where other words are cut', () => {
  const words = Array.from({ length: 60 }, (_, at) => `word${at}`).join(' ')
  const finding = { finding: 'violations', key: 'a', reason: words, fix: `SELECT ${words}` }
  const report = { planned: { id: 'it', kind: 'probe' }, end: { counts: { violations: 1 } }, findings: [finding] }
  const style = createStyle({ width: 80, color: false, unicode: true })
  const lines = findingLines(report as never, style, (_, one) => presentPlainly(one), undefined)
  const text = lines.map((line) => line.trim()).join(' ')
  expect(text).toContain(`fix: SELECT ${words}`)
  expect(text.match(/word59/g)).toHaveLength(1)
})
