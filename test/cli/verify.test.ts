import type { ChildProcess } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/engine/events.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { type CliOptions, directoryOf, runCli } from '../support/run-cli.js'

let database: TestDatabase
let place: ReturnType<typeof directoryOf>

beforeAll(async () => {
  database = await createDatabase()
  await database.client.query(`
    create table orders (id int primary key);
    insert into orders select generate_series(1, 1234);
    create table uploads (path text primary key, bytes bigint);
    insert into uploads values ('a.txt', 1), ('b.txt', 2), ('gone.txt', 3);
  `)
})
afterAll(() => database.drop())
beforeEach(() => {
  place = directoryOf()
  mkdirSync(join(place.path, 'uploads'))
  for (const [name, text] of [
    ['a.txt', 'a'],
    ['b.txt', 'bb'],
  ] as const)
    writeFileSync(join(place.path, 'uploads', name), text)
})
afterEach(() => place.remove())

const HEAD = `version: 1
name: shop
secrets: { url: { env: SHOP_URL } }
connections:
  main: { type: postgres, url: "\${secret.url}" }
  uploads: { type: files, root: ./uploads }
defaults: { owner: team-shop, severity: high, remediation: Restore it. }
`
const ROWS =
  '{ id: orders-rows, kind: rows, connection: main, table: orders, tags: [quick], expect: { count: { gte: 1000 } } }'
const FEW =
  '{ id: few-orders, kind: rows, connection: main, table: orders, severity: low, expect: { count: { lt: 10 } } }'
const WARNS =
  '{ id: many-orders, kind: rows, connection: main, table: orders, expect: { count: { gte: 1 } }, warn: { count: { lt: 10 } } }'
const ABSENT = '{ id: no-table, kind: rows, connection: main, table: nowhere, expect: { count: { gte: 1 } } }'
const UPLOADS =
  '{ id: uploads-on-disk, kind: artifacts, rows: { connection: main, sql: "select path, bytes from uploads", key: path, size: bytes }, store: uploads }'
const SLOW = '{ id: slow, kind: sql, connection: main, sql: "select count(pg_sleep(60))", expect: { value: 1 } }'

function verify(checks: readonly string[], flags: readonly string[] = [], options: CliOptions = {}) {
  const text = `${HEAD}${checks.length === 0 ? 'checks: []\n' : `checks:\n${checks.map((check) => `  - ${check}\n`).join('')}`}`
  writeFileSync(join(place.path, 'postflight.yaml'), text)
  const env = { SHOP_URL: database.url, LANG: 'C.UTF-8', ...options.env }
  return runCli(['verify', ...flags], { cwd: place.path, ...options, env })
}

const lastParagraph = (text: string) => text.trimEnd().split('\n\n').at(-1)?.replaceAll('\n', ' ')

