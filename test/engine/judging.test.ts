import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../src/engine/events.js'
import { CheckError } from '../../src/lib/errors.js'
import { createRedactor } from '../../src/lib/redact.js'
import { type Fake, findings, runFakes, sees } from './fake.js'

const FAILS = sees({ missing: 3 })
describe('waivers', () => {
  const waiver = {
    check: 'a',
    reason: 'SHOP-812',
    approvedBy: 'dana',
    expires: '2026-12-31',
    covers: ['fail'],
  } as const
  const at = (date: string) => ({ waivers: [waiver], now: () => new Date(date) })

  test('cover until the end of their last day', async () => {
    const covered = await runFakes([{ id: 'a', observe: FAILS }], at('2026-12-31T23:00:00Z'))
    expect(covered.endOf('a')).toMatchObject({
      outcome: 'waived',
      message: 'fail; waived: SHOP-812',
      waiver: { reason: 'SHOP-812', approved_by: 'dana', expires: '2026-12-31' },
    })
    expect(covered.end.exit.code).toBe(0)
    const late = await runFakes([{ id: 'a', observe: FAILS }], at('2027-01-01T00:00:00Z'))
    expect(late.outcomes).toEqual({ a: 'fail' })
    expect(late.end.warnings).toEqual([expect.stringContaining('expired on 2026-12-31')])
  })

  test('do not cover not knowing, nor a pass', async () => {
    const { outcomes } = await runFakes([{ id: 'a', observe: sees({}) }], at('2026-01-01'))
    expect(outcomes).toEqual({ a: 'error' })
    expect((await runFakes([{ id: 'a' }], at('2026-01-01'))).outcomes).toEqual({ a: 'pass' })
  })

  test('for a check there is not are told, for one not selected are not', async () => {
    const { end } = await runFakes([{ id: 'b' }], { ...at('2026-01-01'), allIds: new Set(['a', 'b']) })
    expect(end.warnings).toEqual([])
    expect((await runFakes([{ id: 'b' }], at('2026-01-01'))).end.warnings).toEqual([
      expect.stringContaining('no check "a"'),
    ])
  })
})

describe('known findings', () => {
  const known = { keys: new Set(['x', 'gone']), match: '^old/', reason: 'SHOP-1' }
  const observe = async function* () {
    yield findings('x', 'old/1', 'new')
    return { subjects: { missing: 3 } }
  }

  test('are marked, subtracted and counted; the rest is judged', async () => {
    const { endOf, events, end } = await runFakes([{ id: 'a', known, observe }])
    expect(endOf('a')).toMatchObject({ outcome: 'fail', subjects: { missing: 1 }, counts: { missing: 1 }, known: 2 })
    const marked = events.flatMap((event) =>
      event.type === 'check:finding' ? [[event.finding.key, event.finding.known]] : [],
    )
    expect(marked).toEqual([
      ['x', true],
      ['old/1', true],
      ['new', undefined],
    ])
    expect(end.warnings).toEqual(['1 known keys of "a" were not found any more'])
  })

  test('alone leave nothing to complain about', async () => {
    const { outcomes } = await runFakes([{ id: 'a', known: { ...known, match: '.' }, observe }])
    expect(outcomes).toEqual({ a: 'pass' })
  })

  test('more than the maximum subtract nothing and are not marked', async () => {
    const { endOf, events } = await runFakes([{ id: 'a', known: { ...known, max: 1 }, observe }])
    expect(endOf('a')).toMatchObject({
      outcome: 'fail',
      subjects: { missing: 3 },
      known: 0,
      notes: [expect.stringContaining('more than the 1 allowed')],
    })
    expect(JSON.stringify(events.filter((event) => event.type === 'check:finding'))).not.toContain('known')
  })

  test('subtract nothing once expired', async () => {
    const { endOf, end } = await runFakes([{ id: 'a', known: { ...known, expires: '2026-01-01' }, observe }], {
      now: () => new Date('2026-01-02T00:00:00Z'),
    })
    expect(endOf('a')).toMatchObject({ subjects: { missing: 3 }, known: 0 })
    expect(end.warnings).toEqual([expect.stringContaining('expired on 2026-01-01')])
  })
})

