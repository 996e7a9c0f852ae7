import { describe, expect, test } from 'vitest'
import { around, load, told } from './load.js'

const check = (id: string, more = ''): string =>
  `  - { id: ${id}, kind: count, connection: main, table: t, expect: { count: 1 }${more && `, ${more}`} }`

const part = (checks: string, top = ''): string => `version: 1\n${top === '' ? '' : `${top}\n`}checks:\n${checks}\n`

describe('include', () => {
  test('globs relative to the file, in order of their names', async () => {
    const spec = await load(
      {
        'conf/a.yaml': around(check('a'), 'include: [more/*.yaml, ../b.yaml]'),
        'conf/more/2.yaml': part(check('two')),
        'conf/more/1.yaml': part(check('one'), 'include: [deep/x.yaml]'),
        'conf/more/deep/x.yaml': part(check('x')),
        'b.yaml': part(check('b')),
      },
      {},
      ['conf/a.yaml'],
    )
    expect(spec.checks.map(({ id }) => id)).toEqual(['a', 'one', 'x', 'two', 'b'])
    expect(spec.files).toEqual([
      'conf/a.yaml',
      'conf/more/1.yaml',
      'conf/more/deep/x.yaml',
      'conf/more/2.yaml',
      'b.yaml',
    ])
  })

  test('defaults of the inner file win over those around it', async () => {
    const spec = await load({
      'a.yaml': around(check('a'), 'include: [b.yaml]'),
      'b.yaml': part(`${check('b')}\n${check('c', 'owner: own')}`, 'defaults: { owner: inner, tags: [t] }'),
    })
    expect(spec.checks.map(({ owner, severity, tags }) => [owner, severity, tags])).toEqual([
      ['me', 'high', []],
      ['inner', 'high', ['t']],
      ['own', 'high', ['t']],
    ])
  })

  test.each<readonly [string, Record<string, string>, string]>([
    [
      'no match',
      { 'a.yaml': 'version: 1\ninclude:\n  - more/*.yaml\n' },
      'a.yaml:3:5: error: no file matches "more/*.yaml"',
    ],
    [
      'no file',
      { 'a.yaml': 'version: 1\ninclude: [b.yaml]\n' },
      'a.yaml:2:11: error: cannot read b.yaml: no such file',
    ],
    [
      'itself',
      { 'a.yaml': 'version: 1\ninclude: ["*.yaml"]\n' },
      'a.yaml:2:11: error: a cycle of includes: a.yaml → a.yaml',
    ],
    [
      'a cycle',
      { 'a.yaml': 'version: 1\ninclude: [b.yaml]\n', 'b.yaml': 'version: 1\ninclude: [a.yaml]\n' },
      'b.yaml:2:11: error: a cycle of includes: a.yaml → b.yaml → a.yaml',
    ],
    [
      'twice',
      { 'a.yaml': 'version: 1\ninclude: [b.yaml, "b.*"]\n', 'b.yaml': 'version: 1\n' },
      'a.yaml:2:19: error: "b.*" includes a file that was read already',
    ],
    [
      'a reference',
      { 'a.yaml': 'version: 1\ninclude: ["${var.x}.yaml"]\n' },
      'a.yaml:2:11: error: "include" takes no ${…}',
    ],
    [
      'a number',
      { 'a.yaml': 'version: 1\ninclude: [5]\n' },
      'a.yaml:2:11: error: expected a file name or { pack: … }, not a number',
    ],
    [
      'the name set twice',
      { 'a.yaml': 'version: 1\nname: a\ninclude: [b.yaml]\n', 'b.yaml': 'version: 1\nname: b\n' },
      'b.yaml:2:1: error: "name" may be set once',
    ],
    [
      'the gate set twice',
      {
        'a.yaml': 'version: 1\ngate: { fail_on: low }\ninclude: [b.yaml]\n',
        'b.yaml': 'version: 1\ngate: { fail_on: low }\n',
      },
      'b.yaml:2:9: error: "gate.fail_on" may be set once',
    ],
    [
      'a variable declared in two ways',
      {
        'a.yaml': 'version: 1\nvars: { x: { default: 1 } }\ninclude: [b.yaml]\n',
        'b.yaml': 'version: 1\nvars: { x: { default: 2 } }\n',
      },
      'b.yaml:2:9: error: variable "x" is declared twice',
    ],
  ])('%s', async (_name, files, first) => {
    const { text, issues } = await told(files)
    expect(text.split('\n')[0]).toBe(first)
    expect(issues).toHaveLength(1)
  })
})