describe('exit codes', () => {
  it.each([
    ['all pass', [ROWS], [], 0, /^✔ 1 check passed in /],
    ['one fails', [ROWS, UPLOADS], [], 1, /^✖ not passed \(exit 1\): 1 gating check failed: uploads-on-disk$/],
    ['a failure below --fail-on', [ROWS, FEW], ['--fail-on', 'medium'], 0, /^✔ passed: 1 passed, 1 failed in /],
    ['a warning', [WARNS], [], 0, /^✔ passed: 1 warned in /],
    ['a warning under --fail-on-warn', [WARNS], ['--fail-on-warn'], 1, /warned, and warnings block/],
    ['could not tell', [ABSENT], [], 3, /not passed \(exit 3\)/],
    [
      'a failure beside what could not be told',
      [ABSENT, UPLOADS],
      [],
      1,
      /failed: uploads-on-disk; 1 gating check could not be/,
    ],
    ['nothing selected', [ROWS, FEW], ['--tag', 'quick', '--check', 'few-orders'], 4, /no check was selected/],
    [
      'nothing selected under --allow-empty',
      [ROWS, FEW],
      ['--tag', 'quick', '--check', 'few-orders', '--allow-empty'],
      0,
      /0 checks passed/,
    ],
    ['too few', [ROWS], ['--min-checks', '2'], 4, /1 of 1 checks were evaluated, at least 2 must be/],
    ['only what is selected', [ROWS, UPLOADS], ['--tag', 'quick'], 0, /^✔ 1 check passed/],
    ['the deadline passed', [ROWS, SLOW], ['--timeout', '2s'], 3, /could not be evaluated: slow/],
  ])('%s', async (_name, checks, flags, exit, verdict) => {
    const { code, stdout, stderr } = await verify(checks, flags)
    expect(lastParagraph(stdout), stderr).toMatch(verdict)
    expect(code).toBe(exit)
  })

  it.each([
    [['--baseline', 'x'], '--baseline x cannot be read'],
    [['--lock', 'postflight.yaml'], 'is there already, and is no lock of postflight'],
    [['--lock', '.'], '--lock .: no lock can be made there'],
    [['--lock', 'nowhere/lock'], 'in a directory that is'],
    [['--timeout', '5'], 'durations look like'],
    [['--var', 'x'], 'NAME=VALUE'],
    [['--concurrency', '0'], 'greater than or equal to 1'],
    [['--severity', 'huge'], 'one of: critical, high'],
    [['--tag', 'quik'], 'did you mean "quick"?'],
    [['--check', 'order-rows'], 'did you mean "orders-rows"?'],
    [['--reporter', 'jsn'], 'did you mean "json"?'],
    [['--fail-on', 'info'], 'critical, high, medium, low'],
    [['missing.yaml'], 'missing.yaml'],
    [['--reporter', 'json:postflight.yaml/x'], 'cannot be written'],
  ])('%j is a usage error: nothing runs', async (flags, message) => {
    const { code, stdout, stderr } = await verify([ROWS], flags)
    expect(stderr).toContain(message)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  it('an --env-file that is not there ends before anything runs', async () => {
    const { code, stdout, stderr } = await verify([ROWS], ['--env-file', 'missing.env'])
    expect(stderr).toContain('missing.env')
    expect(stdout).toBe('')
    // Node 20 reads this flag itself, even behind the script, and ends with 9; later versions leave it to us.
    expect(code).toBe(/^\S*node: /.test(stderr) ? 9 : 2)
  })

  it('a report that cannot be opened leaves nothing of the others behind', async () => {
    const { code } = await verify([ROWS], ['--reporter', 'json:out.json', '--reporter', 'ndjson:postflight.yaml/x'])
    expect(readdirSync(place.path).sort()).toEqual(['postflight.yaml', 'uploads'])
    expect(code).toBe(2)
  })

  it('a secret that is not set ends before anything runs', async () => {
    const { code, stderr } = await verify([ROWS], [], { env: { SHOP_URL: '' } })
    expect(stderr).toContain('url')
    expect(code).toBe(2)
  })
})

describe('files', () => {
  it('are looked for: ./checks/*.yaml where there is no ./postflight.yaml', async () => {
    const other = directoryOf()
    mkdirSync(join(other.path, 'checks'))
    writeFileSync(join(other.path, 'checks/a.yaml'), `${HEAD}checks:\n  - ${ROWS}\n`)
    writeFileSync(
      join(other.path, 'checks/b.yaml'),
      `${HEAD.replace(/secrets.*?defaults/s, 'defaults')}checks:\n  - ${WARNS}\n`,
    )
    const env = { SHOP_URL: database.url, LANG: 'C.UTF-8' }
    const found = await runCli(['verify'], { cwd: other.path, env })
    const named = await runCli(['verify', 'checks'], { cwd: other.path, env })
    other.remove()
    expect(found.stdout, found.stderr).toContain('2 checks from checks/a.yaml, checks/b.yaml')
    expect(named.stdout).toContain('2 checks from checks/a.yaml, checks/b.yaml')
    expect([found.code, named.code]).toEqual([0, 0])
  })

  it('are missed where there are none', async () => {
    const { code, stderr } = await runCli(['verify'], { cwd: join(place.path, 'uploads') })
    expect(stderr).toContain('there is no check file here')
    expect(stderr).toContain('begin with "A first file" in docs/check-files.md')
    expect(code).toBe(2)
  })
})

describe('reports', () => {
  it('shows findings, what was seen and what to do', async () => {
    const { stdout } = await verify([UPLOADS])
    for (const text of ['gone.txt: missing', 'rows 3', 'Restore it.', 'postflight.yaml:9', 'team-shop', '3 bytes'])
      expect(stdout).toContain(text)
  })

  it('recorded and replayed equal what was shown live', async () => {
    const live = await verify(
      [ROWS, UPLOADS, WARNS, ABSENT],
      ['--reporter', 'ndjson:run.ndjson', '--reporter', 'json:run.json'],
    )
    const cwd = place.path
    const again = await runCli(['report', 'run.ndjson'], { cwd, env: { LANG: 'C.UTF-8' } })
    const document = await runCli(['report', 'run.ndjson', '--json'], { cwd })
    expect(again.stdout).toBe(live.stdout)
    expect(again.code).toBe(live.code)
    expect(document.stdout).toBe(readFileSync(join(cwd, 'run.json'), 'utf8'))
  })

  it('prints one document on stdout under --json, progress elsewhere', async () => {
    const { code, stdout, stderr } = await verify([ROWS, UPLOADS], ['--json'])
    const document = JSON.parse(stdout)
    expect(document.exit.code).toBe(1)
    expect(document.checks.map(({ id, outcome }: { id: string; outcome: string }) => [id, outcome])).toEqual([
      ['orders-rows', 'pass'],
      ['uploads-on-disk', 'fail'],
    ])
    expect(stderr).toContain('uploads-on-disk')
    expect(code).toBe(1)
  })

  it('says one line when all is well and it is asked to be quiet', async () => {
    const { stdout, stderr } = await verify([ROWS], ['--quiet'])
    expect(stdout).toMatch(/^✔ 1 check passed in [^\n]*\n$/)
    expect(stderr).toBe('')
  })

  it.runIf(process.platform === 'linux')(
    'that cannot be written end in 5, and only where nothing is worse',
    async () => {
      const passed = await verify([ROWS], ['--reporter', 'json:/dev/full'])
      expect(passed.stdout).toContain('1 check passed')
      expect(passed.stderr).toContain('a report could not be written: /dev/full')
      expect(passed.code).toBe(5)
      expect((await verify([UPLOADS], ['--reporter', 'json:/dev/full'])).code).toBe(1)
    },
  )

  it('never hold the password of the connection', async () => {
    const url = new URL(database.url)
    url.password = 'orange-tulip-9173'
    url.port = '1'
    const { stdout, stderr } = await verify([ROWS], ['--debug', '--reporter', 'ndjson'], {
      env: { SHOP_URL: url.href },
    })
    expect(stdout).toContain('check:end')
    expect(stdout + stderr).not.toContain('tulip')
  })
})

describe('--findings', () => {
  it('writes what the report counts, and the keys ready to restore', async () => {
    const { code, stdout } = await verify([UPLOADS], ['--findings', 'out'])
    const [finding, ...rest] = readFileSync(join(place.path, 'out/uploads-on-disk.ndjson'), 'utf8')
      .trimEnd()
      .split('\n')
    expect(JSON.parse(finding!)).toMatchObject({ finding: 'missing', key: 'gone.txt', expected: { size: 3 } })
    expect(rest).toEqual([])
    expect(readFileSync(join(place.path, 'out/uploads-on-disk.missing.txt'), 'utf8')).toBe('gone.txt\n')
    expect(stdout).toContain('lists    out/')
    expect(code).toBe(1)
  })

  it('that cannot be written end in 5', async () => {
    const { code, stderr } = await verify([ROWS], ['--findings', 'postflight.yaml'])
    expect(stderr).toContain('a report could not be written: findings')
    expect(code).toBe(5)
  })
})

describe('signals', () => {
  /** Sends signals to `child` once its recorded run shows that the slow check is under way. */
  function when(text: string, act: (child: ChildProcess) => void): Pick<CliOptions, 'started'> {
    return {
      started: (child) => {
        let seen = ''
        let done = false
        child.stdout?.on('data', (chunk) => {
          seen += chunk
          if (done || !seen.includes(text)) return
          done = true
          act(child)
        })
      },
    }
  }

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s stops the run, which still reports', async (signal, exit) => {
    const { code, stdout, stderr } = await verify(
      [ROWS, SLOW],
      ['--reporter', 'ndjson', '--reporter', 'json:run.json', '--concurrency', '1'],
      when('"check:start","id":"slow"', (child) => child.kill(signal)),
    )
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as RunEvent)
    expect(events.at(-1)).toMatchObject({ type: 'run:end', interrupted: signal, exit: { code: exit } })
    expect(JSON.parse(readFileSync(join(place.path, 'run.json'), 'utf8')).exit.code).toBe(exit)
    expect(stderr).toContain(`${signal}: stopping`)
    expect(code).toBe(exit)
  })

  it('a second SIGINT ends the process at once', async () => {
    // The first one is answered on stderr; only then is the second sent.
    const { code } = await verify([SLOW], ['--reporter', 'ndjson'], {
      started: (child) => {
        child.stdout?.once('data', () => child.kill('SIGINT'))
        child.stderr?.on('data', (chunk) => {
          if (String(chunk).includes('stopping')) child.kill('SIGINT')
        })
      },
    })
    expect(code).toBe(130)
  })

  it('leaves no query running in the server', async () => {
    await verify(
      [SLOW],
      ['--reporter', 'ndjson'],
      when('"check:start","id":"slow"', (child) => child.kill('SIGINT')),
    )
    await expect
      .poll(async () => {
        const { rows } = await database.client.query(
          "select count(*)::int as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state = 'active'",
        )
        return rows[0]?.n
      })
      .toBe(0)
  })
})
