import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Door, startThere } from '../../src/vantage/door.js'
import { LEASH } from '../../src/vantage/leash.js'
import { runScript } from '../../src/vantage/run.js'
import { VantageError } from '../../src/vantage/vantage.js'
import { serverOrSkip } from '../support/require-server.js'

/** What login scripts print goes before the first word of the leash; here it also comes late. */
const noisy: Door = {
  label: 'noisy',
  takesUser: false,
  pending: new Set(),
  client: async (argv) => ({
    argv: ['sh', '-c', '{ printf "Welcome\\n17\\n"; "$@"; } | { sleep 0.2; cat; }', 'sh', ...argv],
    env: { PATH: process.env['PATH'] },
  }),
  explain: (said) => new VantageError(said),
}

it('keeps what a login script prints out of what the program prints', async () => {
  const vantage = {
    label: 'noisy',
    start: (argv: readonly string[], options: { signal: AbortSignal }) => startThere(noisy, argv, options),
  }
  const { stdout } = await runScript(vantage, 'echo 5', [], { signal: new AbortController().signal })
  expect(stdout.toString()).toBe('5\n')
})

function canSwitch(): boolean {
  try {
    execFileSync('setpriv', ['--reuid', '54321', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

serverOrSkip('root', canSwitch())('the leash', () => {
  let directory: string
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'postflight-leash-'))
    // An account with groups, without touching those of this machine.
    const id = `#!/bin/sh
case "$*" in
  -u) echo 0 ;; -g) echo 0 ;;
  *app) case $1 in -u | -g) echo 54321 ;; -G) echo 54321 54322 54323 ;; esac ;;
  *) exit 1 ;;
esac
`
    writeFileSync(join(directory, 'id'), id)
    chmodSync(join(directory, 'id'), 0o755)
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  it.each([
    ['app', '54321 54322 54323'],
    ['54321:54399', '54399'],
    ['54321', '54321'],
  ])('looks as %s with the groups it has', (user, groups) => {
    const { stdout } = spawnSync('sh', ['-c', LEASH, 'sh', 'word', user, 'grep', '^Groups:', '/proc/self/status'], {
      env: { PATH: `${directory}:${process.env['PATH']}` },
      input: 'go\n',
      encoding: 'utf8',
    })
    expect(stdout.trim().split(/\s+/).slice(2).join(' ')).toBe(groups)
  })
})
