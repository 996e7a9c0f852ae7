import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { kinds } from '../../src/kinds/index.js'
import { directoryOf, runCli } from '../support/run-cli.js'

const CHECKS = `version: 1
secrets: { url: { env: SHOP_URL } }
vars: { schema: { default: shop } }
connections: { main: { type: postgres, url: "\${secret.url}" }, uploads: { type: files, root: ./u } }
defaults: { owner: team, severity: high, remediation: Restore it. }
checks:
  - { id: orders, kind: rows, connection: main, table: "\${var.schema}.orders", expect: { count: { gte: 1 } } }
  - id: uploads
    kind: artifacts
    rows: { connection: main, sql: select path from uploads, key: path }
    store: uploads
`
const WRONG = CHECKS.replace('expect', 'expct')
const env = { SHOP_URL: 'postgres://u:hunter2hunter2@db/shop' }

const places: ReturnType<typeof directoryOf>[] = []
afterEach(() => {
  for (const place of places.splice(0)) place.remove()
})

function lint(text: string, args: readonly string[] = [], options: Record<string, string> = env) {
  const place = directoryOf({ 'postflight.yaml': text })
  places.push(place)
  return runCli(['lint', ...args], { cwd: place.path, env: options })
}

describe('lint', () => {
  it('counts what holds', async () => {
    expect(await lint(CHECKS)).toEqual({
      code: 0,
      stdout: '1 file, 2 checks, 8 assertions (7 by default): nothing wrong\n',
      stderr: '',
    })
  })

  it('tells mistakes on stderr and exits 2', async () => {
    const { code, stdout, stderr } = await lint(WRONG)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^postflight\.yaml:7:80: error: unknown key "expct" in check "orders" \(kind rows\)\n/)
    expect(stderr).toMatch(/\^{5} did you mean "expect"\?\n/)
    expect(stderr).toMatch(/error: 1 error in the check files\n$/)
  })

  it.each([[['--reporter', 'json']], [['--json']]])('%j makes a document of it, either way', async (args) => {
    const right = await lint(CHECKS, args)
    expect([right.code, right.stderr]).toEqual([0, ''])
    expect(JSON.parse(right.stdout)).toMatchObject({
      schema_version: 1,
      ok: true,
      checks: 2,
      assertions: 8,
      issues: [],
    })
    const wrong = await lint(WRONG, args)
    expect([wrong.code, wrong.stderr]).toEqual([2, ''])
    expect(JSON.parse(wrong.stdout)).toMatchObject({
      ok: false,
      errors: 1,
      issues: [
        {
          level: 'error',
          file: 'postflight.yaml',
          line: 7,
          column: 80,
          end_column: 85,
          hint: 'did you mean "expect"?',
        },
      ],
    })
  })

  it('tells warnings and goes on, unless --strict', async () => {
    const file = CHECKS.replace('checks:', 'waivers: [{ check: gone, reason: r }]\nchecks:').replace(
      '"${secret.url}"',
      'postgres://u:hunter2hunter2@db/x',
    )
    const { code, stdout, stderr } = await lint(file)
    expect([code, stdout]).toEqual([0, '1 file, 2 checks, 8 assertions (7 by default): nothing wrong\n'])
    expect(stderr).toContain('warning: a literal credential in connection "main"')
    expect(stderr).toContain('warning: there is no check "gone" for the waiver "r"')
    expect(stderr).not.toContain('hunter2')
    const strict = await lint(file, ['--strict'])
    expect([strict.code, strict.stdout]).toEqual([2, ''])
    expect(strict.stderr).toContain('error: a literal credential in connection "main"')
    expect(strict.stderr).not.toContain('hunter2')
  })

  it('wants secrets, unless --allow-unset, which says what was not looked at', async () => {
    const missing = await lint(CHECKS, [], {})
    expect(missing.code).toBe(2)
    expect(missing.stderr).toContain('secret "url" is not set: the environment variable SHOP_URL is missing or empty')
    const allowed = await lint(CHECKS, ['--allow-unset', '--strict'], {})
    expect(allowed.code).toBe(0)
    expect(allowed.stderr).toContain('warning: secret "url" is not set')
    const required = await lint(CHECKS.replace('default: shop', 'required: true'), ['--allow-unset'])
    expect(required.stdout).toBe(
      '1 file, 1 check, 7 assertions (7 by default); not read, for want of a value: orders\n',
    )
  })

  it.each([
    [['--var', 'schem=x'], /--var schem=…: there is no variable "schem"[\s\S]*did you mean "schema"/],
    [['--var', 'schema'], /a variable is given as NAME=VALUE/],
    [['gone.yaml'], /cannot read gone\.yaml: no such file/],
  ])('%j exits 2', async (args, pattern) => {
    const { code, stdout, stderr } = await lint(CHECKS, args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(pattern)
  })
})

