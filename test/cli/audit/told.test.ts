/** Whoever sits at the desk knows; others are told of what it was left in, where that is asked for. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, expect, it } from 'vitest'
import { type Receiver, startReceiver } from '../../../fixtures/servers/receiver.js'
import { tellLast } from '../../../src/cli/audit/last-report.js'
import { prepare } from '../../../src/cli/prepare.js'
import { createLitter } from '../../../src/lib/litter.js'
import { seenRun } from '../../notify/seen.js'
import { memoryBook } from '../../support/audit-desk.js'
import { directoryOf } from '../../support/run-cli.js'

let place: ReturnType<typeof directoryOf>
let hook: Receiver
afterEach(async () => {
  await hook.stop()
  place.remove()
})

it.each([
  [undefined, []],
  [true, ['/hook', '/ping/1']],
])('with --notify %s it tells %j', async (notify, paths) => {
  hook = await startReceiver()
  place = directoryOf()
  const { path: cwd } = place
  writeFileSync(
    join(cwd, 'a.yaml'),
    `version: 1
name: shop
notify: { ops: { type: webhook, url: "${hook.url}/hook" } }
ping: "${hook.url}/ping"
checks:
  - { id: a, kind: tcp, host: h, port: 1, owner: team, severity: high, remediation: Open it. }
`,
  )
  const selection = { checks: [], tags: [], notTags: [], severities: [], owners: [], kinds: [] }
  const asked = {
    files: ['a.yaml'],
    vars: {},
    strict: false,
    selection,
    gate: { failOnWarn: false, allowEmpty: false },
  }
  const prepared = await prepare(asked, { cwd, env: {}, version: '0.1.0', hideSecrets: () => {} })
  const { start, checks, end } = seenRun({ a: { outcome: 'fail' } }, { exit: { code: 1, reason: 'a failed' } })
  const out = new PassThrough().resume()
  const exit = await tellLast(
    { start, ends: checks.map((check) => check.end), end, hide: (text) => text, prepared },
    {
      requests: [],
      stdout: out,
      stderr: out,
      env: {},
      color: false,
      quiet: true,
      cwd,
      litter: createLitter(() => {}),
      book: memoryBook(),
      version: '0.1.0',
      telling: { notify, showData: false, quiet: true },
    },
  )
  expect(exit.code).toBe(1)
  expect(hook.received.map(({ url }) => url.split('?')[0])).toEqual(paths)
})
