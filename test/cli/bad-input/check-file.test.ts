import { afterAll, describe, expect, it } from 'vitest'
import { directoryOf, runCli } from '../../support/run-cli.js'

const file = (checks: string, head = '') => `version: 1
${head}
connections:
  main: { type: postgres, host: 127.0.0.1, port: 1, user: nobody }
  uploads: { type: files, root: /nonexistent }
defaults: { owner: team-shop, severity: high, remediation: Restore it. }
checks:
${checks}`

const rows = (more: string) => `  - { id: orders, kind: rows, connection: main, table: orders, ${more} }\n`

/** What a user gets wrong, where postflight must point, and what it must say. */
const CASES: readonly (readonly [string, string, readonly RegExp[]])[] = [
  [
    'unknown key',
    file(rows('expct: { count: { gte: 1 } }')),
    [/bad\.yaml:\d+:\d+: error: .*"expct"/, /did you mean "expect"/],
  ],
  ['unknown kind', file('  - { id: a, kind: rosw, table: a }\n'), [/bad\.yaml:8:/, /did you mean "rows"/]],
  [
    'kind of a later version',
    file('  - { id: a, kind: fingerprint, source: x, expect: { missing: 0 } }\n'),
    [/not yet/],
  ],
  [
    'duplicate id',
    file(rows('expect: { count: 1 }') + rows('expect: { count: 2 }')),
    [/bad\.yaml:9:/, /bad\.yaml:8:|line 8/],
  ],
  ['bare number for a duration', file(rows('timeout: 30, expect: { count: 1 }')), [/30s/]],
  [
    'bad unit in a size',
    file(
      '  - { id: a, kind: artifacts, store: uploads, rows: { connection: main, sql: select 1, key: k }, verify: { checksum: none }, grace: 10x, expect: { missing: 0 } }\n',
    ),
    [/10m|30s/],
  ],
  [
    'missing secret',
    file(rows('expect: { count: 1 }'), 'secrets: { db_url: { env: NO_SUCH_VARIABLE } }'),
    [/db_url/, /NO_SUCH_VARIABLE/],
  ],
  [
    'unknown connection',
    file('  - { id: a, kind: rows, connection: mian, table: a, expect: { count: 1 } }\n'),
    [/mian/, /did you mean "main"/],
  ],
  ['assertion that cannot fail', file(rows('expect: { count: { gte: 0 } }')), [/bad\.yaml:8:/, /count/]],
  ['assertion on something unknown', file(rows('expect: { cuont: 1 }')), [/did you mean "count"/]],
  ['no assertion', file(rows('tags: [a]')), [/assert/]],
  [
    'reference into SQL',
    file("  - { id: a, kind: sql, connection: main, violations: 'select ${var.x}' }\n", 'vars: { x: { default: 1 } }'),
    [/params/],
  ],
  ['cycle of requires', file(rows('expect: { count: 1 }, requires: [orders]')), [/orders/, /cycle/i]],
  ['not YAML', 'version: 1\nchecks: [\n', [/bad\.yaml:\d+:\d+: error/]],
]

describe('bad check files: exit 2, the place, and what to do', () => {
  const directory = directoryOf(Object.fromEntries(CASES.map(([, text], index) => [`${index}-bad.yaml`, text])))
  afterAll(directory.remove)

  it.each(CASES.map(([name, , patterns], index) => ({ name, patterns, index })))(
    '$name',
    async ({ patterns, index }) => {
      for (const command of ['lint', 'verify']) {
        const result = await runCli([command, `${index}-bad.yaml`], { cwd: directory.path })
        expect(result, command).toMatchObject({ code: 2, stdout: '' })
        for (const pattern of patterns) expect(result.stderr).toMatch(pattern)
      }
    },
  )

  it('names a file that is not there', async () => {
    const result = await runCli(['verify', 'nowhere.yaml'], { cwd: directory.path })
    expect(result.code).toBe(2)
    expect(result.stderr).toMatch(/nowhere\.yaml/)
  })

  it('says what it looked for when no file is given', async () => {
    const empty = directoryOf()
    try {
      const result = await runCli(['verify'], { cwd: empty.path })
      expect(result.code).toBe(2)
      expect(result.stderr).toMatch(/postflight\.yaml/)
    } finally {
      empty.remove()
    }
  })

  it('shows all errors of a file at once', async () => {
    const many = directoryOf({
      'postflight.yaml': file(
        `${rows('expct: 1, tagz: [a]')}  - { id: B, kind: rows, connection: main, table: a, expect: { count: 1 } }\n`,
      ),
    })
    try {
      const { stderr } = await runCli(['lint'], { cwd: many.path })
      expect(stderr).toMatch(/"expct"/)
      expect(stderr).toMatch(/"tagz"/)
      expect(stderr).toMatch(/postflight\.yaml:9:/)
    } finally {
      many.remove()
    }
  })
})
