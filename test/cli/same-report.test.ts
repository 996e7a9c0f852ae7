/** A recorded run that is told again later says the same as the live one, byte for byte, in every format there is. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { REPORTER_NAMES } from '../../src/reporters/index.js'
import { type CliResult, directoryOf, runCli } from '../support/run-cli.js'

/** Every outcome, without a server. */
const CHECKS = `version: 1
name: every outcome
connections: { files: { type: files, root: ./files } }
defaults: { owner: team-shop, severity: high, remediation: "Look at it,\\nthen again.", tags: [all] }
waivers: [{ check: accepted, reason: "known, SHOP-1", approved_by: dana, expires: 2999-01-01 }]
checks:
  - { id: passes, kind: resource, measure: disk_free, path: /, expect: { value: { gte: 1B } } }
  - { id: warns, kind: resource, measure: disk_free, path: /, expect: { value: { gte: 1B } }, warn: { value: { lt: 2B } } }
  - { id: fails, kind: tcp, host: 127.0.0.1, port: 1, retry: { for: 20ms, every: 10ms } }
  - { id: cannot-tell, kind: command, command: ["true"], expect: { exit: 0 } }
  - { id: is-blocked, kind: tcp, host: 127.0.0.1, port: 1, requires: [fails] }
  - { id: is-skipped, kind: tcp, host: 127.0.0.1, port: 1, when: { env.STAGE: { eq: prod } } }
  - { id: accepted, kind: tcp, host: 127.0.0.1, port: 1, retry: { for: 20ms, every: 10ms } }
`
const asFiles = (dir: string) => REPORTER_NAMES.flatMap((name) => ['--reporter', `${name}:${dir}/${name}`])

let place: ReturnType<typeof directoryOf>
let live: CliResult
let again: CliResult
const read = (path: string) => readFileSync(join(place.path, path), 'utf8')

beforeAll(async () => {
  place = directoryOf({ 'postflight.yaml': CHECKS })
  const env = (which: string) => ({
    LANG: 'C.UTF-8',
    COLUMNS: '100',
    GITHUB_STEP_SUMMARY: join(place.path, `${which}-summary`),
    GITHUB_OUTPUT: join(place.path, `${which}-output`),
  })
  live = await runCli(['verify', ...asFiles('live'), '--findings', 'found'], { cwd: place.path, env: env('live') })
  again = await runCli(['report', 'live/ndjson', ...asFiles('again')], { cwd: place.path, env: env('again') })
})
afterAll(() => place.remove())

it('the run has every outcome', () => {
  for (const outcome of ['pass', 'warn', 'fail', 'error', 'blocked', 'skip', 'waived'])
    expect(read('live/ndjson')).toContain(`"outcome":"${outcome}"`)
  expect(live.code).toBe(1)
  expect(again.code).toBe(1)
})

describe.each(REPORTER_NAMES)('%s', (name) => {
  it('of the recorded run is that of the live one', () => {
    expect(read(`live/${name}`).length).toBeGreaterThan(100)
    expect(read(`again/${name}`)).toBe(read(`live/${name}`))
  })
})

it('on standard output is the same as well', () => {
  expect(again.stdout).toBe(live.stdout)
})

it('tells a step of GitHub the same', () => {
  expect(read('live-summary')).toContain('## ✖ every outcome')
  expect(read('again-summary')).toBe(read('live-summary'))
  expect(read('again-output').replaceAll('again/', 'live/')).toBe(read('live-output'))
})
