import { describe, expect, test } from 'vitest'
import { type Selection, select } from '../../src/engine/select.js'
import { UsageError } from '../../src/lib/errors.js'
import { fake } from './fake.js'

const CHECKS = [
  fake({ id: 'orders', tags: ['db', 'post'], owner: 'shop', severity: 'critical' }),
  fake({ id: 'uploads', tags: ['files'], owner: 'shop', requires: ['mount'] }),
  fake({ id: 'mount', tags: ['files', 'slow'], owner: 'ops', requires: ['host'] }),
  fake({ id: 'host', tags: [], owner: 'ops', severity: 'low', kind: 'tcp' }),
  fake({ id: 'copies[a]', tags: ['post'], owner: 'ops' }),
  fake({ id: 'copies[b]', tags: ['post'], owner: 'ops' }),
]
const ALL = CHECKS.map((check) => check.id)

test.each([
  ['nothing asked', {}, ALL, []],
  ['an id', { checks: ['orders'] }, ['orders'], []],
  ['an id of for_each', { checks: ['copies'] }, ['copies[a]', 'copies[b]'], []],
  ['one of for_each', { checks: ['copies[b]'] }, ['copies[b]'], []],
  ['a tag', { tags: ['post'] }, ['orders', 'copies[a]', 'copies[b]'], []],
  ['either tag', { tags: ['db', 'slow'] }, ['orders', 'mount', 'host'], ['host']],
  ['a tag and an owner', { tags: ['post'], owners: ['shop'] }, ['orders'], []],
  ['without a tag', { notTags: ['post', 'files'] }, ['host'], []],
  [
    'what is required comes along, through and through',
    { checks: ['uploads'] },
    ['uploads', 'mount', 'host'],
    ['mount', 'host'],
  ],
  [
    'also where it is left out',
    { tags: ['files'], notTags: ['slow'] },
    ['uploads', 'mount', 'host'],
    ['mount', 'host'],
  ],
  ['a severity', { severities: ['critical', 'low'] }, ['orders', 'host'], []],
  ['a severity nobody has', { severities: ['medium'] }, [], []],
  ['a kind', { kinds: ['tcp'] }, ['host'], []],
] as [string, Selection, string[], string[]][])('%s', (_, selection, ids, pulledIn) => {
  const selected = select(CHECKS, selection)
  expect(selected.checks.map((check) => check.id)).toEqual(ids)
  expect(selected.pulledIn).toEqual(pulledIn)
})

test('the flags are told as they were given', () => {
  expect(select(CHECKS, { tags: ['db', 'post'], notTags: ['slow'] }).words).toEqual([
    '--tag db',
    '--tag post',
    '--not-tag slow',
  ])
})

describe('what no check has is refused', () => {
  test.each([
    [{ checks: ['ordres'] }, '--check ordres', /did you mean "orders"/],
    [{ tags: ['fils'] }, '--tag fils', /"files"/],
    [{ notTags: ['slwo'] }, '--not-tag slwo', /"slow"/],
    [{ owners: ['nobody-at-all'] }, '--owner nobody-at-all', /there are: ops, shop/],
    [{ kinds: ['tpc'] }, '--kind tpc', /"tcp"/],
    [{ severities: ['hihg'] }, '--severity hihg', /"high"/],
  ] as [Selection, string, RegExp][])('%o', (selection, message, suggestion) => {
    const refused = () => select(CHECKS, selection)
    expect(refused).toThrow(UsageError)
    expect(refused).toThrow(message)
    try {
      refused()
    } catch (error) {
      expect((error as UsageError).suggestions.join()).toMatch(suggestion)
    }
  })
})

test('where no check has a tag, that is said, and not that there are no checks', () => {
  const untagged = [fake({ id: 'orders', tags: [] })]
  expect.assertions(1)
  try {
    select(untagged, { tags: ['post'] })
  } catch (error) {
    expect((error as UsageError).suggestions).toEqual(['none of the checks has any'])
  }
})
