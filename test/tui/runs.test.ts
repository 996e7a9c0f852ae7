import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/engine/events.js'
import type { Rechecked } from '../../src/kinds/kind.js'
import type { Runner } from '../../src/tui/desk.js'
import { checkAt } from '../../src/tui/model.js'
import { recorded } from '../reporters/support.js'
import { memoryDesk } from '../support/audit-desk.js'
import { drive } from './driver.js'

interface FakeRunner extends Runner {
  readonly asked: (readonly string[] | undefined)[]
  readonly cancelled: () => number
}

function fakeRunner(changes: Partial<Runner> = {}): FakeRunner {
  const asked: (readonly string[] | undefined)[] = []
  let cancelled = 0
  return {
    isRunning: () => false,
    run: async (checks) => {
      asked.push(checks)
      return undefined
    },
    cancel: () => {
      cancelled++
    },
    recheck: async (_, { finding }) => ({ stands: true, now: [finding], sides: [] }),
    canRecheck: () => true,
    queries: (check) => [`select * from ${check}\n  where path is not null`],
    ...changes,
    asked,
    cancelled: () => cancelled,
  }
}

const events = recorded('mixed')

/** A live run that is over. */
function over(changes: Partial<Runner> = {}) {
  const runner = fakeRunner(changes)
  const audit = drive(memoryDesk(events, { runner }))
  return { runner, audit }
}

/** A live run of which nothing was told yet. */
function begun(changes: Partial<Runner> = {}) {
  const runner = fakeRunner(changes)
  const audit = drive(memoryDesk([], { runner, live: true }))
  const tell = (told: readonly RunEvent[]): void => {
    for (const event of told) audit.desk.tell(event)
  }
  return { runner, audit, tell }
}

const endOfUploads = events.findIndex((event) => event.type === 'check:end' && event.id === 'uploads-on-disk')

describe('the SQL of a check', () => {
  const sqlOf = (lines: readonly string[]) => {
    const at = lines.findIndex((line) => line.startsWith('  SQL'))
    return at === -1 ? [] : lines.slice(at, at + 2).map((line) => line.trimEnd())
  }

  it('is shown in its lines, where the check file is at hand', async () => {
    const { audit } = over()
    await audit.press('enter', 'G')
    expect(sqlOf(audit.lines())).toEqual([
      '  SQL      select * from orders-rows',
      '             where path is not null',
    ])
  })

  it('is not there in a recorded run', async () => {
    const audit = drive(memoryDesk(events))
    await audit.press('enter', 'G')
    expect(audit.lines().join('\n')).toContain('fix')
    expect(sqlOf(audit.lines())).toEqual([])
  })
})

