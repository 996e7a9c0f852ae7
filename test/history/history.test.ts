import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runId } from '../../src/engine/run-id.js'
import { type History, KEPT_RUNS, openHistory } from '../../src/history/history.js'
import { pastOf, TOLD_RUNS } from '../../src/history/past.js'
import { previousOf } from '../../src/history/previous.js'
import { historyReader } from '../../src/history/reader.js'
import type { CheckOfRun, RunRecord } from '../../src/history/run-record.js'
import { trailsOf } from '../../src/history/trail.js'
import { recorded } from '../reporters/support.js'
import { directoryOf } from '../support/run-cli.js'

let place: ReturnType<typeof directoryOf>
beforeEach(() => {
  place = directoryOf()
})
afterEach(() => place.remove())

const ran = (number: number, checks: RunRecord['checks'], name: string | undefined = 'shop'): RunRecord => ({
  v: 1,
  run: runId(new Date(Date.UTC(2026, 0, 1, 0, 0, number))).replace(/-.*/, '-abcdef'),
  at: new Date(Date.UTC(2026, 0, 1, 0, 0, number)).toISOString(),
  duration_ms: 1,
  ...(name === undefined ? {} : { name }),
  host: 'here',
  exit: 0,
  checks,
})
const counted = (count: number): CheckOfRun => ({
  outcome: 'pass',
  duration_ms: 1,
  subjects: { count },
  unobserved: {},
  counts: {},
})
const untold: CheckOfRun = { outcome: 'error', duration_ms: 1, subjects: {}, unobserved: { count: 'gone' }, counts: {} }

const open = (): Promise<History> => openHistory(join(place.path, 'kept'), 'kept')

async function kept(...records: RunRecord[]): Promise<History> {
  const history = await open()
  for (const record of records) await history.keep(record)
  return history
}

it('gives of each check the last run that measured something of it', async () => {
  const history = await kept(
    ran(1, { orders: counted(1), users: counted(7) }),
    ran(2, { orders: counted(2) }),
    ran(3, { orders: untold }),
    ran(4, { others: counted(9) }),
  )
  const records = await previousOf(history, { name: 'shop', checks: ['orders', 'users', 'never'] })
  expect([...records].map(([id, { subjects }]) => [id, subjects])).toEqual([
    ['orders', { count: 2 }],
    ['users', { count: 7 }],
  ])
})

it('is held against the last of the runs that began within one second', async () => {
  const counts = [5, 3, 8, 1, 9, 2]
  const begun = (count: number, at: number) => ({
    ...ran(1, { orders: counted(count) }),
    run: runId(new Date(Date.UTC(2026, 0, 1, 0, 0, 1, 100 * at))),
  })
  const history = await kept(...counts.map(begun).reverse())
  expect((await previousOf(history, { name: 'shop', checks: ['orders'] })).get('orders')?.subjects).toEqual({
    count: 2,
  })
})

it('is not held against runs of check files of another name', async () => {
  const history = await kept(ran(1, { orders: counted(1) }), ran(2, { orders: counted(2) }, 'staging'))
  expect((await previousOf(history, { name: 'shop', checks: ['orders'] })).get('orders')?.subjects).toEqual({
    count: 1,
  })
})

it('tells how a subject moved, the oldest first, over so many runs', async () => {
  const history = await kept(...[1, 2, 3, 4].map((number) => ran(number, { orders: counted(number * 10) })))
  const trail = (await trailsOf(history, { name: 'shop', before: ran(4, {}).at, most: 2 })).get('orders')
  expect(trail?.map(({ subjects }) => subjects['count'])).toEqual([20, 30])
})

it('tells of a run what the last ones came to, with a place for each of them', async () => {
  const history = await kept(
    ran(1, { orders: counted(1), users: counted(7) }),
    ran(2, { orders: untold }),
    ran(3, { orders: counted(3), others: counted(9) }),
  )
  expect(await pastOf(history, { name: 'shop', checks: ['orders', 'users', 'never'] })).toEqual({
    runs: [1, 2, 3].map((number) => ({ run: ran(number, {}).run, at: ran(number, {}).at, exit: 0 })),
    checks: {
      orders: { outcomes: ['pass', 'error', 'pass'], duration_ms: [1, 1, 1], subjects: { count: [1, null, 3] } },
      users: { outcomes: ['pass', null, null], duration_ms: [1, null, null], subjects: { count: [7, null, null] } },
    },
    gone: ['others'],
  })
})

