import { describe, expect, test } from 'vitest'
import { kinds as builtIn } from '../../src/kinds/index.js'
import { renderIssues } from '../../src/spec/render.js'
import { ISSUE_CASES, ok } from './issue-cases.js'
import { around, told } from './load.js'

describe('one mistake in a check', () => {
  test.each(ISSUE_CASES)('%s', async (_name, check, message, under) => {
    const { issues } = await told({ 'a.yaml': around(check) })
    expect(issues.map((issue) => issue.message)).toEqual([message])
    const [issue] = issues
    const place = issue?.place
    expect(place?.line).toBe(6)
    const marked = place?.text.slice(place.column - 1, (place.endColumn ?? 0) - 1) ?? ''
    expect(`${marked}${issue?.hint === undefined ? '' : ` ${issue.hint}`}`.startsWith(under)).toBe(true)
    if (!under.includes(' ')) expect(issue?.hint).toBeUndefined()
  })

  test('the check these are made of holds', async () => {
    const { text } = await told({ 'a.yaml': around(`  - { id: x, kind: count, ${ok} }`) })
    expect(text).toBe('')
  })
})

test('is shown in the form check-file readers know', async () => {
  const { text } = await told({
    'a.yaml': around(
      '  - id: orders-count\n    kind: count\n    expct: { count: { gte: 10 } }\n    connection: main\n    table: orders',
    ),
  })
  expect(text).toBe(`a.yaml:8:5: error: unknown key "expct" in check "orders-count" (kind count)
   8 |     expct: { count: { gte: 10 } }
     |     ^^^^^ did you mean "expect"?
`)
})

test.each([
  ['images', ['connection "bucket" takes in all that begins with images, not only what is below images/']],
  ['images/', []],
])('a bucket below the prefix %s, under strict too', async (prefix, messages) => {
  const file = around(`  - { id: x, kind: count, ${ok} }`).replace(
    'media: {',
    `bucket: { type: s3, bucket: media, prefix: ${prefix} }, media: {`,
  )
  const { issues } = await told({ 'a.yaml': file }, { strict: true })
  expect(issues.map(({ level, message }) => [level, message])).toEqual(messages.map((message) => ['warning', message]))
})

test('a word that is none of many is answered with those most like it', async () => {
  const expected = 'expected: [{ change: droped colum, object: a.b, reason: none }]'
  const file = around(`  - { id: x, kind: changed-since, connection: main, ${expected} }`)
  const { issues } = await told({ 'a.yaml': file }, { kinds: builtIn })
  expect(issues.map(({ message, hint }) => [message, hint])).toEqual([
    [
      expect.stringMatching(/ expected dropped column, [a-z ]+, [a-z ]+ or one of \d+ others$/),
      'did you mean "dropped column"?',
    ],
  ])
})

test('owner, severity and remediation are wanted after defaults', async () => {
  const { text } = await told({
    'a.yaml': `version: 1
connections: { main: { type: postgres } }
defaults: { owner: me }
checks:
  - { id: x, kind: count, connection: main, table: t, expect: { count: 1 } }
`,
  })
  expect(text).toContain('a.yaml:5:11: error: check "x" (kind count) has no severity, no remediation\n')
})

test('all mistakes are told at once, in the order they stand, twenty at most', async () => {
  const one = await told({
    'a.yaml': around(
      '  - { id: a, kind: count, ownr: x, limit: x, requires: [zz], expect: { cout: 1 }, connection: main, table: t }',
    ),
  })
  expect(one.issues.map(({ message }) => message.replace(/ (in|of) check.*/, ''))).toEqual([
    'unknown key "ownr"',
    '"limit"',
    '"requires"',
    'unknown subject "cout" in expect',
  ])
  const many = Array.from({ length: 25 }, (_, index) => `  - { id: c${index}, kind: nope }`).join('\n')
  const { issues, text } = await told({ 'a.yaml': around(many) })
  expect(issues).toHaveLength(25)
  expect(text.match(/: error: /g)).toHaveLength(20)
  expect(text.endsWith('… and 5 more\n')).toBe(true)
})

test('equal ids show both places', async () => {
  const { text } = await told({
    'a.yaml': around(`  - { id: x, kind: count, ${ok} }`, 'include: [b.yaml]'),
    'b.yaml': `version: 1\nchecks:\n  - { id: x, kind: count, ${ok} }\n`,
  })
  expect(text).toBe(`b.yaml:3:11: error: two checks have the id "x"
   3 |   - { id: x, kind: count, connection: main, table: t, expect: { count: 1 } }
     |           ^
  a.yaml:6:11: the first is here
   6 |   - { id: x, kind: count, connection: main, table: t, expect: { count: 1 } }
     |           ^
`)
})

test('under strict a warning is an error', async () => {
  const file = { 'a.yaml': around(`  - { id: x, kind: count, ${ok}, limit: 13 }`) }
  expect((await told(file)).issues[0]?.level).toBe('warning')
  expect((await told(file, { strict: true })).issues[0]?.level).toBe('error')
})

test('text of a check file cannot move the cursor', async () => {
  const { text } = await told({ 'a.yaml': around('  - { id: x, kind: "\u001b[31m\u202e" }') })
  expect([...text].filter((character) => '\u001b\u202e'.includes(character))).toEqual([])
})

test('a mistake in defaults is told once, not again for every check that inherits it', async () => {
  const checks = ['a', 'b', 'c'].map((id) => `  - { id: ${id}, kind: count, ${ok} }`).join('\n')
  const text = around(checks).replace('severity: high', 'severity: hgih')
  const { issues } = await told({ 'a.yaml': text })
  expect(issues.map(({ message }) => message)).toEqual([expect.stringMatching(/^"severity" of "defaults": expected /)])
})

test('of a line longer than the terminal the part around the place is shown, the caret under it', async () => {
  const check = `  - { id: x, kind: count, ${ok}, title: ${'long '.repeat(20)}, expct: { count: 1 }, runbook: ${'r'.repeat(60)} }`
  const { issues } = await told({ 'a.yaml': around(check) })
  for (const width of [80, 50]) {
    const [, source = '', caret = ''] = renderIssues(issues, width).split('\n')
    expect(source.length).toBeLessThanOrEqual(width)
    expect(source).toMatch(/^ {3}6 \| ….*…$/)
    expect(source.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1)).toBe('expct')
  }
})