describe('plan', () => {
  const plan = (args: readonly string[], columns = 200) => {
    const place = directoryOf({ 'postflight.yaml': CHECKS })
    places.push(place)
    return runCli(['plan', ...args], { cwd: place.path, env: { ...env, COLUMNS: String(columns) } })
  }

  it('fits a terminal of 80 columns', async () => {
    const { stdout } = await plan([], 80)
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
    expect(stdout.replace(/\s+/g, ' ')).toContain('the server reads the table or an index once)')
  })

  it('shows every value with the place that says it, defaults, and what would be read', async () => {
    const { code, stdout, stderr } = await plan([])
    expect([code, stderr]).toEqual([0, ''])
    const lines = stdout.split('\n').map((line) => line.trim().replace(/ {2,}/g, ' | '))
    expect(lines).toEqual(
      expect.arrayContaining([
        'orders (kind rows) | postflight.yaml:7',
        'table | shop.orders | postflight.yaml:7 (${var.schema})',
        'owner | team | postflight.yaml:5 (defaults)',
        'timeout | 1h | (built in)',
        'count | gte 1 | postflight.yaml:7',
        'missing | 0 | (default of the kind)',
        'main: count of shop.orders (one query; the server reads the table or an index once)',
        '2 checks. Nothing was opened.',
      ]),
    )
    expect(stdout).not.toContain('hunter2')
  })

  it('is data under --json', async () => {
    const { stdout } = await plan(['--json', '--var', 'schema=other'])
    const { checks, gate } = JSON.parse(stdout)
    expect(gate).toMatchObject({ failOn: 'low' })
    expect(checks[0]).toMatchObject({ id: 'orders', kind: 'rows', file: 'postflight.yaml', line: 7 })
    expect(checks[0].fields).toContainEqual({
      name: 'table',
      value: 'other.orders',
      from: 'check',
      file: 'postflight.yaml',
      line: 7,
      references: ['var.schema'],
    })
    expect(checks[0].fields).toContainEqual({ name: 'timeout', value: '1h', from: 'built in' })
    expect(checks[1].assertions).toContainEqual({
      level: 'tell',
      subject: 'unverifiable',
      matcher: '0',
      origin: 'default',
    })
  })
})

describe('kinds and schema', () => {
  it('list, show and describe', async () => {
    const all = await runCli(['kinds'])
    expect(all.stdout).toMatch(/^rows +Counts the rows of a table\.\n/)
    expect(all.stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
    const one = await runCli(['kinds', 'rows'])
    expect(one.stdout).toMatch(/ {2}\* connection +Connection of type postgres or mysql\.\n/)
    const data = JSON.parse((await runCli(['kinds', '--json'])).stdout)
    expect(data.kinds.map(({ name }: { name: string }) => name)).toEqual(kinds.names)
    for (const columns of [80, 50]) {
      const { stdout } = await runCli(['kinds', 'artifacts'], { env: { COLUMNS: String(columns) } })
      const [page, ...lines] = stdout.trimEnd().split('\n').reverse()
      for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(columns)
      expect(stdout.replace(/\s+/g, ' ')).toContain('Words: hex, base64, bytea, text.')
      expect(readFileSync(page?.trim() ?? '', 'utf8')).toContain('# Kind `artifacts`')
    }
    const wrong = await runCli(['kinds', 'rosw'])
    expect([wrong.code, wrong.stdout]).toEqual([2, ''])
    expect(wrong.stderr).toContain('did you mean "rows"?')
    const schema = await runCli(['schema'])
    expect(JSON.parse(schema.stdout)).toMatchObject({ title: 'postflight check file', additionalProperties: false })
  })
})
