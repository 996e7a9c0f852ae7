import { createHmac, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { seeEnv } from '../../src/probes/env.js'
import { digestEnv } from '../../src/probes/env-digest.js'
import { OWN_ENVIRONMENT } from '../../src/probes/env-entries.js'
import { seeTargets } from '../../src/probes/env-target.js'
import { createLocalVantage } from '../../src/vantage/local.js'
import type { Vantage } from '../../src/vantage/vantage.js'
import { children } from '../kinds/worker/children.js'
import { shellStarts } from '../support/programs.js'
import { serverOrSkip } from '../support/require-server.js'

const { signal } = new AbortController()

/** Value, and what is seen of it. */
const VALUES: Readonly<Record<string, readonly [string, string]>> = {
  PLAIN: ['plain', 'ok'],
  EMPTY: ['', 'empty'],
  QUOTED: ['"value"', 'quoted'],
  SINGLE: ["'value'", 'quoted'],
  ONE_QUOTE: ['"', 'ok'],
  NEWLINE: ['value\n', 'newline'],
  PEM: ['-----BEGIN-----\nabc\n-----END-----\n', 'ok'],
  WINDOWS: ['value\r', 'carriage return'],
  BLANK: [' value', 'blank'],
  TAB: ['value\t', 'blank'],
  BYTES: ['\u00e9\u0001\u007f%s\\n$HOME`id`', 'ok'],
  HIDES: ['x\nINSIDE=secret', 'ok'],
}

for (const shell of ['sh', 'bash', 'busybox sh']) {
  const suite = serverOrSkip(shell, shellStarts(shell))
  suite(`variables of a process, read by ${shell}`, () => variablesRead(shell))
  suite(`where a URL points to, read by ${shell}`, () => urlsRead(shell))
}

function variablesRead(shell: string): void {
  const running = children()
  const vantage = withShell(shell)
  let dir: string
  beforeAll(async () => {
    const env = Object.fromEntries(Object.entries(VALUES).map(([name, [value]]) => [name, value]))
    dir = `/proc/${(await running.start([], env)).pid}`
  })
  afterAll(running.stop)

  it('are told by what is wrong with them, and no part of a value passes for a name', async () => {
    const names = [...Object.keys(VALUES), 'INSIDE', 'NOWHERE']
    const [seen] = await seeEnv(vantage, { dirs: [dir], names }, { signal })
    const expected = Object.fromEntries(Object.entries(VALUES).map(([name, [, state]]) => [name, state]))
    expect(seen).toEqual({ states: { ...expected, INSIDE: 'not set', NOWHERE: 'not set' } })
  })

  it('have the digest that HMAC-SHA-256 gives', async () => {
    const key = randomBytes(64)
    const seen = await digestEnv(vantage, { dir, names: [...Object.keys(VALUES), 'INSIDE'], key }, { signal })
    const expected = Object.entries(VALUES).map(([name, [value]]) => [
      name,
      value === '' ? 'empty' : { digest: createHmac('sha256', key).update(value).digest('hex') },
    ])
    expect(seen).toEqual({ digests: { ...Object.fromEntries(expected), INSIDE: 'not set' } })
  })

  it('of a new process there are those the vantage gives', async () => {
    const names = ['GIVEN', 'PLAIN']
    const [seen] = await seeEnv(vantage, { dirs: [OWN_ENVIRONMENT], names }, { signal })
    expect(seen).toEqual({ states: { GIVEN: 'ok', PLAIN: 'not set' } })
  })

  it('of a process that is gone cannot be told', async () => {
    const gone = await seeEnv(vantage, { dirs: ['/proc/4194305'], names: ['PLAIN'] }, { signal })
    expect(gone).toEqual([{ unreadable: 'its environment may not be read by this user' }])
  })
}

const TARGETS: readonly (readonly [string, unknown])[] = [
  ['postgres://u:p@db.internal/shop', { host: 'db.internal', port: 5432 }],
  ['postgresql://u:p@db.internal:6432/shop?sslmode=require', { host: 'db.internal', port: 6432 }],
  ['postgresql+psycopg2://u:p@db/shop', { host: 'db', port: 5432 }],
  ['redis://:p%40ss@10.0.0.4:6380/2', { host: '10.0.0.4', port: 6380 }],
  ['https://api.example.net', { host: 'api.example.net', port: 443 }],
  ['postgres://u:p@[fd00::1]:5433/shop', { host: 'fd00::1', port: 5433 }],
  ['postgres://a:5432,b:5432/shop', { host: 'a', port: 5432 }],
  ['host=db.internal port=6432 password=secret', { host: 'db.internal', port: 6432 }],
  ['postgres:///shop', 'socket'],
  ['host=/var/run/postgresql dbname=shop', 'socket'],
  ['postgres://u:se/cret@db/shop', 'unclear'],
  ['postgres://u:se@cret@db/shop', 'unclear'],
  ['a-password', 'unclear'],
  ['foo://host/x', 'no port'],
  ['', 'empty'],
]

function urlsRead(shell: string): void {
  const running = children()
  let dir: string
  beforeAll(async () => {
    const env = Object.fromEntries(TARGETS.map(([url], index) => [`U${index}`, url]))
    dir = `/proc/${(await running.start([], env)).pid}`
  })
  afterAll(running.stop)

  it('comes out only where it is certain', async () => {
    const of = TARGETS.map((_, index) => ({ name: `U${index}` }))
    const seen = await seeTargets(withShell(shell), { dir, of: [...of, { name: 'NOWHERE' }] }, { signal })
    expect(seen).toEqual([...TARGETS.map(([, target]) => target), 'not set'])
  })
}

/** The scripts run by another shell than this machine's own. */
function withShell(shell: string): Vantage {
  const local = createLocalVantage({ env: { PATH: process.env['PATH'], GIVEN: 'here' } })
  return { ...local, start: ([, ...rest], options) => local.start([...shell.split(' '), ...rest], options) }
}
