/** What the other side sent is judged, and told only where the check file or the command line asks for it. */
import { describe, expect, it } from 'vitest'
import { parseMatcher } from '../../src/judge/parse-matcher.js'
import { judge } from '../../src/judge/verdict.js'
import type { Observed, SubjectSpec } from '../../src/kinds/kind.js'
import { matcherOf } from './matcher-of.js'

const CANARY = 'hunter2-in-the-body'

function told(withheld: SubjectSpec['withheld'], raw: unknown, value: Observed, showData = false) {
  const subject: SubjectSpec = { name: 'it', type: 'any', meaning: '', ...(withheld === undefined ? {} : { withheld }) }
  const verdict = judge({
    check: { assertions: [{ level: 'expect', subject: 'it', matcher: matcherOf(raw, subject), origin: 'file' }] },
    observation: { subjects: { it: value } },
    subjects: [subject],
    known: {},
    baseline: { missing: 'none' },
    previous: { dropped: 'none' },
    showData,
  })
  return { outcome: verdict.outcome, text: JSON.stringify(verdict), withheld: verdict.withheld }
}

describe('a value that is withheld', () => {
  const cases: readonly (readonly [SubjectSpec['withheld'], unknown, boolean, boolean])[] = [
    // withheld, matcher, --show-data, whether it is told
    [undefined, { matches: 'x' }, false, true],
    ['data', { matches: 'x' }, false, false],
    ['data', 'other', false, false],
    ['data', { matches: 'x' }, true, true],
    ['compared', { matches: 'x' }, false, false],
    ['compared', { ne: 'other' }, false, false],
    ['compared', { contains: 'x' }, false, false],
    ['compared', { exists: true }, false, false],
    ['compared', { length: 3 }, false, false],
    ['compared', { gte: 5 }, false, false],
    ['compared', 'other', false, true],
    ['compared', { in: ['other', 'one'] }, false, true],
    ['compared', { exists: true }, true, true],
    ['secret', 'other', false, false],
    ['secret', 'other', true, false],
  ]
  it.each(cases)('%s, held against %j, --show-data %s: told %s', (withheld, raw, showData, shown) => {
    const { text, withheld: instead } = told(withheld, raw, CANARY, showData)
    expect(text.includes(CANARY)).toBe(shown)
    expect(instead).toEqual(shown ? undefined : { it: 'text of 19 characters' })
  })

  it('is judged all the same', () => {
    expect(told('secret', { matches: 'hunter' }, CANARY).outcome).toBe('pass')
    expect(told('secret', { matches: 'absent' }, CANARY).outcome).toBe('fail')
  })

  it.each([
    [12, { gte: 5 }, true],
    ['x'.repeat(201), 'other', false],
    [['a', 'b'], { contains: 'a' }, false],
    [['a', 'b'], { eq: ['a'] }, true],
  ])('that is compared: %j against %j is told: %s', (value, raw, shown) => {
    expect(told('compared', raw, value).withheld === undefined).toBe(shown)
  })

  it('that was not measured says why', () => {
    expect(told('data', 'x', { unobserved: 'no answer' }).withheld).toBeUndefined()
  })

  it.each(['baseline', 'since_last'])('cannot be held against a record: %s', (op) => {
    const subject: SubjectSpec = { name: 'body', type: 'text', meaning: '', withheld: 'data' }
    expect(parseMatcher({ [op]: 'same' }, subject)).toMatchObject({
      ok: false,
      message: expect.stringContaining('never kept in a record'),
    })
  })
})