test('files beside each other share their sections, and may repeat them', async () => {
  const spec = await load(
    { 'a.yaml': around(check('a'), 'name: A'), 'b.yaml': around(check('b', 'requires: [a]'), 'name: B') },
    {},
    ['a.yaml', 'b.yaml', './a.yaml'],
  )
  expect(spec.checks.map(({ id }) => id)).toEqual(['a', 'b'])
  expect(spec.name).toBe('A, B')
})

describe('a file', () => {
  test.each<readonly [string, string, string]>([
    ['that is empty', '', 'a.yaml:1:1: error: the file is empty'],
    ['that is a list', '- 1\n', 'a.yaml:1:1: error: a check file is a mapping, not a list'],
    ['without version', 'name: x\n', 'a.yaml:1:1: error: missing "version"'],
    ['of another version', 'version: 2\n', 'a.yaml:1:10: error: this version of postflight reads version: 1'],
    ['with an unknown key', 'version: 1\nchekcs: []\n', 'a.yaml:2:1: error: unknown key "chekcs"'],
    ['with a key of later', 'version: 1\nnotify: []\n', 'a.yaml:2:1: error: "notify" is not yet in this version'],
    [
      'with a section of another shape',
      'version: 1\nchecks: {}\n',
      'a.yaml:2:1: error: "checks": expected a list, not a mapping',
    ],
    [
      'with an unknown key in gate',
      'version: 1\ngate: { fial_on: low }\n',
      'a.yaml:2:9: error: unknown key "fial_on" in "gate"',
    ],
    [
      'whose gate is at info',
      'version: 1\ngate: { fail_on: info }\n',
      'a.yaml:2:18: error: "fail_on" of "gate": expected critical, high, medium or low',
    ],
    [
      'with a waiver without reason',
      'version: 1\nwaivers: [{ check: x }]\n',
      'a.yaml:2:11: error: missing "reason" in this waiver',
    ],
    [
      'with a waiver to no day',
      'version: 1\nwaivers: [{ check: x, reason: r, expires: soon }]\n',
      'a.yaml:2:43: error: "expires" of this waiver: dates look like 2026-12-31',
    ],
    [
      'with kind fields in defaults',
      'version: 1\ndefaults: { table: x }\n',
      'a.yaml:2:13: error: unknown key "table" in "defaults"',
    ],
    [
      'with wrong defaults and no checks',
      'version: 1\ndefaults: { timeout: 5 }\n',
      'a.yaml:2:22: error: "timeout" of "defaults": durations look like 500ms, 30s, 5m, 2h, 7d',
    ],
    [
      'with a connection of a later type',
      'version: 1\nconnections: { r: { type: redis } }\n',
      'a.yaml:2:27: error: connection type "redis" is not yet in this version',
    ],
    [
      'with a connection of an unknown type',
      'version: 1\nconnections: { r: { type: postgers } }\n',
      'a.yaml:2:27: error: unknown type "postgers" of connection "r"',
    ],
    [
      'with a wrong field of a connection',
      'version: 1\nconnections: { r: { type: files, rot: x } }\n',
      'a.yaml:2:34: error: unknown key "rot" in connection "r"',
    ],
    [
      'with the same key twice',
      'version: 1\nname: a\nname: b\n',
      'a.yaml:3:1: error: the same key twice in one mapping',
    ],
    ['that is no YAML', 'version: 1\nname: "a\n', 'a.yaml:3:1: error: Missing closing "quote'],
    [
      'of two documents',
      'version: 1\n---\nversion: 1\n',
      'a.yaml:2:1: error: Source contains multiple documents; please use YAML.parseAllDocuments()',
    ],
    ['with a tag', 'version: 1\nname: !foo x\n', 'a.yaml:2:7: error: Unresolved tag: !foo'],
    ['with an alias of nothing', 'version: 1\nname: *x\n', 'a.yaml:2:7: error: the anchor "x" is not set before it'],
    [
      'with an alias of itself',
      'version: 1\nvars: &v { x: *v }\n',
      'a.yaml:2:15: error: the anchor "v" contains itself',
    ],
    [
      'with a number that cannot be held',
      'version: 1\ngate: { min_checks: 0.1234567890123456789 }\n',
      'a.yaml:2:21: error: the number 0.1234567890123456789 cannot be held exactly',
    ],
  ])('%s', async (_name, text, first) => {
    const { text: shown } = await told({ 'a.yaml': text })
    expect(shown.split('\n')[0]).toBe(first)
  })

  test('that is not there', async () => {
    expect((await told({}, {}, ['gone.yaml'])).text).toBe('error: cannot read gone.yaml: no such file\n')
  })

  test('that is not UTF-8', async () => {
    const { mkdtemp, rm, writeFile } = await import('node:fs/promises')
    const { tmpdir } = await import('node:os')
    const cwd = await mkdtemp(`${tmpdir()}/postflight-latin-`)
    await writeFile(`${cwd}/a.yaml`, Buffer.from([0x61, 0xe9, 0x62]))
    expect((await told({}, { cwd })).text).toBe('error: cannot read a.yaml: it is not UTF-8\n')
    await rm(cwd, { recursive: true })
  })

  test('says what YAML 1.2 says: no, on and 12:30 are texts, anchors merge', async () => {
    const spec = await load({
      'a.yaml': around(
        `  - &a { id: x, kind: count, connection: main, table: no, title: 12:30, owner: on, expect: { count: 1 } }
  - { <<: *a, id: y, table: u }`,
      ),
    })
    expect(spec.checks.map(({ id, title, owner, spec: fields }) => [id, title, owner, fields])).toEqual([
      ['x', '12:30', 'on', { connection: 'main', table: 'no' }],
      ['y', '12:30', 'on', { connection: 'main', table: 'u' }],
    ])
  })

  test('cannot fill the memory with aliases', async () => {
    const levels = Array.from(
      { length: 9 },
      (_, index) =>
        `x${index}: &x${index} [${Array(9)
          .fill(index === 0 ? 'a' : `*x${index - 1}`)
          .join(', ')}]`,
    )
    const { issues } = await told({ 'a.yaml': `version: 1\nvars:\n  ${levels.join('\n  ')}\n` })
    expect(issues.some(({ message }) => message === 'aliases make this file far too large')).toBe(true)
  })
})

