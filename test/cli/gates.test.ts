import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { directoryOf, runCli } from '../support/run-cli.js'

let place: ReturnType<typeof directoryOf>
beforeEach(() => {
  place = directoryOf()
})
afterEach(() => place.remove())

const GOOD = '{ id: good, kind: command, command: ["true"] }'
const BAD = '{ id: bad, kind: command, command: ["false"], severity: medium }'
const WARNED = '{ id: warned, kind: command, command: ["false"], expect: { exit: { lte: 1 } }, warn: { exit: 0 } }'
const UNTOLD = '{ id: untold, kind: command, command: [/nowhere/at-all] }'

function verify(sections: string, checks: readonly string[], flags: readonly string[] = []) {
  const text = `version: 1
defaults: { owner: team-shop, severity: high, remediation: Mend it., tags: [some] }
${sections}
checks: [${checks.join(', ')}]
`
  writeFileSync(join(place.path, 'postflight.yaml'), text)
  return runCli(['verify', '--allow-commands', ...flags], { cwd: place.path, env: { LANG: 'C.UTF-8' } })
}

it.each<readonly [string, string, readonly string[], readonly string[], number]>([
  ['a failure below fail_on', 'gate: { fail_on: high }', [GOOD, BAD], [], 0],
  ['a flag that goes before the file', 'gate: { fail_on: high }', [GOOD, BAD], ['--fail-on', 'medium'], 1],
  ['a warning', '', [GOOD, WARNED], [], 0],
  ['a warning that blocks, by flag', '', [GOOD, WARNED], ['--fail-on-warn'], 1],
  ['a warning that blocks, by the file', 'gate: { warnings: block }', [GOOD, WARNED], [], 1],
  ['what could not be told', '', [GOOD, UNTOLD], [], 3],
  ['what could not be told and may', 'gate: { unevaluated: allow }', [GOOD, UNTOLD], [], 0],
  ['too few checks', 'gate: { min_checks: 3 }', [GOOD, WARNED], [], 4],
  ['few of a selection', 'gate: { min_checks: 3 }', [GOOD, WARNED], ['--tag', 'some'], 0],
  ['too few of a selection', '', [GOOD, WARNED], ['--tag', 'some', '--min-checks', '3'], 4],
])('%s', async (_, sections, checks, flags, exit) => {
  const { code, stdout, stderr } = await verify(sections, checks, flags)
  expect(code, stdout + stderr).toBe(exit)
})

it.each([
  [
    'holds to the end of its day, and is told',
    'expires: 2999-12-31',
    [GOOD, BAD],
    0,
    /waived .*bad[\s\S]*known to Dana/,
  ],
  [
    'is over the day after, and told',
    'expires: 2020-01-01',
    [GOOD, BAD],
    1,
    /waiver of "bad" expired on 2020-01-01: known to Dana/,
  ],
  ['does not cover what could not be told', 'check: untold', [GOOD, UNTOLD], 3, /untold/],
  ['covers that where it says so', 'check: untold, covers: [error]', [GOOD, UNTOLD], 0, /waived .*untold/],
])('a waiver %s', async (_, more, checks, exit, told) => {
  const check = more.includes('check:') ? '' : 'check: bad, '
  const { code, stdout } = await verify(`waivers: [{ ${check}${more}, reason: known to Dana }]`, checks)
  expect(stdout.replace(/\s+/g, ' ')).toMatch(told)
  expect(code).toBe(exit)
})
