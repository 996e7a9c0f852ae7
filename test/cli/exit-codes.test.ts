import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { directoryOf, runCli } from '../support/run-cli.js'

let database: TestDatabase
let home: ReturnType<typeof directoryOf>

const check = (id: string, table: string, more: string) =>
  `  - { id: ${id}, kind: rows, connection: main, table: ${table}, tags: [${id}], ${more} }\n`

/** A bug of the program's own: something it never expects to throw does. */
const PLANTED_BUG = `import os from 'node:os'
import { syncBuiltinESMExports } from 'node:module'
os.hostname = () => { throw new TypeError('planted') }
syncBuiltinESMExports()
`

/** Another: it waits for what never comes, and Node ends when nothing can happen any more. */
const NEVER = `import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
fs.promises.readFile = () => new Promise(() => undefined)
syncBuiltinESMExports()
`

beforeAll(async () => {
  database = await createDatabase()
  await database.client.query('create table orders (id int); insert into orders values (1), (2)')
  home = directoryOf({
    'bug.mjs': PLANTED_BUG,
    'never.mjs': NEVER,
    'postflight.yaml': `version: 1
secrets: { url: { env: SHOP_URL } }
connections: { main: { type: postgres, url: "\${secret.url}" } }
defaults: { owner: team-shop, severity: high, remediation: Restore it. }
checks:
${check('whole', 'orders', 'expect: { count: 2 }')}${check('short', 'orders', 'expect: { count: 3 }')}${check('gone', 'nowhere', 'expect: { count: 1 }')}${check('worth-a-look', 'orders', 'expect: { count: { gte: 1 } }, warn: { count: 3 }')}  - id: slow
    kind: sql
    connection: main
    sql: select 1 from pg_sleep(60)
    expect: { value: 1 }
`,
  })
})

afterAll(async () => {
  home.remove()
  await database.drop()
})

const verify = (args: readonly string[], options: Parameters<typeof runCli>[1] = {}) =>
  runCli(['verify', ...args], { cwd: home.path, env: { SHOP_URL: database.url }, ...options })

describe('each exit code, from the built command', () => {
  it.each([
    ['the gate passed', ['--check', 'whole'], 0],
    ['a warning does not gate', ['--check', 'worth-a-look'], 0],
    ['a warning gates where it is asked to', ['--check', 'worth-a-look', '--fail-on-warn'], 1],
    ['a gating check failed', ['--check', 'short'], 1],
    ['a failure below the bar does not gate', ['--check', 'short', '--fail-on', 'critical'], 0],
    ['unknown flag', ['--chekc', 'whole'], 2],
    ['unknown check', ['--check', 'hwole'], 2],
    ['a check could not be evaluated', ['--check', 'gone', '--check', 'whole'], 3],
    ['a proven failure outranks a check that could not be evaluated', ['--check', 'gone', '--check', 'short'], 1],
    ['the deadline of the run passed', ['--check', 'slow', '--timeout', '300ms'], 3],
    ['nothing selected', ['--check', 'whole', '--not-tag', 'whole'], 4],
    ['fewer checks than the minimum', ['--check', 'whole', '--min-checks', '2'], 4],
    ['nothing selected, and that is allowed', ['--check', 'whole', '--not-tag', 'whole', '--allow-empty'], 0],
  ] as const)('%s: %j → %i', async (_, args, code) => {
    const result = await verify(args)
    expect(result.code, result.stdout + result.stderr).toBe(code)
  })

  it('a report that cannot be written once it runs → 5', async () => {
    const result = await verify(['--check', 'whole', '--reporter', 'table', '--reporter', 'ndjson:/dev/full'])
    expect(result.code, result.stderr).toBe(5)
  })

  it('a bug → 70, and no verdict', async () => {
    const result = await verify(['--check', 'whole'], {
      node: ['--import', './bug.mjs'],
      env: { SHOP_URL: database.url },
    })
    expect(result.code).toBe(70)
    expect(result.stderr).toMatch(/bug in postflight/)
    expect(result.stdout).not.toMatch(/passed/)
  })

  it('a run that nothing can end any more → 70, and no verdict', async () => {
    const result = await verify(['--check', 'whole'], { node: ['--import', './never.mjs'] })
    expect(result.code).toBe(70)
    expect(result.stderr).toMatch(/bug in postflight: nothing was left/)
    expect(result.stdout).toBe('')
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s → %i, and the report so far', async (signal, code) => {
    const result = await verify(['--check', 'slow', '--check', 'whole'], {
      started: (child) => {
        child.stderr?.on('data', (text: string) => {
          // Progress says that the quick check has ended: now only the slow one runs.
          if (text.includes('whole')) child.kill(signal)
        })
      },
    })
    expect(result.code, result.stderr).toBe(code)
    expect(result.stdout).toMatch(/slow/)
    expect(result.stdout).toMatch(/whole/)
  })

  it('the JSON document says the code it ends with', async () => {
    const result = await verify(['--check', 'gone', '--json'])
    expect(JSON.parse(result.stdout).exit.code).toBe(result.code)
  })
})
