/** What docs/regular-audits.md gives to systemd and cron, as far as it can be held against them here. */
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import Verify from '../../src/commands/verify.js'
import { ROOT } from '../generated.js'
import { installed } from '../support/programs.js'
import { serverOrSkip } from '../support/require-server.js'
import { directoryOf } from '../support/run-cli.js'

const unit = (name: string): string => readFileSync(join(ROOT, 'docs/units', name), 'utf8')
const FLAGS = new Set(Object.keys({ ...Verify.flags, ...Verify.baseFlags }))
const flagsIn = (text: string): string[] => [...text.matchAll(/ --([a-z-]+)/g)].map(([, name = '']) => name)

test.each(['postflight@.service', 'postflight.cron'])('%s gives flags there are', (name) => {
  const lines = unit(name).replaceAll('\\\n', '')
  const commands = lines.split('\n').filter((line) => line.includes('postflight verify'))
  for (const command of commands) expect(flagsIn(command).filter((flag) => !FLAGS.has(flag))).toEqual([])
  expect(commands.length).toBeGreaterThan(0)
})

test('the crontab has five times, a user and no per cent sign, which cron would take for a newline', () => {
  for (const line of unit('postflight.cron')
    .split('\n')
    .filter((text) => /^\d/.test(text))) {
    expect(line).toMatch(/^\d+ \d+ [*\d]+ \* [*\d] +postflight +set -o pipefail; /)
    expect(line).not.toContain('%')
    execFileSync('bash', ['-n', '-c', line.split('  postflight  ')[1] ?? ''])
  }
})

serverOrSkip('systemd-analyze', installed('systemd-analyze'))('the units', () => {
  test('are such that systemd has nothing to say against them', () => {
    const place = directoryOf()
    try {
      const service = unit('postflight@.service').replace('/usr/local/bin/postflight', '/bin/true')
      for (const [name, text] of [
        ['postflight@daily.service', service],
        ['postflight@daily.timer', unit('postflight@.timer')],
      ] as const)
        writeFileSync(join(place.path, name), text)
      const files = ['./postflight@daily.service', './postflight@daily.timer']
      const { status, stderr } = spawnSync('systemd-analyze', ['verify', ...files], {
        cwd: place.path,
        env: { PATH: process.env['PATH'], SYSTEMD_UNIT_PATH: `${place.path}:` },
        encoding: 'utf8',
      })
      expect([stderr, status]).toEqual(['', 0])
    } finally {
      place.remove()
    }
  })
})