describe('records', () => {
  const check: Fake = {
    id: 'a',
    observe: sees({ missing: 0, rows: 90 }),
    expect: { missing: 0, rows: { baseline: { drop_at_most: '5%' } } },
  }
  const records = (rows: number) => new Map([['a', { subjects: { rows }, unobserved: {} }]])

  test.each([
    ['none given', {}, 'error', /no baseline was given/],
    ['dropped', { baseline: 'dropped' }, 'pass', undefined],
    ['near enough', { baseline: records(92) }, 'pass', undefined],
    ['too far', { baseline: records(100) }, 'fail', undefined],
    ['without the check', { baseline: new Map() }, 'error', /does not have the check "a"/],
  ] as const)('a baseline: %s', async (_, options, outcome, message) => {
    const { endOf } = await runFakes([check], options)
    expect(endOf('a').outcome).toBe(outcome)
    if (message !== undefined) expect(endOf('a').message).toMatch(message)
    if ('baseline' in options && options.baseline === 'dropped')
      expect(endOf('a').notes).toEqual([expect.stringContaining('--no-baseline')])
  })

  test('the last run, and the first run of a check', async () => {
    const since = { ...check, expect: { missing: 0, rows: { since_last: 'same' } } }
    expect((await runFakes([since])).outcomes).toEqual({ a: 'pass' })
    expect((await runFakes([since], { previous: new Map() })).outcomes).toEqual({ a: 'pass' })
    expect((await runFakes([since], { previous: records(91) })).outcomes).toEqual({ a: 'fail' })
  })
})

describe('readers', () => {
  test('see one event at a time, in order', async () => {
    let inside = 0
    const order: string[] = []
    await runFakes(
      [1, 2, 3].map((number) => ({
        id: `c${number}`,
        observe: async function* () {
          yield findings('x')
          return { subjects: { missing: 1 } }
        },
      })),
      {
        emit: async (event: RunEvent) => {
          expect(inside++).toBe(0)
          await new Promise((resolve) => setImmediate(resolve))
          order.push(event.type)
          inside--
        },
      },
    )
    expect(order).toHaveLength(11)
    expect(order.at(-1)).toBe('run:end')
  })

  test('slow the check down: a finding is awaited', async () => {
    let yielded = 0
    let read = 0
    let ahead = 0
    await runFakes(
      [
        {
          id: 'a',
          observe: async function* () {
            for (; yielded < 20; yielded++) {
              ahead = Math.max(ahead, yielded - read)
              yield findings(`k${yielded}`)
            }
            return { subjects: { missing: 20 } }
          },
        },
      ],
      {
        emit: async (event) => {
          await new Promise((resolve) => setImmediate(resolve))
          if (event.type === 'check:finding') read++
        },
      },
    )
    expect(ahead).toBeLessThanOrEqual(1)
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('disk full')
      },
    ],
    ['rejects', () => Promise.reject(new Error('disk full'))],
  ])('one that %s ends the run with 5, not before its time', async (_, emit) => {
    const { end, types } = await runFakes([{ id: 'a' }], { emit })
    expect(end.exit).toEqual({ code: 5, reason: 'a report could not be written: disk full' })
    expect(types).toEqual(['run:start', 'check:start', 'check:end', 'run:end'])
  })

  test('that only fail at the end still count', async () => {
    const emit = (event: RunEvent) => {
      if (event.type === 'run:end') throw new Error('disk full')
    }
    expect((await runFakes([{ id: 'a' }], { emit })).end.exit.code).toBe(5)
  })

  test('never see a secret', async () => {
    const secret = 'correct-horse-battery'
    const seen: RunEvent[] = []
    await runFakes(
      [
        {
          id: 'a',
          observe: async function* () {
            yield findings(`backup/${secret}.tar`)
            throw new CheckError(`cannot log in with ${secret}`)
          },
        },
      ],
      { redactor: createRedactor([{ name: 'pw', value: secret }]), emit: (event) => void seen.push(event) },
    )
    expect(JSON.stringify(seen)).not.toContain(secret)
    expect(JSON.stringify(seen)).toContain('cannot log in with <secret pw>')
  })
})
