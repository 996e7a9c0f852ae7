import { describe, expect, test } from 'vitest'
import { around, load, told } from './load.js'

const one = (fields: string, top = ''): string =>
  around(`  - { id: x, kind: count, connection: main, table: t, ${fields} }`, top)
const counts = 'expect: { count: 1 }'

test('a check is what its fields, defaults and kind say', async () => {
  const spec = await load({
    'a.yaml': around(
      `  - id: x
    kind: walk
    title: Uploads
    store: media
    runbook: https://wiki/uploads
    migration: to the new disk
    tags: [a]
    timeout: 5m
    known: { keys: [k], reason: old, max: 3, expires: 2026-06-15 }
  - { id: y, kind: count, connection: main, table: t, retry: { for: 1m, every: 2s, backoff: 2, stable_for: 10s }, ${counts} }`,
      'name: shop\ngate: { fail_on: high, warnings: block, unevaluated: allow, min_checks: 2 }\nwaivers: [{ check: x, reason: r, approved_by: dana, expires: 2026-12-31 }]',
    ),
  })
  const [x, y] = spec.checks
  expect(x).toMatchObject({
    id: 'x',
    kind: 'walk',
    title: 'Uploads',
    owner: 'me',
    severity: 'high',
    remediation: 'Look.',
    runbook: 'https://wiki/uploads',
    migration: 'to the new disk',
    tags: ['a'],
    timeoutMs: 300_000,
    from: 'local',
    requires: [],
    uses: ['media'],
    spec: { store: 'media' },
    known: { keys: new Set(['k']), reason: 'old', max: 3, expires: '2026-06-15' },
  })
  expect(x?.retry).toEqual({ forMs: 30_000, everyMs: 2000, backoff: 1 })
  expect(y?.retry).toEqual({ forMs: 60_000, everyMs: 2000, backoff: 2, stableForMs: 10_000 })
  expect(y?.timeoutMs).toBe(3_600_000)
  expect(spec.name).toBe('shop')
  expect(spec.gate).toEqual({
    failOn: 'high',
    warnings: 'block',
    unevaluated: 'allow',
    minChecks: 2,
    allowEmpty: false,
  })
  expect(spec.waivers).toEqual([
    { check: 'x', reason: 'r', approvedBy: 'dana', expires: '2026-12-31', covers: ['fail', 'warn'] },
  ])
})

describe('retry', () => {
  test.each([
    ['is on where waiting can help', '  - { id: x, kind: walk, store: media }', true],
    ['can be turned off there', '  - { id: x, kind: walk, store: media, retry: none }', false],
    ['is off elsewhere', `  - { id: x, kind: count, connection: main, table: t, ${counts} }`, false],
  ])('%s', async (_name, check, on) => {
    const spec = await load({ 'a.yaml': around(check) })
    expect(spec.checks[0]?.retry !== undefined).toBe(on)
  })
})

describe('defaults of a kind', () => {
  test.each([
    ['stand where nothing is said', '', ['expect missing 0', 'warn empty 0', 'tell unclear 0']],
    [
      'of level expect give way to expect',
      'expect: { missing: { lte: 3 } }',
      ['expect missing lte 3', 'warn empty 0', 'tell unclear 0'],
    ],
    [
      'of level warn give way to warn',
      'warn: { empty: { lte: 3 } }',
      ['warn empty lte 3', 'expect missing 0', 'tell unclear 0'],
    ],
    [
      'of level warn give way to expect',
      'expect: { empty: { lte: 3 } }',
      ['expect empty lte 3', 'expect missing 0', 'tell unclear 0'],
    ],
    [
      'of level tell give way to expect',
      'expect: { unclear: { lte: 3 } }',
      ['expect unclear lte 3', 'expect missing 0', 'warn empty 0'],
    ],
    [
      'of level tell give way to warn',
      'warn: { unclear: { lte: 3 } }',
      ['warn unclear lte 3', 'expect missing 0', 'warn empty 0'],
    ],
  ])('%s', async (_name, fields, expected) => {
    const spec = await load({ 'a.yaml': around(`  - { id: x, kind: walk, store: media, ${fields} }`) })
    const [check] = spec.checks
    expect(check?.assertions.map(({ level, subject, matcher }) => `${level} ${subject} ${matcher.text}`)).toEqual(
      expected,
    )
    expect(check?.assertions.map(({ origin }) => origin)).toEqual(
      fields === '' ? ['default', 'default', 'default'] : ['file', 'default', 'default'],
    )
  })

  test('of level expect are not replaced by a warn', async () => {
    const spec = await load({
      'a.yaml': around('  - { id: x, kind: walk, store: media, warn: { missing: { lte: 5 } } }'),
    })
    const texts = spec.checks[0]?.assertions.map(({ level, subject }) => `${level} ${subject}`)
    expect(texts).toEqual(['warn missing', 'expect missing', 'warn empty', 'tell unclear'])
  })
})