describe('a run that is watched', () => {
  it('shows how far each running check is', () => {
    const { audit, tell } = begun()
    tell(events.slice(0, endOfUploads))
    tell([
      {
        v: 1,
        type: 'check:progress',
        id: 'uploads-on-disk',
        at: '2026-11-23T15:00:05.000Z',
        done: 400,
        total: 523,
        unit: 'rows',
        rate: 1200,
      },
    ])
    const lines = audit.lines()
    expect(lines[0]).toMatch(/live, running$/)
    expect(lines[1]).toMatch(/^RUNNING {2}\d of 9 checks/)
    expect(lines.find((line) => line.includes('uploads-on-disk'))).toMatch(/▸ running .*400\/523 rows \(76%\)/)
  })

  it('lists more findings as there are more', async () => {
    const { audit, tell } = begun()
    tell(events.slice(0, endOfUploads))
    while (checkAt(audit.model()) !== 'uploads-on-disk') await audit.press('j')
    await audit.press('3')
    const before = audit.model().findings?.numbers.length ?? 0
    tell([{ v: 1, type: 'check:finding', id: 'uploads-on-disk', finding: { finding: 'missing', key: 'late' } }])
    audit.dispatch({ type: 'second', now: audit.desk.now() + 1000 })
    await audit.press('j')
    expect(audit.model().findings?.numbers).toHaveLength(before)
    audit.dispatch({ type: 'second', now: audit.desk.now() + 3000 })
    await audit.press('j')
    expect(audit.model().findings?.numbers).toHaveLength(before + 1)
  })

  it('says when it is over', () => {
    const { audit, tell } = begun()
    tell(events)
    expect(audit.lines().at(-2)).toBe('the run is over: exit 1')
  })

  it('stays where one is when the run begins anew', async () => {
    const { audit, tell } = begun()
    tell(events)
    await audit.press('e', 'e', 'enter')
    const check = checkAt(audit.model())
    tell(events.slice(0, 1))
    expect([checkAt(audit.model()), audit.model().view]).toEqual([check, 'check'])
    expect(audit.lines()[1]).toMatch(/^· waiting/)
  })

  it('empties the list of a check that is looked at again, and fills it when that has ended', async () => {
    const { audit, tell } = begun()
    tell(events)
    while (checkAt(audit.model()) !== 'uploads-on-disk') await audit.press('j')
    await audit.press('3', 'enter')
    tell([{ v: 1, type: 'check:start', id: 'uploads-on-disk', at: '2026-11-23T15:02:00.000Z', attempt: 1 }])
    expect(audit.model().findings?.numbers).toHaveLength(0)
    audit.desk.book.forget('uploads-on-disk')
    tell([{ v: 1, type: 'check:finding', id: 'uploads-on-disk', finding: { finding: 'missing', key: 'still' } }])
    tell([events[endOfUploads] as RunEvent])
    await audit.press('j')
    expect(audit.model().view).toBe('findings')
    expect(audit.lines()[3]).toBe('❯ missing            still')
  })
})

describe('notes', () => {
  const noted = async (...keys: readonly string[]) => {
    const { audit, tell } = begun()
    tell(events)
    while (checkAt(audit.model()) !== 'uploads-on-disk') await audit.press('j')
    await audit.press('3', 'j', 'm', ...'Dana', 'enter', ...keys)
    return { audit, tell }
  }
  const again = (tell: (told: readonly RunEvent[]) => void, keys: readonly string[]) =>
    tell([
      { v: 1, type: 'check:start', id: 'uploads-on-disk', at: '2026-11-23T15:02:00.000Z', attempt: 1 },
      ...keys.map((key) => ({
        v: 1 as const,
        type: 'check:finding' as const,
        id: 'uploads-on-disk',
        finding: { finding: 'missing', key },
      })),
      events[endOfUploads] as RunEvent,
    ])
  const LONG = '2019/invoices/'
  const keyOfSecond = events.flatMap((event) =>
    event.type === 'check:finding' && event.finding.key?.startsWith(LONG) ? [event.finding.key] : [],
  )[0] as string

  it('go with the finding to the next run, whatever its number', async () => {
    const { audit, tell } = await noted()
    audit.desk.book.setAside('uploads-on-disk')
    again(tell, ['a', 'b', keyOfSecond])
    await audit.press('g')
    expect(audit.lines().filter((line) => line.includes('[note]'))).toEqual([
      expect.stringContaining('[note] 2019/inv'),
    ])
  })

  it('are there again where the finding comes back', async () => {
    const { audit, tell } = await noted()
    audit.desk.book.setAside('uploads-on-disk')
    again(tell, ['a'])
    await audit.press('g')
    expect(audit.lines().join()).not.toContain('[note]')
    audit.desk.book.setAside('uploads-on-disk')
    again(tell, ['a', keyOfSecond])
    await audit.press('g')
    expect(audit.lines().join()).toContain('[note] 2019/inv')
  })

  it('are those of their check alone in an export', async () => {
    const { audit } = await noted('x', 'enter')
    expect([...(audit.desk.exports[0]?.notes ?? [])]).toEqual([[expect.any(Number), 'Dana']])
  })
})