const PACK = `version: 1
vars:
  connection: { required: true }
  tables: { default: [a] }
  least: { default: 1 }
defaults: { severity: low, tags: [pack] }
checks:
  - id: counted
    kind: count
    connection: "\${var.connection}"
    table: "\${each.value}"
    for_each: "\${var.tables}"
    requires: [there]
    expect: { count: { gte: "\${var.least}" } }
  - id: there
    kind: walk
    store: media
    owner: pack-owner
  - id: tagged
    kind: walk
    store: media
    requires: ["tag:pack"]
`

describe('a pack', () => {
  const using = (use: string, checks = check('own')): Record<string, string> => ({
    'a.yaml': around(checks, `include: [{ pack: ./packs/p.yaml, ${use} }]`),
    'packs/p.yaml': PACK,
  })

  test('is a check file with variables of its own', async () => {
    const spec = await load(using('as: db, with: { connection: main, tables: [x, y], least: 7 }, except: [tagged]'))
    expect(spec.checks.map(({ id, owner, severity, requires, tags }) => [id, owner, severity, requires, tags])).toEqual(
      [
        ['own', 'me', 'high', [], []],
        ['db.counted[x]', 'me', 'low', ['db.there'], ['pack']],
        ['db.counted[y]', 'me', 'low', ['db.there'], ['pack']],
        ['db.there', 'pack-owner', 'low', [], ['pack']],
      ],
    )
    expect(spec.checks[1]).toMatchObject({
      spec: { connection: 'main', table: 'x' },
      assertions: [{ matcher: { text: 'gte 7' } }],
    })
    expect(spec.checks[1]?.place).toMatchObject({ file: 'packs/p.yaml', line: 8 })
  })

  test('its name is its prefix where none is given; its tags are its own', async () => {
    const spec = await load(using('with: { connection: main }', check('own', 'tags: [pack]')))
    expect(spec.checks.map(({ id }) => id)).toEqual(['own', 'p.counted[a]', 'p.there', 'p.tagged'])
    expect(spec.checks[3]?.requires).toEqual(['p.counted[a]', 'p.there'])
  })

  test('twice, each with its own values', async () => {
    const files = using('as: one, with: { connection: main, tables: [x] }, except: [tagged]')
    const twice = (files['a.yaml'] ?? '').replace(
      '}]',
      '}, { pack: ./packs/p.yaml, as: two, with: { connection: main, tables: [y] }, except: [tagged] }]',
    )
    const spec = await load({ ...files, 'a.yaml': twice })
    expect(spec.checks.map(({ id }) => id)).toEqual([
      'own',
      'one.counted[x]',
      'one.there',
      'two.counted[y]',
      'two.there',
    ])
  })

  test('override wins over its own values, and sees the variables around it', async () => {
    const files = using(
      'as: db, with: { connection: "${var.where}" }, override: { there: { owner: "${var.who}", expect: { missing: 3 }, requires: [own] } }',
    )
    const spec = await load({
      ...files,
      'a.yaml': (files['a.yaml'] ?? '').replace(
        'include:',
        'vars: { who: { default: dana }, where: { default: main } }\ninclude:',
      ),
    })
    const there = spec.checks.find(({ id }) => id === 'db.there')
    expect(there).toMatchObject({ owner: 'dana', requires: ['own'] })
    expect(there?.assertions[0]?.matcher.text).toBe('3')
  })

  test('requiring what was left out is requiring nothing', async () => {
    const spec = await load(using('as: db, with: { connection: main }, except: [there]'))
    expect(spec.checks.find(({ id }) => id === 'db.counted[a]')?.requires).toEqual([])
  })

  test.each<readonly [string, string, string]>([
    [
      'an unknown id to override',
      'with: { connection: main }, override: { ther: { owner: x } }',
      'the pack "./packs/p.yaml" has no check "ther"',
    ],
    [
      'an unknown id to leave out',
      'with: { connection: main }, except: [countd]',
      'the pack "./packs/p.yaml" has no check "countd"',
    ],
    ['an unknown variable', 'with: { connection: main, leest: 1 }', 'with: { leest: … }: there is no variable "leest"'],
    ['a value of another type', 'with: { connection: main, least: "7" }', 'with: { least: … }: a text is not integer'],
    ['a variable it needs', 'as: db', 'variable "connection" is required: give with: { connection: … }'],
    [
      'a secret',
      'with: { connection: "${secret.s}" }',
      'a secret may stand only in URLs, passwords, keys and header values',
    ],
    [
      'an overridden kind',
      'with: { connection: main }, override: { there: { kind: count } }',
      '"kind" cannot be overridden',
    ],
    [
      'a wrong prefix',
      'as: A, with: { connection: main }',
      '"as" of this include: ids are lower-case letters, digits and dashes, at most 63',
    ],
    ['an unknown key', 'whit: { connection: main }', 'unknown key "whit" in this include'],
  ])('%s', async (_name, use, message) => {
    const files = using(use)
    const { issues } = await told(
      { ...files, 'a.yaml': (files['a.yaml'] ?? '').replace('include:', 'secrets: { s: { env: S } }\ninclude:') },
      { env: { S: 'x' } },
    )
    expect(issues.map((issue) => issue.message)).toContain(message)
  })

  test('that is not there', async () => {
    const file = (name: string) => ({ 'a.yaml': `version: 1\ninclude: [{ pack: ${name} }]\n` })
    expect((await told(file('./p.yaml'))).text).toContain('a.yaml:2:19: error: there is no file "./p.yaml"')
    expect((await told(file('postgers'))).text).toContain('a.yaml:2:19: error: there is no pack "postgers"')
  })

  test('has no part in the run as a whole, and cannot reach out', async () => {
    const pack = `version: 1
gate: {}
checks:
  - { id: x, kind: walk, store: media, title: "\${secret.s} \${var.who}", requires: [own] }
`
    const { issues } = await told({ ...using('as: db', check('own')), 'packs/p.yaml': pack })
    expect(issues.map(({ message }) => message)).toEqual([
      'a pack cannot have "gate"',
      'a pack has no secrets',
      'there is no variable "who"',
      '"requires" of check "db.x": there is no check "own"',
    ])
  })
})