test('a baseline is a matcher', async () => {
  const spec = await load({
    'a.yaml': one('expect: { count: { baseline: { drop_at_most: 0.1% } } }, warn: { count: { since_last: same } }'),
  })
  expect(spec.checks[0]?.assertions.map(({ matcher }) => matcher.ops[0]?.op)).toEqual(['baseline', 'since_last'])
})

describe('for_each', () => {
  test('of a list', async () => {
    const spec = await load({
      'a.yaml': around(
        `  - { id: x, kind: count, connection: main, table: "\${each.value}", title: "\${each.key} of \${var.s}", for_each: [orders, items.v2], ${counts} }
  - { id: y, kind: count, connection: main, table: t, requires: [x], ${counts} }
  - { id: z, kind: count, connection: main, table: t, requires: ["x[orders]"], ${counts} }`,
        'vars: { s: { default: shop } }',
      ),
    })
    expect(spec.checks.map(({ id, title, spec: fields }) => [id, title, (fields as { table: string }).table])).toEqual([
      ['x[orders]', 'orders of shop', 'orders'],
      ['x[items.v2]', 'items.v2 of shop', 'items.v2'],
      ['y', undefined, 't'],
      ['z', undefined, 't'],
    ])
    expect(spec.checks[2]?.requires).toEqual(['x[orders]', 'x[items.v2]'])
    expect(spec.checks[3]?.requires).toEqual(['x[orders]'])
  })

  test('of a mapping, whose values keep their type', async () => {
    const spec = await load({
      'a.yaml': one(`for_each: { small: 5, large: 50 }, limit: "\${each.value}", ${counts}`),
    })
    expect(spec.checks.map(({ id, spec: fields }) => [id, (fields as { limit: number }).limit])).toEqual([
      ['x[small]', 5],
      ['x[large]', 50],
    ])
  })

  test('of a variable', async () => {
    const file = one(`for_each: "\${var.tables}", ${counts}`, 'vars: { tables: { default: [a, b] } }')
    expect((await load({ 'a.yaml': file })).checks.map(({ id }) => id)).toEqual(['x[a]', 'x[b]'])
    const given = await load({ 'a.yaml': file }, { vars: { tables: 'c,d' } })
    expect(given.checks.map(({ id }) => id)).toEqual(['x[c]', 'x[d]'])
  })

  test('a waiver of the check covers every one of them, a waiver of one only that', async () => {
    const waivers = 'waivers: [{ check: x, reason: all }, { check: "x[a]", reason: one }]'
    const spec = await load({ 'a.yaml': one(`for_each: [a, b], ${counts}`, waivers) })
    expect(spec.waivers.map(({ check, reason }) => [check, reason])).toEqual([
      ['x[a]', 'all'],
      ['x[b]', 'all'],
      ['x[a]', 'one'],
    ])
  })

  test('tells a mistake once, not once for each', async () => {
    const { issues } = await told({ 'a.yaml': one(`for_each: [a, b, c], limit: x, ${counts}`) })
    expect(issues).toHaveLength(1)
  })
})

describe('requires', () => {
  const check = (id: string, more: string): string =>
    `  - { id: ${id}, kind: count, connection: main, table: t, ${counts}, ${more} }`

  test('takes tags, without the check itself', async () => {
    const spec = await load({
      'a.yaml': around(
        [check('a', 'tags: [ready]'), check('b', 'tags: [ready]'), check('c', 'requires: ["tag:ready", a]')].join('\n'),
      ),
    })
    expect(spec.checks[2]?.requires).toEqual(['a', 'b'])
  })

  test('shows a cycle', async () => {
    const { text } = await told({
      'a.yaml': around(
        [check('a', 'requires: [c]'), check('b', 'requires: [a]'), check('c', 'requires: [b]')].join('\n'),
      ),
    })
    expect(text).toContain('a.yaml:6:87: error: a cycle of requires: a → c → b → a\n')
    expect(text.match(/error/g)).toHaveLength(1)
  })

  test('suggests, and is told even where the check has other mistakes', async () => {
    const { issues } = await told({
      'a.yaml': around([check('orders', ''), check('b', 'requires: [ordesr], limit: x')].join('\n')),
    })
    expect(issues.map(({ hint }) => hint)).toContain('did you mean "orders"?')
    expect(issues).toHaveLength(2)
  })
})

