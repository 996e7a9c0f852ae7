// What a check is not set to measure is told apart from what it could not: a report that lists both hides the second.
import { expect, test } from 'vitest'
import { checkEnd } from '../../src/engine/check-end.js'
import type { CheckEnd } from '../../src/engine/events.js'
import { notSeen } from '../../src/reporters/seen.js'
import { fake } from './fake.js'

const NOW = new Date('2026-01-01T00:00:00Z')

function ended(unobserved: Record<string, string>): CheckEnd {
  return checkEnd({
    check: fake({ id: 'x' }),
    ending: { outcome: 'fail', subjects: {}, unobserved, assertions: [], gaps: [], diagnoses: [], notes: [] },
    subjects: [
      { name: 'in_flight', type: 'count', meaning: '', unobserved: 'needs `grace`' },
      { name: 'orphaned', type: 'count', meaning: '' },
    ],
    counts: {},
    known: 0,
    attempts: [],
    since: NOW,
    now: NOW,
    waivers: [],
  })
}

test('only what was to be measured and was not is told as unseen', () => {
  const end = ended({ in_flight: 'needs `grace`', orphaned: 'the store cannot list' })
  expect(end.unasked).toEqual(['in_flight'])
  expect(notSeen(end, new Set())).toEqual(['orphaned: the store cannot list'])
})

test('where everything was measured that the check asks for, the event says nothing of it', () => {
  expect(ended({ orphaned: 'the store cannot list' })).not.toHaveProperty('unasked')
})
