import { describe, expect, it } from 'vitest'
import type { CheckProgress, RunEvent } from '../../src/engine/events.js'
import { createLive } from '../../src/reporters/live.js'
import { createPlain } from '../../src/reporters/plain.js'
import { progressText } from '../../src/reporters/progress.js'
import { heldTimer, PLAIN, recorded, render, sink } from './support.js'

const base: CheckProgress = { v: 1, type: 'check:progress', id: 'x', at: '', done: 400, unit: 'rows', rate: 0 }

describe('progress in words', () => {
  it.each([
    [{}, '400 rows'],
    [{ done: 1234567, rate: 2000 }, '1,234,567 rows, 2,000/s'],
    [{ total: 523, rate: 61.5, stage: 'reading rows' }, 'reading rows 400/523 rows (76%), 62/s, 2s left'],
    [{ total: 523, rate: 1.25 }, '400/523 rows (76%), 1.3/s, 1m 38s left'],
    [{ total: 400, rate: 10 }, '400/400 rows (100%), 10/s'],
    [{ total: 0, done: 0 }, '0/0 rows'],
    [{ total: 300 }, '400 rows'],
  ])('%j reads %s', (change, text) => {
    expect(progressText({ ...base, ...change })).toBe(text)
  })
})

/** Feeds what comes before the first event for which `until` holds. */
function before(events: readonly RunEvent[], until: (event: RunEvent) => boolean): readonly RunEvent[] {
  return events.slice(0, events.findIndex(until))
}

describe('plain', () => {
  it('writes one line when a check ends', async () => {
    const text = await render(recorded('mixed'), (options) => createPlain(options))
    await expect(text).toMatchFileSnapshot('../../fixtures/reporters/expected/plain-mixed.txt')
  })

  it('gives a sign of life every 30 s while nothing ends, and none after the run', async () => {
    const out = sink()
    const timer = heldTimer()
    const reporter = createPlain({ ...PLAIN, out }, timer)
    for (const event of before(
      recorded('mixed'),
      (event) => event.type === 'check:end' && event.id === 'uploads-on-disk',
    ))
      await reporter.onEvent(event)
    const written = out.text
    timer.pass(29_000)
    expect(out.text).toBe(written)
    timer.pass(1000)
    expect(out.text.slice(written.length)).toBe(
      '… 30s, still running: uploads-on-disk reading rows 400/523 rows (76%), 1,200/s\n',
    )
    timer.pass(30_000)
    expect(out.text.slice(written.length).split('\n')).toHaveLength(3)
    await reporter.close()
    expect(timer.running()).toBe(0)
  })
})

describe('live', () => {
  const open = (columns = () => 72) => {
    const out = sink()
    const timer = heldTimer()
    return { out, timer, live: createLive({ out, columns, color: false, unicode: true, timer }) }
  }

  /** What a terminal would show: enough of one to follow our own sequences. */
  function screen(text: string): string[] {
    const rows: string[] = ['']
    let row = 0
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences being followed
    for (const part of text.split(/(\x1b\[\?2026[hl]|\x1b\[\d+A|\x1b\[J|\r|\n)/)) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences being followed
      const up = /^\x1b\[(\d+)A$/.exec(part)
      if (up !== null) row -= Number(up[1])
      else if (part === '\x1b[J') rows.splice(row, rows.length, '')
      else if (part === '\n') rows[++row] ??= ''
      else if (part !== '\r' && !part.startsWith('\x1b')) rows[row] = (rows[row] ?? '') + part
    }
    return rows
  }

  it('shows what runs, how far it is, and what did not pass above it', async () => {
    const { out, timer, live } = open()
    for (const event of before(
      recorded('mixed'),
      (event) => event.type === 'check:end' && event.id === 'uploads-on-disk',
    ))
      await live.onEvent(event)
    timer.pass(2100)
    expect(screen(out.text)).toEqual([
      '✖ fail    orders-without-customer 380ms  7 violations',
      '  uploads-on-disk  ████████░░ reading rows 400/523 rows (76%), 1,200/s',
      '2/9 checks · 1 not passed · 2.1s',
      '',
    ])
  })

  it('leaves nothing behind but the lines above it', async () => {
    const { out, timer, live } = open()
    for (const event of recorded('all-passed')) {
      await live.onEvent(event)
      timer.pass(150)
    }
    await live.close()
    expect(screen(out.text)).toEqual([''])
    expect(timer.running()).toBe(0)
    const { length } = out.text
    live.erase()
    timer.pass(5000)
    expect(out.text).toHaveLength(length)
  })

  it('draws at most ten times a second, however many events come', async () => {
    const { out, timer, live } = open()
    const [start, begin] = recorded('interrupted')
    await live.onEvent(start!)
    await live.onEvent(begin!)
    for (let ms = 0; ms < 1000; ms++) {
      await live.onEvent({ ...base, id: 'orders-rows', done: ms })
      timer.pass(1)
    }
    expect(out.text.split('\x1b[?2026h').length - 1).toBeLessThanOrEqual(10)
    expect(screen(out.text).join()).toContain('rows')
  })

  it('lets others write above the window', async () => {
    const { out, timer, live } = open()
    const [start] = recorded('interrupted')
    await live.onEvent(start!)
    timer.pass(100)
    live.above(() => out.write('a word from elsewhere\n'))
    expect(screen(out.text)).toEqual(['a word from elsewhere', '0/2 checks · 100ms', ''])
  })

  it.each([20, 40, 72, 200])('never fills a line of %i columns, so that none wraps', async (columns) => {
    const { out, timer, live } = open(() => columns)
    for (const event of recorded('mixed')) {
      await live.onEvent(event)
      timer.pass(100)
      for (const line of screen(out.text).slice(-3))
        if (!/^[✖?⊘!~○]/.test(line)) expect(line.length).toBeLessThan(columns)
    }
  })

  it('takes away what a narrowed terminal has wrapped', async () => {
    let columns = 72
    const { out, timer, live } = open(() => columns)
    for (const event of recorded('interrupted').slice(0, 5)) await live.onEvent(event)
    timer.pass(100)
    columns = 30
    const { length } = out.text
    timer.pass(1000)
    // A line of more than 60 columns and one of less than 30 take four rows.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequence being read
    expect(/\x1b\[(\d+)A/.exec(out.text.slice(length))?.[1]).toBe('4')
  })
})
