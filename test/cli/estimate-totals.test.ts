import { expect, it } from 'vitest'
import type { Estimate, Estimates } from '../../src/cli/estimate/result.js'
import { totalsOf } from '../../src/cli/estimate/totals.js'

type Type = Estimates['connections'][number]['type']

const TYPES: Readonly<Record<string, Type>> = { main: 'postgres', disk: 'files', bucket: 's3', cdn: 'http' }

/** One check for each list of steps, each a connection and its estimate. */
function totals(...checks: readonly (readonly (readonly [string, Estimate])[])[]) {
  const estimates = {
    checks: checks.map((steps) => ({
      steps: steps.map(([connection, estimate]) => ({ step: { what: '', connection }, estimate })),
    })),
    connections: Object.entries(TYPES).map(([name, type]) => ({ name, type, from: 'local' })),
  }
  return totalsOf(estimates as unknown as Estimates)
}

const rows = (number: number) => ['main', { type: 'query', rows: number, cost: 1 }] as const
const listing = (connection: string, entries: number, more = false) =>
  [connection, { type: 'listing', entries, bytes: 0, more }] as const

it.each([
  [
    'an exact listing of a bucket',
    [listing('bucket', 2500)],
    { entries: 2500, atLeast: false, requests: { list: 3, head: 0, get: 0 } },
  ],
  ['an empty bucket', [listing('bucket', 0)], { entries: 0, requests: { list: 1, head: 0, get: 0 } }],
  [
    'a longer one, by its rows',
    [rows(5001), listing('bucket', 1000, true)],
    { rows: 5001, entries: 5001, atLeast: true, requests: { list: 6, head: 0, get: 0 } },
  ],
  ['a longer one than there are rows', [rows(10), listing('bucket', 1000, true)], { entries: 1000, atLeast: true }],
  [
    'a directory asks for nothing',
    [listing('disk', 2500)],
    { entries: 2500, requests: { list: 0, head: 0, get: 0 }, cost: 0 },
  ],
  [
    'look-ups in a bucket',
    [['bucket', { type: 'look-ups', keys: 7, shared: false }] as const],
    { requests: { list: 0, head: 7, get: 0 } },
  ],
  [
    'look-ups on a web server cost nothing',
    [['cdn', { type: 'look-ups', keys: 7, shared: false }] as const],
    { requests: { list: 0, head: 7, get: 0 }, cost: 0 },
  ],
  [
    'content of a bucket',
    [['bucket', { type: 'content', keys: 4, shared: false, more: false, bytes: 900, budget: 500 }] as const],
    { requests: { list: 0, head: 4, get: 4 }, contentBytes: 500 },
  ],
  [
    'content of a web server',
    [['cdn', { type: 'content', keys: 4, shared: false, more: false }] as const],
    { requests: { list: 0, head: 0, get: 4 }, contentBytes: 0, cost: 0 },
  ],
  [
    'content of a directory',
    [['disk', { type: 'content', keys: 4, shared: false, more: false, bytes: 900 }] as const],
    { requests: { list: 0, head: 0, get: 0 }, contentBytes: 900 },
  ],
  [
    'what is not known',
    [['bucket', { type: 'unknown', problem: { message: 'no' } }] as const],
    { atLeast: true, entries: 0, requests: { list: 0, head: 0, get: 0 } },
  ],
])('%s', (_, steps, expected) => {
  expect(totals(steps)).toMatchObject(expected)
})

it('sums over checks, each by its own rows, and prices what buckets are asked', () => {
  const all = totals(
    [rows(1_000_000), listing('bucket', 1000, true)],
    [rows(2000), ['bucket', { type: 'look-ups', keys: 2000, shared: false }]],
  )
  expect(all).toMatchObject({ rows: 1_002_000, entries: 1_000_000, requests: { list: 1000, head: 2000, get: 0 } })
  expect(all.cost).toBeCloseTo(0.005 + 0.0008, 10)
  expect(all.seconds).toBeGreaterThan(1)
})