it('a run that was stopped says what stands', async () => {
  const words = 'a run was stopped: uploads-on-disk stands as it was seen before'
  const { audit } = over({ run: async () => words })
  await audit.press('r')
  expect(audit.lines().at(-2)).toBe(words)
})

describe('running again', () => {
  it.each<[string, string[], readonly string[] | undefined]>([
    ['r this check', ['r'], ['orders-rows']],
    [
      'f what did not pass',
      ['f'],
      ['orders-without-customer', 'uploads-on-disk', 'media-in-bucket', 'thumbnails-in-bucket'],
    ],
    ['a and y all of them', ['a', 'y'], undefined],
  ])('%s', async (_, keys, checks) => {
    const { runner, audit } = over()
    await audit.press(...keys)
    expect(runner.asked).toEqual([checks])
  })

  it('asks before it runs all of them', async () => {
    const { runner, audit } = over()
    await audit.press('a', 'escape')
    await audit.press('a', 'enter')
    expect(runner.asked).toEqual([])
  })

  it('is not begun by text that is pasted', async () => {
    const { runner, audit } = over()
    audit.dispatch({ type: 'keys', names: [...'rfxq'] })
    await audit.press('j')
    expect([runner.asked, audit.left()]).toEqual([[], false])
  })

  it('is not offered while a run is under way', async () => {
    const { runner, audit, tell } = begun()
    tell(events.slice(0, 5))
    await audit.press('f', 'a', 'r')
    expect(runner.asked).toEqual([])
    expect(audit.lines().at(-2)).toBe('a run is under way: c stops it')
  })

  it('is not offered of a recorded run', async () => {
    const audit = drive(memoryDesk(events))
    await audit.press('f', 'a', 'r')
    expect(audit.effects()).toEqual([])
    expect(audit.lines().at(-2)).toBe('a recorded run cannot be run again')
  })

  it('says why it could not be begun', async () => {
    const { audit } = over({ run: () => Promise.reject(new Error('a run is under way')) })
    await audit.press('r')
    expect(audit.model().asked).toBe(false)
    expect(audit.lines().at(-2)).toBe('✖ a run is under way')
  })
})

