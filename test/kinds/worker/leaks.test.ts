/** What is in the environment of a worker stays there: every byte that a run writes is searched for it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runCli } from '../../support/run-cli.js'
import { children } from './children.js'

const SECRETS = ['sEcReT-one', 'sEcReT-two', 'sEcReT-host.invalid', 'sEcReT-argument', 'sEcReT-inside']
const MARK = `leaks-${process.pid}`
const running = children()
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postflight-worker-leaks-'))
  await running.start([MARK, '--password=sEcReT-argument'], {
    KEY: 'sEcReT-one',
    QUOTED: '"sEcReT-one"',
    LINES: 'x\nINSIDE=sEcReT-inside',
    DATABASE_URL: 'postgres://sEcReT-one:sEcReT-two@sEcReT-host.invalid:5432/x',
    SLASH_URL: 'postgres://u:sEcReT-one/sEcReT-two@sEcReT-host.invalid/x',
    REDIS_URL: 'redis://:sEcReT-two@127.0.0.1:1/0',
  })
  await running.start([`${MARK}-web`], { KEY: 'sEcReT-two' })
  writeFileSync(
    join(folder, 'checks.yaml'),
    `version: 1
checks:
  - id: mailer
    kind: worker
    running: { command: ${MARK} --pass, since: "2099-01-01T00:00:00Z" }
    needs:
      env: [KEY, QUOTED, LINES, INSIDE, NOWHERE]
      urls: [{ env: KEY }, { env: SLASH_URL }]
      postgres: [{ env: DATABASE_URL, login: true }]
      redis: [{ env: REDIS_URL }]
    same_as: { from: local, command: ${MARK}-web, env: [KEY] }
    retry: none
    owner: me
    severity: high
    remediation: fix it
`,
  )
})
afterAll(async () => {
  await running.stop()
  rmSync(folder, { recursive: true, force: true })
})

it('no value, host or argument is in anything a run writes', async () => {
  const reporters = ['table', 'json:run.json', 'ndjson:run.ndjson', 'plain:run.txt'].flatMap((one) => [
    '--reporter',
    one,
  ])
  const args = ['verify', 'checks.yaml', ...reporters, '--findings', 'findings', '--show-data', '--allow-commands']
  const { code, stdout, stderr } = await runCli(args, { cwd: folder, env: {} })
  expect(code, stderr).toBe(1)
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const written = files
    .filter(({ name }) => name !== 'checks.yaml')
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
  expect(written.length).toBeGreaterThanOrEqual(3)
  const all = [stdout, stderr, ...written].join('\n')
  expect(all).toContain('env QUOTED')
  for (const secret of SECRETS) expect(all).not.toContain(secret)
})