it('tells of the last runs alone, so that an event stays small', async () => {
  const history = await kept(...Array.from({ length: TOLD_RUNS + 2 }, (_, number) => ran(number, {})))
  const { runs } = await pastOf(history, { name: 'shop', checks: [] })
  expect([runs.length, runs[0]?.run, runs.at(-1)?.run]).toEqual([TOLD_RUNS, ran(2, {}).run, ran(TOLD_RUNS + 1, {}).run])
})

it.each([
  ['empty', ''],
  ['cut off', '{"v":1,"run":"x","at":"2026'],
  ['of a later version', '{"v":2,"run":"x"}'],
  ['of other fields', '{"v":1,"run":"x","at":"2026-01-01T00:00:00.000Z","checks":[]}'],
])('passes over a record that is %s, and says so', async (_, text) => {
  const history = await kept(ran(1, { orders: counted(1) }))
  const file = '20260102T000000Z-abcdef.json'
  writeFileSync(join(place.path, 'kept', file), text)
  expect((await previousOf(history, { name: 'shop', checks: ['orders'] })).has('orders')).toBe(true)
  expect(history.damaged()).toEqual([file])
})

it('keeps so many runs and takes away the oldest, and nothing that is not its own', async () => {
  mkdirSync(join(place.path, 'kept'))
  writeFileSync(join(place.path, 'kept', 'notes.json'), 'mine')
  for (let number = 0; number < KEPT_RUNS; number++)
    writeFileSync(join(place.path, 'kept', `20250101T${String(number).padStart(6, '0')}Z-abcdef.json`), '{}')
  await kept(ran(1, { orders: counted(1) }))
  const files = readdirSync(join(place.path, 'kept'))
  expect(files).toHaveLength(KEPT_RUNS + 1)
  expect(files).not.toContain('20250101T000000Z-abcdef.json')
  expect(files).toContain('20250101T000001Z-abcdef.json')
  expect(readFileSync(join(place.path, 'kept', 'notes.json'), 'utf8')).toBe('mine')
})

it('loses nothing of many runs that end at once', async () => {
  const records = Array.from({ length: 50 }, (_, number) => ran(number, { orders: counted(number) }))
  await Promise.all(records.map(async (record) => (await open()).keep(record)))
  const found: RunRecord[] = []
  for await (const record of (await open()).runs('shop')) found.push(record)
  expect(found.map(({ run }) => run)).toEqual(records.map(({ run }) => run).reverse())
})

it.each([
  ['mixed', 1],
  ['interrupted', 0],
])('of the run %s it keeps %i record, for one that was interrupted may be gone on with', async (name, count) => {
  const kept: RunRecord[] = []
  const { onEvent } = historyReader({ ...(await open()), keep: async (record) => void kept.push(record) })
  for (const event of recorded(name)) await onEvent(event)
  expect(kept).toHaveLength(count)
})

it('takes away what runs that were killed were writing, a day later', async () => {
  mkdirSync(join(place.path, 'kept'))
  const [old, fresh] = [
    '.20250101T000000Z-abcdef.json.12345678.partial',
    '.20250101T000001Z-abcdef.json.12345678.partial',
  ]
  for (const name of [old, fresh, '.notes.partial']) writeFileSync(join(place.path, 'kept', name), '{')
  for (const name of [old, '.notes.partial']) utimesSync(join(place.path, 'kept', name), 1e9, 1e9)
  const run = ran(1, {})
  await kept(run)
  expect(readdirSync(join(place.path, 'kept')).sort()).toEqual([fresh, '.notes.partial', `${run.run}.json`].sort())
})

it('is no worse for a record that cannot be taken away, and passes over it', async () => {
  for (let number = 0; number < KEPT_RUNS; number++)
    mkdirSync(join(place.path, 'kept', `20250101T${String(number).padStart(6, '0')}Z-abcdef.json`), { recursive: true })
  const history = await kept(ran(1, { orders: counted(1) }))
  expect((await previousOf(history, { name: 'shop', checks: ['orders'] })).has('orders')).toBe(true)
})
