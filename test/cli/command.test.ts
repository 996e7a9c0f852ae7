/** Running what a check file names: only when asked, and without telling what it was given or what it said. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { directoryOf, runCli } from '../support/run-cli.js'

const scratch = mkdtempSync(join(tmpdir(), 'postflight-command-cli-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

async function withFile(text: string, use: (path: string) => Promise<void>): Promise<void> {
  const { path, remove } = directoryOf({ 'check.yaml': text })
  try {
    await use(join(path, 'check.yaml'))
  } finally {
    remove()
  }
}

const file = (command: string, more = '') => `version: 1
secrets: { token: { env: SHOP_TOKEN } }
defaults: { owner: team-shop, severity: high, remediation: Look at it. }
checks:
  - id: it
    kind: command
    command: ${command}
    ${more}
`

it('runs nothing without --allow-commands, and says how', async () => {
  const trace = join(scratch, 'trace')
  await withFile(file(`[touch, ${trace}]`), async (path) => {
    const { code, stdout } = await runCli(['verify', path], { env: { SHOP_TOKEN: 'x'.repeat(12) } })
    expect(code).toBe(3)
    expect(stdout).toContain('running touch needs --allow-commands; it was not done')
    expect(existsSync(trace)).toBe(false)
  })
})

it('says in plan what would run, and that a flag is needed', async () => {
  await withFile(file('[bin/rails, runner, "puts 1"]'), async (path) => {
    const { code, stdout } = await runCli(['plan', path], { env: { SHOP_TOKEN: 'x'.repeat(12) } })
    expect(code).toBe(0)
    expect(stdout.replace(/\s+/g, ' ')).toContain('runs bin/rails runner "puts 1", with --allow-commands only')
  })
})

it('says how a command given as one text is to be written', async () => {
  await withFile(file('bin/rails runner "puts 1"'), async (path) => {
    const { code, stderr } = await runCli(['lint', path], { env: { SHOP_TOKEN: 'x'.repeat(12) } })
    expect(code).toBe(2)
    expect(stderr).toContain('a command is a list of its words')
    expect(stderr).toContain('bin/rails, runner,')
  })
})

it('takes no secret among the words, which every list of processes shows', async () => {
  await withFile(file('[echo, "${secret.token}"]'), async (path) => {
    const { code, stderr } = await runCli(['lint', path], { env: { SHOP_TOKEN: 'x'.repeat(12) } })
    expect(code).toBe(2)
    expect(stderr).toContain('a secret may stand only in')
  })
})

const OUTPUT = 'row-value-of-somebody'
const TOKEN = 'shop-token-1234567890'
/** The words of a command are told; what it says is put together only when it runs. */
const SAYS = `[sh, -c, 'printf "%s-%s\\n" ${OUTPUT.slice(0, 9)} ${OUTPUT.slice(10)}; printf "\\033[2J\\033]0;owned\\007 %s\\n" "$SHOP" >&2; exit 1']`

it.each([
  ['nothing it said', [], false],
  ['what it said where that is asked for', ['--show-data'], true],
])('tells %s, harmless and without the secret', async (_, flags, told) => {
  const reports = join(scratch, `reports-${flags.length}`)
  const more = 'env: { SHOP: "${secret.token}" }\n    expect: { stdout: { contains: absent }, stderr: { empty: true } }'
  await withFile(file(SAYS, more), async (path) => {
    const asked = ['table', 'json', 'ndjson'].flatMap((name) => ['--reporter', `${name}:${reports}.${name}`])
    const args = ['verify', path, '--allow-commands', ...asked, ...flags]
    const { code } = await runCli(args, { env: { SHOP_TOKEN: TOKEN } })
    expect(code).toBe(1)
  })
  for (const name of readdirSync(scratch).filter((one) => one.startsWith(`reports-${flags.length}.`))) {
    const report = readFileSync(join(scratch, name), 'latin1')
    expect(report.includes(OUTPUT), name).toBe(told)
    expect(report).not.toContain(TOKEN)
    expect(report).not.toContain('\u001b]0;')
    expect(report).not.toContain('\u001b[2J')
  }
})
