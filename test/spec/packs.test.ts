import { describe, expect, test } from 'vitest'
import { around, load, told } from './load.js'

const check = (id: string, more = ''): string =>
  `  - { id: ${id}, kind: count, connection: main, table: t, expect: { count: 1 }${more && `, ${more}`} }`

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
