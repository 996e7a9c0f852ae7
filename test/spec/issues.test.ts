import { describe, expect, test } from 'vitest'
import { renderIssues } from '../../src/spec/render.js'
import { around, told } from './load.js'

const ok = 'connection: main, table: t, expect: { count: 1 }'

/** A check file's check, the first line of what is told, and the text under the caret with its hint. */
const CASES: readonly (readonly [string, string, string, string])[] = [
  [
    'unknown key of a check',
    `  - { id: x, kind: count, ${ok}, expct: { count: 1 } }`,
    'unknown key "expct" in check "x" (kind count)',
    'expct did you mean "expect"?',
  ],
  [
    'unknown key below a kind field',
    `  - { id: x, kind: count, ${ok}, deep: { mod: all } }`,
    'unknown key "mod" in deep of check "x" (kind count)',
    'mod did you mean "mode"?',
  ],
  [
    'field of another type',
    `  - { id: x, kind: count, ${ok}, limit: ten }`,
    '"limit" of check "x" (kind count): expected a number, not a text',
    'ten',
  ],
  [
    'a fraction for a whole number',
    `  - { id: x, kind: count, ${ok}, limit: 1.5 }`,
    '"limit" of check "x" (kind count): expected a whole number, not a number',
    '1.5',
  ],
  [
    'missing field',
    '  - { id: x, kind: count, connection: main, expect: { count: 1 } }',
    'missing "table" in check "x" (kind count)',
    'x',
  ],
  [
    'unknown kind',
    `  - { id: x, kind: coumt, ${ok} }`,
    'unknown kind "coumt" in check "x"',
    'coumt did you mean "count"?',
  ],
  [
    'a kind of the language not built yet',
    '  - { id: x, kind: volume, path: / }',
    'kind "volume" is not yet in this version',
    'volume known: count, walk',
  ],
  ['no kind', '  - { id: x, table: t }', 'check "x" has no "kind"', 'x known: count, walk'],
  ['no id', `  - { kind: count, ${ok} }`, 'a check has no "id"', 'kind'],
  [
    'a wrong id',
    `  - { id: Orders, kind: count, ${ok} }`,
    '"Orders" cannot be an id',
    'Orders ids are lower-case letters, digits and dashes, at most 63',
  ],
  ['a field not built yet', `  - { id: x, kind: count, ${ok}, soon: y }`, '"soon" is not yet in this version', 'soon'],
  ['notify', `  - { id: x, kind: count, ${ok}, notify: y }`, '"notify" is not yet in this version', 'notify'],
  [
    'another vantage',
    `  - { id: x, kind: count, ${ok}, from: { container: web } }`,
    'from: container is not yet in this version',
    'container so far only from: local',
  ],
  [
    'a vantage that is none',
    `  - { id: x, kind: count, ${ok}, from: moon }`,
    '"from" of check "x" (kind count): expected local',
    'moon',
  ],
  [
    'a wrong severity',
    `  - { id: x, kind: count, ${ok}, severity: hihg }`,
    '"severity" of check "x" (kind count): expected critical, high, medium, low or info',
    'hihg did you mean "high"?',
  ],
  [
    'a bare number as duration',
    `  - { id: x, kind: count, ${ok}, timeout: 30 }`,
    '"timeout" of check "x" (kind count): durations look like 500ms, 30s, 5m, 2h, 7d',
    '30',
  ],
  [
    'a duration without unit',
    `  - { id: x, kind: count, ${ok}, timeout: "30" }`,
    '"timeout" of check "x" (kind count): durations look like 500ms, 30s, 5m, 2h, 7d',
    '"30"',
  ],
  [
    'a day there is not',
    `  - { id: x, kind: count, ${ok}, known: { keys: [a], reason: r, expires: 2026-02-30 } }`,
    '"known.expires" of check "x" (kind count): there is no such day',
    '2026-02-30',
  ],
  [
    'a mapping instead of a list',
    `  - { id: x, kind: count, ${ok}, tags: { a: 1 } }`,
    '"tags" of check "x" (kind count): expected a list, not a mapping',
    '{ a: 1 }',
  ],
  [
    'SQL with a reference',
    `  - { id: x, kind: count, ${ok}, where: "a = \${var.x}" }`,
    'SQL takes no ${…}',
    '${var.x} give it under params: and write :name here',
  ],
  [
    'SQL with a semicolon',
    `  - { id: x, kind: count, ${ok}, where: "a = 1;" }`,
    'SQL here ends without a semicolon',
    '; remove it',
  ],
  [
    'SQL in a list of a union',
    '  - { id: x, kind: walk, store: media, rows: [{ sql: "a ${each.key}" }] }',
    'SQL takes no ${…}',
    '${each.key} give it under params: and write :name here',
  ],
  [
    'unknown connection',
    '  - { id: x, kind: count, connection: mian, table: t, expect: { count: 1 } }',
    'there is no connection "mian", which check "x" (kind count) uses',
    'mian did you mean "main"?',
  ],
  [
    'a connection of another type',
    '  - { id: x, kind: count, connection: media, table: t, expect: { count: 1 } }',
    'connection "media" is of type files; check "x" (kind count) needs postgres here',
    'media one of main',
  ],
  ['rule of a kind', `  - { id: x, kind: count, ${ok}, limit: 13 }`, 'an unlucky limit', '13 take 12'],
  [
    'not a reference',
    `  - { id: x, kind: count, ${ok}, title: "a \${foo} b" }`,
    '"${foo}" is not a reference',
    '${foo} references are ${var.x}',
  ],
  [
    'a reference never closed',
    `  - { id: x, kind: count, ${ok}, title: "a \${var.x b" }`,
    '"${" is never closed',
    '${ references are',
  ],
  [
    'an unknown variable',
    `  - { id: x, kind: count, ${ok}, title: "\${var.x}" }`,
    'there is no variable "x"',
    '${var.x} declare it under vars:',
  ],
  [
    'each without for_each',
    `  - { id: x, kind: count, ${ok}, title: "\${each.key}" }`,
    '${each.key} stands only in a check with for_each',
    '${each.key}',
  ],
  [
    'a reference in a key',
    `  - { id: x, kind: count, ${ok}, warn: { "\${var.x}": 1 } }`,
    'keys take no ${…}',
    '"${var.x}"',
  ],
  [
    'an empty for_each',
    `  - { id: x, kind: count, ${ok}, for_each: [] }`,
    'for_each of check "x" (kind count) is empty, so it would look at nothing',
    '[]',
  ],
  [
    'a key of for_each with a blank',
    `  - { id: x, kind: count, ${ok}, for_each: [a b] }`,
    '"a b" cannot be a key of for_each',
    'a b keys are letters',
  ],
  [
    'the same key of for_each twice',
    `  - { id: x, kind: count, ${ok}, for_each: [a, a] }`,
    'for_each has "a" twice',
    'a',
  ],
  [
    'for_each of mappings',
    `  - { id: x, kind: count, ${ok}, for_each: [{ a: 1 }] }`,
    'for_each takes scalars, not a mapping',
    '{ a: 1 }',
  ],
  [
    'requires what is not there',
    `  - { id: x, kind: count, ${ok}, requires: [y] }`,
    '"requires" of check "x": there is no check "y"',
    'y known: x',
  ],
  [
    'requires a tag nobody has',
    `  - { id: x, kind: count, ${ok}, tags: [redy], requires: ["tag:ready"] }`,
    '"requires" of check "x": no check has the tag "ready"',
    '"tag:ready" did you mean "redy"?',
  ],
  ['requires itself', `  - { id: x, kind: count, ${ok}, requires: [x] }`, 'a cycle of requires: x → x', '[x]'],
  [
    'a pattern that is none',
    `  - { id: x, kind: count, ${ok}, known: { keys: { match: "(" }, reason: r } }`,
    '"(" is not a regular expression',
    '"(" RE2 syntax',
  ],
  [
    'a list of known keys that is not there',
    `  - { id: x, kind: count, ${ok}, known: { keys: gone.txt, reason: r } }`,
    'cannot read the known keys in "gone.txt" (ENOENT)',
    'gone.txt',
  ],
  [
    'when on something else',
    `  - { id: x, kind: count, ${ok}, when: { "secret.x": 1 } }`,
    '"when" looks at var.x and env.X only, not at "secret.x"',
    '"secret.x"',
  ],
  [
    'when on a credential',
    `  - { id: x, kind: count, ${ok}, when: { env.API_TOKEN: { exists: true } } }`,
    '"env.API_TOKEN" has the name of a credential, which "when" does not look at',
    'env.API_TOKEN',
  ],
  [
    'unknown subject',
    '  - { id: x, kind: count, connection: main, table: t, expect: { coumt: 1 } }',
    'unknown subject "coumt" in expect of check "x" (kind count)',
    'coumt did you mean "count"?',
  ],
  [
    'unknown operator',
    '  - { id: x, kind: count, connection: main, table: t, expect: { count: { gtt: 1 } } }',
    '"expect.count" of check "x" (kind count): unknown operator "gtt"',
    'gtt did you mean "gt"?',
  ],
  [
    'percent without denominator',
    '  - { id: x, kind: count, connection: main, table: t, expect: { count: { gte: 5% } } }',
    '"expect.count" of check "x" (kind count): "count" has no denominator, so 5% says nothing about it',
    '5%',
  ],
  [
    'subject that is never measured',
    '  - { id: x, kind: count, connection: main, table: t, deep: { mode: none }, expect: { digest: a } }',
    '"digest" is never measured in check "x" (kind count): deep.mode is none',
    'digest',
  ],
  [
    'nothing asserted',
    '  - { id: x, kind: count, connection: main, table: t }',
    'check "x" (kind count) asserts nothing',
    'x add expect: with one of count, bad, age, digest',
  ],
  [
    'no value can break it',
    '  - { id: x, kind: count, connection: main, table: t, expect: { bad: { lte: 100% } } }',
    '"bad: lte 100%" of check "x" (kind count): no value can break this',
    '{ lte: 100% } an assertion must be able to fail',
  ],
  [
    'no value can hold it',
    '  - { id: x, kind: count, connection: main, table: t, expect: { count: { gt: 5, lt: 3 } } }',
    '"count: gt 5, lt 3" of check "x" (kind count): no value can hold this',
    '{ gt: 5, lt: 3 }',
  ],
  [
    'a warning that never comes',
    '  - { id: x, kind: count, connection: main, table: t, expect: { count: { gte: 10 } }, warn: { count: { gte: 5 } } }',
    'this warning can never be given: expect count: gte 10 breaks before it',
    '{ gte: 5 }',
  ],
  [
    'a warning that a default forestalls',
    '  - { id: x, kind: walk, store: media, warn: { missing: { lte: 5 } } }',
    'this warning can never be given: the default expectation missing: 0 breaks before it',
    '{ lte: 5 }',
  ],
]

describe('one mistake in a check', () => {
  test.each(CASES)('%s', async (_name, check, message, under) => {
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
