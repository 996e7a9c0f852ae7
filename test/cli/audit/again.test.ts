import { expect, it } from 'vitest'
import { standing } from '../../../src/cli/audit/again.js'
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