describe('stopping', () => {
  it('Ctrl-C stops the run first and leaves then', async () => {
    const { runner, audit, tell } = begun()
    tell(events.slice(0, 5))
    await audit.press('ctrl-c')
    expect([runner.cancelled(), audit.left()]).toEqual([1, false])
    expect(audit.lines()[1]).toMatch(/^STOPPING/)
    await audit.press('ctrl-c')
    expect(audit.left()).toBe(true)
  })

  it('Ctrl-C leaves where nothing runs', async () => {
    const { audit } = over()
    await audit.press('ctrl-c')
    expect(audit.left()).toBe(true)
  })

  it('Ctrl-C takes a question away first', async () => {
    const { audit } = over()
    await audit.press('/', 'ctrl-c')
    expect([audit.model().prompt, audit.left()]).toEqual([undefined, false])
  })

  it('q asks while a run is under way, which goes on until the screen is left', async () => {
    const { runner, audit, tell } = begun()
    tell(events.slice(0, 5))
    await audit.press('q', 'n')
    expect(audit.left()).toBe(false)
    await audit.press('q', 'y')
    expect([runner.cancelled(), audit.left()]).toEqual([0, true])
  })

  it('c gives up a look for findings, and says so', async () => {
    const { audit } = over()
    const desk = audit.desk as { book: object }
    Object.assign(desk.book, {
      find: (_: unknown, { signal }: { signal: AbortSignal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    })
    await audit.press('e', '3')
    expect(audit.model().findings?.looking).toBeDefined()
    await audit.press('c')
    expect(audit.model().findings?.looking).toBeUndefined()
    expect(audit.lines().at(-2)).toMatch(/^✖ given up/)
  })

  it('gives up the look before when another begins, and is not told of it', async () => {
    const { audit } = over()
    const find = audit.desk.book.find
    let given = 0
    Object.assign(audit.desk.book, {
      find: (query: Parameters<typeof find>[0], looking: { signal: AbortSignal }) =>
        query.sort !== 'found'
          ? find(query, looking)
          : new Promise((_resolve, reject) =>
              looking.signal.addEventListener('abort', () => {
                given++
                reject(looking.signal.reason)
              }),
            ),
    })
    await audit.press('e', '3', 's')
    expect(given).toBe(1)
    expect(audit.model().findings).toMatchObject({ looking: undefined, sort: 'key' })
    expect(audit.model().message?.bad).toBe(false)
  })
})

describe('looking at one finding again', () => {
  const gives = (rechecked: Rechecked): Partial<Runner> => ({ recheck: async () => rechecked })
  const gone = { stands: false, now: [], sides: [] }
  const other = { stands: false, now: ['size_mismatch'], sides: [] }
  const untold = { stands: undefined, now: [], sides: [], reason: 'the store refuses it' }
  it.each<[string, Partial<Runner>, string]>([
    ['stands', {}, 'it still stands'],
    ['is gone', gives(gone), 'it no longer stands; r runs the check again'],
    ['has changed', gives(other), 'it is size_mismatch by now'],
    ['cannot be told', gives(untold), '✖ whether it stands cannot be told: the store refuses it'],
    ['cannot be looked at', { recheck: () => Promise.reject(new Error('no connection')) }, '✖ no connection'],
    [
      'of a kind that cannot',
      { canRecheck: () => false },
      '✖ findings of this check cannot be looked at one by one; r runs the check again',
    ],
  ])('%s', async (_, changes, words) => {
    const { audit } = over(changes)
    while (checkAt(audit.model()) !== 'uploads-on-disk') await audit.press('j')
    await audit.press('3', 'v')
    expect(audit.lines().at(-2)).toBe(words)
    expect([...audit.model().rechecks.values()].map(({ state }) => state)).not.toContain('asked')
  })

  it('shows what both sides say, where the evidence is read', async () => {
    const side = (name: 'rows' | 'store') => ({ side: name, where: 'here', there: true, facts: { rows: 1, size: 7 } })
    const { audit } = over(gives({ stands: true, now: ['missing'], sides: [side('rows'), side('store')] }))
    while (checkAt(audit.model()) !== 'uploads-on-disk') await audit.press('j')
    await audit.press('3', 'enter', 'v')
    const text = audit.lines().join('\n')
    expect(text).toContain('  by now   it still stands\n           looked at 2026-11-23T15:01:00.000Z')
    expect(text).toContain('  store    here: it is there')
    expect(text).toContain('  both     7 bytes')
  })
})

it.each<[string, string[]]>([
  ['a find', ['3']],
  ['directories', ['4']],
])('%s that fails is said in words and leaves nothing waiting', async (_, keys) => {
  const audit = drive(memoryDesk(events))
  const fail = () => Promise.reject(new Error('the disk is full'))
  Object.assign(audit.desk.book, { find: fail, group: fail })
  await audit.press(...keys)
  expect(audit.lines().at(-2)).toBe('✖ the disk is full')
  expect(audit.model().findings?.looking).toBeUndefined()
})

it.each<[string, string[]]>([
  ['copy', ['y']],
  ['edit', ['o']],
  ['export', ['3', 'x', 'enter']],
])('%s that fails is said in words', async (name, keys) => {
  const audit = drive(memoryDesk(events))
  Object.assign(audit.desk, {
    [name]: () => {
      throw new Error('it does not work')
    },
  })
  await audit.press(...keys)
  expect(audit.lines().at(-2)).toBe('✖ it does not work')
  expect(audit.model().away).toBe(false)
})
