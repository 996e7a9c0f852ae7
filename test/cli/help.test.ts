import { describe, expect, it } from 'vitest'
import { EXIT_CODES } from '../../src/engine/exit-code.js'
import { runCli } from '../support/run-cli.js'

describe('help', () => {
  it.each([[['verify', '--help']], [['verify', '-h']], [['help', 'verify']], [['audit', '--help']]])(
    '%j prints every exit code',
    async (args) => {
      const { code, stdout } = await runCli(args, { env: { COLUMNS: '400' } })
      const text = stdout.replace(/\s+/g, ' ')
      for (const exit of EXIT_CODES) expect(text).toContain(`${exit.code} ${exit.meaning}`)
      expect(code).toBe(0)
    },
  )

  it.each([
    [['--help']],
    ...['verify', 'audit', 'wait', 'snapshot', 'lint', 'plan', 'doctor', 'kinds', 'schema', 'report'].map((command) => [
      [command, '--help'],
    ]),
  ])('%j fits a terminal of 80 columns, flags in one column', async (args) => {
    const { stdout } = await runCli(args, { env: { COLUMNS: '80' } })
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
    for (const group of stdout.split('\n\n').filter((part) => /^[A-Z]+ FLAGS\n/.test(part))) {
      const columns = [...group.matchAll(/^ +(?:-\w, )?--.*? {2,}(?=\S)/gm)].map(([head]) => head.length)
      expect(new Set(columns).size, group).toBe(1)
    }
  })

  it.each([
    [['verfy'], 'did you mean "verify"?'],
    [['replay'], 'postflight --help lists the commands'],
    [['verify\x1b[2J'], 'verify\\x1b[2J'],
    [['verify', '--tga', 'x'], 'did you mean --tag?'],
    [['verify', '--tag'], '--tag'],
  ])('%j is suggested for, never run, and ends with 2', async (args, text) => {
    const { code, stdout, stderr } = await runCli(args)
    expect(stderr).toContain(text)
    expect(stderr).not.toContain('\x1b')
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })
})
