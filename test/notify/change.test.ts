import { describe, expect, it } from 'vitest'
import { type ChangeOptions, changeFor, RUN, type ToldState } from '../../src/notify/change.js'
import { type Given, type GivenRun, routeOf, seenRun } from './seen.js'

const fail = (missing = 1): Given => ({ outcome: 'fail', counts: { missing } })
const pass: Given = { outcome: 'pass' }
const told = (missing = 1): ToldState => ({ a: { outcome: 'fail', counts: { missing } } })

function change(
  checks: Readonly<Record<string, Given>>,
  before: ToldState | undefined,
  route: Parameters<typeof routeOf>[0] = {},
  run: GivenRun & Partial<ChangeOptions> = {},
) {
  const { concerned = new Set(['a', 'b']), closes = false, ...rest } = run
  return changeFor(routeOf(route), seenRun(checks, rest), { told: before, concerned, closes })
}

describe('what is told on change', () => {
  it.each<[string, Given, ToldState | undefined, boolean]>([
    ['a failure nobody was told of', fail(), {}, true],
    ['a failure that was told', fail(), told(), false],
    ['a failure without a record of what was told', fail(), undefined, true],
    ['a pass', pass, {}, false],
    ['a pass without a record', pass, undefined, false],
    ['a pass behind a failure that was told', pass, told(), true],
    ['more findings', fail(2), told(1), true],
    ['findings of another class', { outcome: 'fail', counts: { missing: 1, orphaned: 1 } }, told(1), true],
    ['fewer findings', fail(1), told(2), false],
    ['that it can no longer be told', { outcome: 'error' }, told(), true],
    ['a warning, which is not asked for', { outcome: 'warn' }, {}, false],
    ['a failure that only warns now', { outcome: 'warn' }, told(), true],
    ['a check that is waived now', { outcome: 'waived' }, told(), true],
    ['a check that is skipped now: nobody knows whether it is over', { outcome: 'skip' }, told(), false],
  ])('%s', (_, check, before, sent) => {
    expect(change({ a: check }, before).send).toBe(sent)
  })

  it('keeps a failure in mind through a run that could not tell, where that is not asked for', () => {
    const route = { outcomes: ['fail'] } as const
    const unsure = change({ a: { outcome: 'error' } }, told(), route)
    expect([unsure.send, unsure.resolved, unsure.clear]).toEqual([false, [], false])
    expect(unsure.settle(told())).toEqual(told())
    expect(change({ a: pass }, unsure.settle(told()), route).resolved).toHaveLength(1)
  })

  it('counts from the last run, so that a loss behind a recovery is told', () => {
    const fewer = change({ a: fail(5) }, told(10))
    expect(change({ a: fail(7) }, fewer.settle(told(10))).send).toBe(true)
  })

  it('takes a check called constructor for one nobody was told of', () => {
    expect(change({ constructor: fail() }, {}).troubles[0]?.change).toBe('new')
  })
})

describe('what is of a route’s concern', () => {
  it.each<[string, Given, Parameters<typeof routeOf>[0], boolean]>([
    ['a graver check', { ...fail(), severity: 'critical' }, { severity: 'high' }, true],
    ['one of that severity', { ...fail(), severity: 'high' }, { severity: 'high' }, true],
    ['a lesser one', { ...fail(), severity: 'medium' }, { severity: 'high' }, false],
    ['info, where nothing is said', { ...fail(), severity: 'info' }, {}, false],
    ['its owner', { ...fail(), owner: 'a' }, { owners: ['a', 'b'] }, true],
    ['another owner', { ...fail(), owner: 'c' }, { owners: ['a', 'b'] }, false],
    ['a warning that is asked for', { outcome: 'warn' }, { outcomes: ['warn'] }, true],
    ['a failure that is not', fail(), { outcomes: ['warn'] }, false],
    ['a blocked check', { outcome: 'blocked' }, {}, true],
  ])('%s', (_, check, route, sent) => {
    expect(change({ a: check }, {}, route).send).toBe(sent)
  })

  it('is the run itself, where it asks for no owner', () => {
    const run = { exit: { code: 4, reason: 'no check was selected' } }
    expect(change({}, {}, {}, run).ofRun).toEqual(run.exit)
    expect(change({}, {}, { owners: ['team'] }, run).send).toBe(false)
    expect(change({}, { [RUN]: { outcome: 'exit 4', counts: {} } }, {}, run).send).toBe(false)
    expect(change({ a: pass }, { [RUN]: { outcome: 'exit 4', counts: {} } }).send).toBe(true)
  })
})

describe('what is told more often', () => {
  it.each<[string, Given, 'on_trouble' | 'always', boolean]>([
    ['a failure that was told', fail(), 'on_trouble', true],
    ['a pass', pass, 'on_trouble', false],
    ['a pass', pass, 'always', true],
  ])('%s, with %s', (_, check, send, sent) => {
    const before = check === pass ? {} : told()
    expect(change({ a: check }, before, { send }).send).toBe(sent)
  })
})

describe('whether all is clear, for what is to be closed', () => {
  it.each<[string, Readonly<Record<string, Given>>, ToldState | undefined, GivenRun, boolean]>([
    ['a whole run that passes', { a: pass, b: pass }, undefined, {}, true],
    ['part of the checks, and nobody knows of the others', { a: pass }, undefined, { selection: ['--check a'] }, false],
    ['part of the checks, the others told to be wrong', { b: pass }, told(), { selection: ['--check b'] }, false],
    ['part of the checks, the others known to be well', { a: pass }, told(), { selection: ['--check a'] }, true],
    ['what could not be told', { a: pass, b: { outcome: 'error' } }, {}, {}, false],
    ['one that is skipped on purpose', { a: pass, b: { outcome: 'skip' } }, {}, {}, true],
  ])('%s', (_, checks, before, run, clear) => {
    const found = change(checks, before, { outcomes: ['fail'] }, { ...run, closes: true })
    expect(found.clear).toBe(clear)
    expect(found.send).toBe(clear && Object.keys(before ?? { unknown: 1 }).length > 0)
  })

  it('is not kept from being clear by a check the files no longer have', () => {
    expect(change({ b: pass }, told(), {}, { concerned: new Set(['b']) }).clear).toBe(true)
  })
})

it('notes of other checks what another run has noted meanwhile', () => {
  const { settle } = change({ a: fail(), b: pass }, told())
  const meanwhile = { b: { outcome: 'fail', counts: {} }, c: { outcome: 'fail', counts: {} } }
  expect(settle(meanwhile)).toEqual({ ...told(), c: { outcome: 'fail', counts: {} } })
})
