/** One Ctrl-C while something of ours is written: the run ends when it is removed again, or names it. */
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { directoryOf, runCli } from '../support/run-cli.js'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.client.query('create table jobs (token text)')
})
beforeEach(() => database.client.query('truncate jobs'))
afterAll(() => database.drop())

const common = 'owner: me, severity: high, remediation: mend it, retry: none'
const jobs = async () => (await database.client.query<{ token: string }>('select token from jobs')).rows

async function interrupted(check: string, written: () => Promise<boolean>, env: Record<string, string> = {}) {
  const { path, remove } = directoryOf({
    'checks.yaml': `version: 1
secrets: { url: { env: DATABASE_URL } }
connections: { main: { type: postgres, url: "\${secret.url}" } }
checks:
  - ${check}
`,
  })
  onTestFinished(remove)
  let kill = () => {}
  const running = runCli(['verify', join(path, 'checks.yaml'), '--allow-writes', '--json'], {
    env: { DATABASE_URL: database.url, ...env },
    started: (child) => {
      kill = () => void child.kill('SIGINT')
    },
  })
  await expect.poll(written, { timeout: 20_000, interval: 20 }).toBe(true)
  kill()
  const { code, stdout } = await running
  expect(code).toBe(130)
  return JSON.parse(stdout) as { warnings: readonly string[]; checks: readonly { outcome: string }[] }
}

const canary = (cleanUp: string) => `{ id: c, kind: worker, ${common}, timeout: 60s, canary: {
      enqueue: { connection: main, sql: "insert into jobs values (:token)" },
      done: { connection: main, sql: "select token <> :token from jobs" }, within: 40s,
      clean_up: { connection: main, sql: "${cleanUp}" } } }`

it('a canary is cleaned up although that takes longer than a check is waited for', async () => {
  const slow = 'delete from jobs where token = :token and pg_sleep(2) is not null'
  const { warnings, checks } = await interrupted(canary(slow), async () => (await jobs()).length > 0)
  expect(await jobs()).toEqual([])
  expect(checks).toMatchObject([{ outcome: 'error' }])
  expect(warnings.join()).not.toContain('canary')
})

it('a canary that cannot be cleaned up is named', async () => {
  const broken = 'delete from jobs where token = :token and 1 / (select 0) = 1'
  const { warnings } = await interrupted(canary(broken), async () => (await jobs()).length > 0)
  const [left] = await jobs()
  expect(warnings.join()).toContain(`c: the canary ${left?.token} could not be cleaned up`)
})

it('a canary whose clean-up does not end is named as well', async () => {
  const endless = 'delete from jobs where token = :token and pg_sleep(60) is not null'
  const { warnings } = await interrupted(canary(endless), async () => (await jobs()).length > 0)
  const [left] = await jobs()
  expect(warnings.join()).toMatch(new RegExp(`c: the canary ${left?.token} (could not be cleaned up|may be left)`))
})

it('a probe file is removed although that takes longer than a check is waited for', async () => {
  const { path, remove } = directoryOf()
  onTestFinished(remove)
  mkdirSync(join(path, 'bin'))
  mkdirSync(join(path, 'v'))
  for (const [name, text] of [
    ['dd', 'exec sleep 30'],
    ['rm', `sleep 1.1; exec /bin/rm "$@"`],
  ] as const) {
    writeFileSync(join(path, 'bin', name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(path, 'bin', name), 0o755)
  }
  const files = () => readdirSync(join(path, 'v'))
  const check = `{ id: v, kind: volume, ${common}, path: ${path}/v, timeout: 60s, expect: { mounted: false, writable: true } }`
  const { warnings } = await interrupted(check, async () => files().length > 0, {
    PATH: `${path}/bin:${process.env['PATH']}`,
  })
  expect(files()).toEqual([])
  expect(warnings.join()).not.toContain('probe file')
})
