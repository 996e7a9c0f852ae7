// The record a run was held against: whoever keeps the report can tell which it was.
import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/engine/events.js'
import { type ReporterName, reporters } from '../../src/reporters/index.js'
import { recorded, render } from './support.js'

const BASELINE = {
  file: 'old/before.snapshot',
  sha256: 'f2ca1bb6c7e907d06dafe4687e579fce76b37e4e93b7605022da52e6ccc26fd2',
  taken_at: '2026-11-20T08:30:00.123Z',
  databases: ['shop', 'billing'],
  signed: 'checked',
} as const

function heldAgainst(change: object = {}): readonly RunEvent[] {
  return recorded('mixed').map((event) =>
    event.type === 'run:start' ? { ...event, baseline: { ...BASELINE, ...change } } : event,
  )
}
const told = async (name: ReporterName, events: readonly RunEvent[]) =>
  render(events, await reporters[name].load(), { width: 120 })

const WORDS = 'before.snapshot, taken 2026-11-20 08:30:00 UTC of shop and billing, its signature checked'

describe.each(['table', 'html', 'junit', 'tap', 'markdown', 'sarif'] as const)('%s', (name) => {
  it('names the record, when it was taken and of what', async () => {
    expect(await told(name, heldAgainst())).toContain(WORDS)
    expect(await told(name, recorded('mixed'))).not.toContain('before.snapshot')
  })
})

it.each(['html', 'junit', 'tap', 'markdown', 'sarif', 'json'] as const)('%s tells its digest', async (name) => {
  expect(await told(name, heldAgainst())).toContain(BASELINE.sha256)
})

it('json has it field by field', async () => {
  expect(JSON.parse(await told('json', heldAgainst())).run.baseline).toEqual(BASELINE)
})

it('of no database, and unsigned, it says neither', async () => {
  expect(await told('tap', heldAgainst({ databases: undefined, signed: 'no' }))).toContain(
    'before.snapshot, taken 2026-11-20 08:30:00 UTC, sha256',
  )
})

it.each(['html', 'junit', 'tap', 'markdown', 'sarif', 'table'] as const)(
  '%s is not taken in by its name',
  async (name) => {
    const text = await told(name, heldAgainst({ file: '<script>\u001b[31m\n::error::]]>&' }))
    expect(text).not.toContain('<script>\u001b')
    expect(text).not.toContain('\u001b')
    expect(text).not.toMatch(/^::error::/m)
  },
)
