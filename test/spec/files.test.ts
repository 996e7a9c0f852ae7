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
    ['with a key of later', 'version: 1\nsnapshot: []\n', 'a.yaml:2:1: error: "snapshot" is not yet in this version'],
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