describe('when', () => {
  test.each<readonly [string, string, string | undefined]>([
    ['holds', 'var.stage: prod', undefined],
    ['does not hold', 'var.stage: dev', 'when var.stage: "dev" does not hold'],
    ['of a number', 'var.n: { gte: 3 }', undefined],
    ['of the environment', 'env.REGION: { in: [eu, us] }', undefined],
    ['of what is not set', 'env.GONE: eu', 'when env.GONE: "eu" does not hold'],
    ['all must hold', 'var.stage: prod, env.REGION: us', 'when env.REGION: "us" does not hold'],
  ])('%s', async (_name, when, skip) => {
    const file = one(`when: { ${when} }, ${counts}`, 'vars: { stage: { default: prod }, n: { default: 3 } }')
    const spec = await load({ 'a.yaml': file }, { env: { REGION: 'eu' } })
    expect(spec.checks[0]?.skip).toBe(skip)
  })
})

describe('known', () => {
  test('keys of a file, one a line', async () => {
    const spec = await load(
      {
        'sub/a.yaml': one(`known: { keys: k.txt, reason: r }, ${counts}`),
        'sub/k.txt': 'a b\n# not a comment\r\nc\n',
      },
      {},
      ['sub/a.yaml'],
    )
    expect(spec.checks[0]?.known?.keys).toEqual(new Set(['a b', '# not a comment', 'c']))
  })

  test('keys with newlines, separated by NUL', async () => {
    const spec = await load({ 'a.yaml': one(`known: { keys: k.nul, reason: r }, ${counts}`), 'k.nul': 'a\nb\0c\0' })
    expect(spec.checks[0]?.known?.keys).toEqual(new Set(['a\nb', 'c']))
  })

  test('a pattern', async () => {
    const spec = await load({ 'a.yaml': one(`known: { keys: { match: "^tmp/" }, reason: r }, ${counts}`) })
    expect(spec.checks[0]?.known).toEqual({ keys: new Set(), match: '^tmp/', reason: 'r' })
  })

  test('holds to the end of its day, UTC, then is not applied and told', async () => {
    const file = { 'a.yaml': one(`known: { keys: [a], reason: r, expires: 2026-06-15 }, ${counts}`) }
    const last = await load(file, { now: new Date('2026-06-15T23:59:59.999Z') })
    expect(last.checks[0]?.known).toBeDefined()
    const after = await load(file, { now: new Date('2026-06-16T00:00:00Z') })
    expect(after.checks[0]?.known).toBeUndefined()
    expect(after.warnings.map(({ message }) => message)).toEqual([
      'the known findings of check "x" (kind count) expired on 2026-06-15 and are judged again',
    ])
  })
})

test('two checks may not both assert what is left over in one part of a store', async () => {
  const pair = (first: string, second: string): string =>
    around(
      `  - { id: a, kind: walk, store: media, ${first} expect: { orphaned: 0 } }
  - { id: b, kind: walk, store: other, ${second} warn: { orphaned: 0 } }`,
    ).replace('connections: {', 'connections: { other: { type: files, root: /srv/../srv/ },')
  const { issues } = await told({ 'a.yaml': pair('scope: { prefix: "20" },', 'scope: { prefix: 2019/ },') })
  expect(issues.map(({ message, place }) => [message, place?.line])).toEqual([
    ['checks "a" and "b" both assert orphaned over one part of a store', 7],
  ])
  const apart = await told({ 'a.yaml': pair('scope: { prefix: 2018/ },', 'scope: { prefix: 2019/ },') })
  expect(apart.text).toBe('')
  const only = around(
    `  - { id: a, kind: walk, store: media, expect: { orphaned: 0 } }\n  - { id: b, kind: walk, store: media }`,
  )
  expect((await told({ 'a.yaml': only })).text).toBe('')
})
