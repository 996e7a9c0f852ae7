import { afterEach, describe, expect, it, vi } from 'vitest'
import { mount } from '../../src/tui/mount.js'
import { recorded } from '../reporters/support.js'
import { memoryDesk } from '../support/audit-desk.js'
import { memoryTerminal, type TerminalOptions } from './terminal.js'

const events = recorded('mixed')
let over: Promise<void> = Promise.resolve()
let end = (): void => {}

function open(options: TerminalOptions = {}, desk = memoryDesk(events)) {
  const memory = memoryTerminal(options)
  over = mount(desk, memory.terminal)
  end = memory.hangUp
  const shows = (text: string): Promise<void> =>
    vi.waitFor(() => expect(memory.lines().join('\n')).toContain(text), { timeout: 5000, interval: 10 })
  return { ...memory, desk, shows }
}

afterEach(async () => {
  end()
  await over.catch(() => {})
})

describe('mount', () => {
  it('draws one row less than the terminal has, and only lines', async () => {
    const audit = open({ columns: 80, rows: 24 })
    await audit.shows('FAILED  exit 1')
    expect(audit.lines()).toHaveLength(23)
    audit.press('3')
    await audit.shows('9 findings')
    expect(audit.written().join('')).not.toContain('\x1b')
  })

  it('takes keys and leaves with q', async () => {
    const audit = open()
    await audit.shows('FAILED')
    audit.press('\r')
    await audit.shows('Every upload the database knows')
    audit.press('\x1b')
    await audit.shows('❯ ✖ fail')
    audit.press('\x1b[B')
    await audit.shows('❯ ✖ fail    orders-without-customer')
    audit.press('q')
    await expect(over).resolves.toBeUndefined()
  })

  it('takes Escape for Escape, and Backspace for Backspace', async () => {
    const audit = open()
    await audit.shows('FAILED')
    audit.press('/')
    audit.press('ab')
    await audit.shows('filter: ab')
    audit.press('\x7f')
    await audit.shows('filter: a▏')
    audit.press('\x1b')
    await audit.shows('? help')
  })

  it('takes an answer that comes at once with its Enter', async () => {
    const audit = open()
    await audit.shows('FAILED')
    audit.press('/team-data\r')
    await audit.shows('filter team-data')
    expect(audit.lines().join('\n')).not.toContain('uploads-on-disk  ')
  })

  it('follows the size of the terminal', async () => {
    const audit = open({ columns: 100, rows: 30 })
    await audit.shows('FAILED')
    audit.resize(200, 50)
    await vi.waitFor(() => expect(audit.lines()).toHaveLength(49))
    audit.resize(40, 10)
    await audit.shows('needs 60 columns and 15 rows')
    audit.resize(60, 15)
    await audit.shows('FAILED')
    expect(audit.lines()).toHaveLength(14)
  })

  it('leaves when it is told to', async () => {
    const audit = open()
    await audit.shows('FAILED')
    audit.hangUp()
    await expect(over).resolves.toBeUndefined()
  })

  it('leaves before anything is drawn when it was told to before', async () => {
    const memory = memoryTerminal()
    memory.hangUp()
    await expect(mount(memoryDesk(events), memory.terminal)).resolves.toBeUndefined()
  })

  it('rejects with what a view threw', async () => {
    const desk = memoryDesk(events)
    const audit = open(
      {},
      {
        ...desk,
        present: () => {
          throw new Error('a bug of a view')
        },
      },
    )
    await audit.shows('FAILED')
    audit.press('3')
    await expect(over).rejects.toThrow('a bug of a view')
  })

  it('rejects with what was thrown at a key', async () => {
    const desk = memoryDesk(events)
    const audit = open({}, desk)
    await audit.shows('FAILED')
    Object.defineProperty(desk.book, 'incomplete', {
      get: () => {
        throw new Error('a bug of the book')
      },
    })
    audit.press('j')
    await expect(over).rejects.toThrow('a bug of the book')
  })

  it('draws many events with few frames', async () => {
    const runner = {
      isRunning: () => true,
      run: async () => undefined,
      cancel: () => {},
      recheck: async () => ({ stands: false, now: [], sides: [] }),
      canRecheck: () => false,
      queries: () => [],
    }
    const desk = memoryDesk([], { runner, live: true })
    const audit = open({}, desk)
    for (const event of events.slice(0, 2)) desk.tell(event)
    await audit.shows('RUNNING')
    const before = audit.written().length
    for (let done = 0; done < 2000; done++)
      desk.tell({
        v: 1,
        type: 'check:progress',
        id: 'orders-rows',
        at: '2026-11-23T15:00:01.000Z',
        done,
        unit: 'rows',
        rate: 1,
      })
    await audit.shows('1,999 rows')
    expect(audit.written().length - before).toBeLessThan(12)
  })
})
