import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { directoryOf, runCli } from '../support/run-cli.js'

const run = (name: string) => join(import.meta.dirname, `../../fixtures/reporters/${name}.ndjson`)
const GITHUB = { LANG: 'C.UTF-8', GITHUB_ACTIONS: 'true' }

let place: ReturnType<typeof directoryOf>
beforeEach(() => {
  place = directoryOf()
})
afterEach(() => place.remove())

describe('in a step of GitHub Actions', () => {
  it('annotations come by themselves, before the report for people, whose verdict is the last line', async () => {
    const { stdout, code } = await runCli(['report', run('mixed')], { env: GITHUB })
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^::error file=postflight.yaml,line=40,/)
    expect(lines.findLastIndex((line) => line.startsWith('::'))).toBe(4)
    expect(stdout.slice(stdout.lastIndexOf('\n\n'))).toContain('✖ not passed (exit 1)')
    expect(code).toBe(1)
  })

  it('a document on standard output stays one', async () => {
    const { stdout, stderr } = await runCli(['report', run('mixed'), '--json'], { env: GITHUB })
    expect(JSON.parse(stdout)).toMatchObject({ schema_version: 1 })
    expect(stderr).toMatch(/^::error file=postflight.yaml,line=40,/)
  })

  it('there are none elsewhere, nor where they were asked for in a file', async () => {
    const elsewhere = await runCli(['report', run('mixed')], { env: { LANG: 'C.UTF-8' } })
    const path = join(place.path, 'annotations')
    const asked = await runCli(['report', run('mixed'), '--reporter', `github:${path}`], { env: GITHUB })
    for (const { stdout, stderr } of [elsewhere, asked]) expect(`${stdout}${stderr}`).not.toMatch(/^::/m)
    expect(readFileSync(path, 'utf8')).toMatch(/^::error /)
  })

  it('what stands in its files already stays, and the summary has no more than GitHub takes', async () => {
    const [summary, output] = [join(place.path, 'summary'), join(place.path, 'output')]
    writeFileSync(summary, `${'x'.repeat(1024 * 1024 - 600)}\n`)
    writeFileSync(output, 'before=1\n')
    await runCli(['report', run('mixed'), '--reporter', `junit:${place.path}/j.xml`], {
      env: { ...GITHUB, GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: output },
    })
    expect(readFileSync(summary).length).toBeLessThanOrEqual(1024 * 1024)
    expect(readFileSync(summary, 'utf8')).toMatch(/\n\*\*not passed \(exit 1\)/)
    expect(readFileSync(output, 'utf8')).toBe(
      `before=1\nstatus=failed\nexit_code=1\nfailed=2\nreport=${place.path}/j.xml\n`,
    )
  })

  it('a summary that cannot be written is said, and changes no verdict', async () => {
    const env = { ...GITHUB, GITHUB_STEP_SUMMARY: join(place.path, 'nowhere/summary') }
    const { code, stderr } = await runCli(['report', run('all-passed')], { env })
    expect(stderr).toMatch(/^warning: github: ENOENT/m)
    expect(code).toBe(0)
    const asked = await runCli(['report', run('all-passed'), '--reporter', 'github'], { env })
    expect(asked.code).toBe(5)
  })
})

describe('--reporter nagios', () => {
  it.each([
    ['all-passed', 0, 'OK'],
    ['mixed', 2, 'CRITICAL'],
    ['empty', 3, 'UNKNOWN'],
    ['interrupted', 3, 'UNKNOWN'],
    ['broken-off', 3, 'UNKNOWN'],
  ])('of the run %s ends with %i, as it says', async (name, exit, state) => {
    const { code, stdout } = await runCli(['report', run(name), '--reporter', 'nagios'])
    expect(stdout).toMatch(new RegExp(`^POSTFLIGHT ${state}: `))
    expect(code).toBe(exit)
  })

  it('of what was waited for ends as it says, too', async () => {
    const check = '{ id: up, kind: tcp, host: 127.0.0.1, port: 1, owner: a, severity: high, remediation: b }'
    writeFileSync(join(place.path, 'postflight.yaml'), `version: 1\nchecks: [${check}]\n`)
    const { code, stdout } = await runCli(['wait', '--for', '2s', '--every', '1s', '--reporter', 'nagios'], {
      cwd: place.path,
    })
    expect(stdout).toMatch(/^POSTFLIGHT CRITICAL: 1 of 1 failed \(up\) \|/)
    expect(code).toBe(2)
  })

  it('in a file changes no code', async () => {
    const { code } = await runCli(['report', run('empty'), '--reporter', `nagios:${place.path}/n`])
    expect(code).toBe(4)
  })

  it.each([
    ['a flag that is none', ['verify', '--reporter', 'nagios', '--bogus']],
    ['a check file that is not there', ['verify', 'no|where.yaml', '--reporter=nagios']],
    ['a recording that is none', ['report', 'nothing.ndjson', '--reporter', 'nagios:-']],
  ])('of %s is UNKNOWN, not the CRITICAL that 2 would be', async (_, args) => {
    const { code, stdout } = await runCli(args, { cwd: place.path })
    expect(stdout).toMatch(/^POSTFLIGHT UNKNOWN: [^|\n]+\n$/)
    expect(code).toBe(3)
  })
})

it.each(['junit', 'sarif', 'gitlab', 'tap', 'prometheus', 'html'])(
  'two runs are not one document of %s',
  async (name) => {
    const { code, stderr } = await runCli(['report', run('mixed'), run('empty'), '--reporter', name])
    expect(code).toBe(2)
    expect(stderr).toContain('2 runs make 2 reports')
  },
)
