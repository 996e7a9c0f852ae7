import { HtmlValidate } from 'html-validate'
import { describe, expect, it } from 'vitest'
import { migration } from '../../fixtures/reporters/migration.js'
import type { RunEvent } from '../../src/engine/events.js'
import { FIRST_OF_CLASS, MOST_FINDINGS } from '../../src/reporters/html/findings.js'
import type { FindingRow, PageIndex } from '../../src/reporters/html/record.js'
import { reporters } from '../../src/reporters/index.js'
import { RUNS, recorded, render } from './support.js'

const create = await reporters.html.load()
const page = (events: readonly RunEvent[]): Promise<string> => render(events, create)

const validator = new HtmlValidate({
  extends: ['html-validate:recommended', 'html-validate:document'],
  rules: {
    // Line ends and blanks are as they come.
    'no-trailing-whitespace': 'off',
  },
})

async function wrong(html: string): Promise<readonly string[]> {
  const { results } = await validator.validateString(html)
  return results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line, column }) => `${line}:${column} ${ruleId}: ${message}`),
  )
}

const data = (html: string, id: string): unknown =>
  JSON.parse(new RegExp(`<script type="application/json" id="${id}">(.*?)</script>`).exec(html)?.[1] ?? 'null')
const index = (html: string) => data(html, 'index') as PageIndex
const rows = (html: string, check: number) =>
  index(html).checks[check]?.blocks.flatMap((block) => data(html, `f${block}`) as FindingRow[]) ?? []
/** What a reader sees, without the script and the data. */
const text = (html: string) =>
  html
    .replace(/<(script|style)[^>]*>.*?<\/\1>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')

describe.each(RUNS)('the run %s', (name) => {
  it('is valid HTML', async () => {
    expect(await wrong(await page(recorded(name)))).toEqual([])
  })

  it('names every check, its owner, its severity and where it stands', async () => {
    const html = text(await page(recorded(name)))
    const [start] = recorded(name)
    if (start?.type !== 'run:start') throw new Error('no beginning')
    for (const { id, owner, severity, place } of start.checks) {
      for (const word of [id, owner, severity, `${place.file}:${place.line}`]) expect(html).toContain(word)
    }
  })
})

it('is valid HTML with findings, plots and a history', async () => {
  expect(await wrong(await page([...migration(500)]))).toEqual([])
})

it('holds verdict and reason before anything else that is read', async () => {
  const html = text(await page(recorded('mixed')))
  expect(html.indexOf('Not passed (exit 1)')).toBeGreaterThan(0)
  expect(html.indexOf('Not passed (exit 1)')).toBeLessThan(html.indexOf('What needs doing'))
  expect(html).toContain('2 gating checks failed: uploads-on-disk, orders-without-customer')
})

it.each([
  ['broken-off', 'No verdict'],
  ['interrupted', 'Not passed (exit 130)'],
  ['empty', 'Not passed (exit 4)'],
  ['all-passed', 'passed in'],
])('says of the run %s: %s', async (name, words) => {
  expect(text(await page(recorded(name)))).toContain(words)
})

it('says what was not looked at, and why', async () => {
  const html = text(await page(recorded('mixed')))
  const [, unseen = ''] = html.split('Not looked at')
  for (const words of [
    '2017/private/ could not be read (EACCES)',
    's3://media/originals/: AccessDenied when listing',
    'it requires media-in-bucket, which is error',
    'when: var.billing is not &quot;moved&quot;',
    'The run was narrowed by --tag post-migration',
    'the waiver for old-check names no check there is',
  ])
    expect(unseen).toContain(words)
})

it('holds every finding, and none that is known', async () => {
  const events = recorded('mixed')
  const html = await page(events)
  const told = events.filter((event) => event.type === 'check:finding' && event.finding.known !== true)
  expect(index(html).checks.flatMap((_, check) => rows(html, check))).toHaveLength(told.length)
})

it('forgets the findings of an attempt that was made again', async () => {
  const [start, ...rest] = recorded('mixed')
  const id = 'uploads-on-disk'
  const stray = {
    v: 1,
    type: 'check:finding',
    id,
    finding: { finding: 'missing', key: 'of-the-first-attempt' },
  } as const
  const first = { v: 1, type: 'check:start', id, at: '2026-11-23T15:00:00.100Z', attempt: 1 } as const
  const html = await page([start!, first, stray, ...rest])
  const check = index(html).checks.findIndex((one) => one.id === id)
  expect(rows(html, check).map(([, key]) => key)).not.toContain('of-the-first-attempt')
  expect(rows(html, check).length).toBeGreaterThan(0)
})

describe('more findings than a page takes', () => {
  const id = 'uploads-on-disk'
  const late = { v: 1, type: 'check:finding', id, finding: { finding: 'unreadable', key: 'late' } } as const
  const events = [...migration(MOST_FINDINGS + 500)]
  const before = events.findIndex((event) => event.type === 'check:end' && event.id === id)
  const flood = [...events.slice(0, before), ...Array(FIRST_OF_CLASS + 5).fill(late), ...events.slice(before)]
  const written = page(flood)

  it('are left out, and the page says how many and where they are', async () => {
    const html = await written
    expect(text(html)).toContain(`100,020 of 100,500 findings are in this page`)
    expect(text(html)).toContain('All of them are in findings/.')
  })

  it('do not keep the first of another class out', async () => {
    const html = await written
    const check = index(html).checks.findIndex((one) => one.id === id)
    expect(rows(html, check).filter(([finding]) => finding === 'unreadable')).toHaveLength(FIRST_OF_CLASS)
  })

  it('are all counted in the plots', async () => {
    expect(text(await written)).toMatch(/other directories/)
    const counted = [...text(await written).matchAll(/([\d,]+) (?:missing|without a row|other)\b(?! director)/g)]
    expect(counted.length).toBeGreaterThan(10)
  })
})

it('is valid HTML with 100,000 findings', async () => {
  expect(await wrong(await page([...migration(MOST_FINDINGS)]))).toEqual([])
})

it('makes no link of an address that is no web page', async () => {
  const events = recorded('mixed').map((event) =>
    event.type === 'run:start'
      ? { ...event, checks: event.checks.map((check) => ({ ...check, runbook: 'javascript:alert(1)' })) }
      : event,
  )
  const html = await page(events)
  expect(html).toContain('javascript:alert(1)')
  expect(html).not.toMatch(/href="javascript/i)
})
