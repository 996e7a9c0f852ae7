import { describe, expect, it } from 'vitest'
import { standing, stoppedText, whenStopped } from '../../../src/cli/audit/again.js'
import type { CheckEnd, Outcome } from '../../../src/engine/events.js'
import { part } from '../../../src/journal/identity.js'

interface World {
  readonly checks?: Readonly<
    Record<string, { readonly requires?: readonly string[]; readonly uses?: readonly string[] }>
  >
  readonly outcomes?: Readonly<Record<string, Outcome>>
  readonly changed?: readonly string[]
  readonly makes?: readonly string[]
  readonly wanted?: readonly string[]
}

function kept({ checks = { a: {}, b: {}, c: {} }, outcomes = {}, changed = [], makes = [], wanted }: World): string {
  const ids = Object.keys(checks)
  const ends = ids
    .filter((id) => outcomes[id] !== 'skip')
    .map((id) => [id, { id, outcome: outcomes[id] ?? 'pass', subjects: { count: 1 } } as unknown as CheckEnd] as const)
  const parts = [...ids.map((id) => `check "${id}"`), 'connection "main"']
  return [
    ...standing({
      checks: ids.map((id) => ({ id, requires: checks[id]?.requires ?? [], uses: checks[id]?.uses ?? [] })),
      wanted,
      ends: new Map(ends),
      before: parts.map((what) => part(what, 1)),
      now: parts.map((what) => part(what, changed.includes(what) ? 2 : 1)),
      makes: (id) => makes.includes(id),
    }).keys(),
  ].join(' ')
}

it.each<[string, World, string]>([
  ['none, where all are wanted', {}, ''],
  ['all but the wanted', { wanted: ['b'] }, 'a c'],
  ['none that was edited', { wanted: ['b'], changed: ['check "c"'] }, 'a'],
  [
    'none whose connection was edited',
    { checks: { a: { uses: ['main'] }, b: {}, c: {} }, wanted: ['b'], changed: ['connection "main"'] },
    'c',
  ],
  ['none that has not been there before', { wanted: ['b'], outcomes: { c: 'skip' } }, 'a'],
  [
    'none that is blocked by a wanted one',
    {
      checks: { a: {}, b: { requires: ['a'] }, c: { requires: ['b'] } },
      outcomes: { b: 'blocked', c: 'blocked' },
      wanted: ['a'],
    },
    '',
  ],
  [
    'what is blocked by another',
    { checks: { a: {}, b: { requires: ['c'] }, c: {} }, outcomes: { b: 'blocked' }, wanted: ['a'] },
    'b c',
  ],
  ['what requires a wanted one and passed', { checks: { a: {}, b: { requires: ['a'] }, c: {} }, wanted: ['a'] }, 'b c'],
  [
    'no maker of what a wanted one needs',
    { checks: { a: {}, b: { requires: ['a'] }, c: {} }, makes: ['a'], wanted: ['b'] },
    'c',
  ],
  [
    'what a wanted one requires, where it makes nothing',
    { checks: { a: {}, b: { requires: ['a'] }, c: {} }, wanted: ['b'] },
    'a c',
  ],
])('there stands %s', (_, world, ids) => {
  expect(kept(world)).toBe(ids)
})

describe('when a run is stopped', () => {
  const of = (...ids: readonly string[]) => new Map(ids.map((id) => [id, { id } as CheckEnd]))
  const stopped = (over: readonly string[], before: readonly string[]) =>
    whenStopped({ ends: of('a', 'b', 'c'), before: of(...before), over: new Set(over) })

  it.each<[string, readonly string[], readonly string[], readonly string[]]>([
    ['what was over stays as it came to be', ['a', 'b', 'c'], ['a', 'b', 'c'], []],
    ['what was cut off stands as before', ['a'], ['a', 'b', 'c'], ['b', 'c']],
    ['what was never seen before does not', ['a'], ['b'], ['b']],
  ])('%s', (_, over, before, cut) => {
    expect(stopped(over, before).cut).toEqual(cut)
  })

  it('names a few', () => {
    expect(stoppedText(['a', 'b', 'c', 'd', 'e'])).toBe(
      'a run was stopped: a, b, c and 2 more stand as they were seen before',
    )
    expect(stoppedText([])).toBe('a run was stopped when all was seen')
  })
})
