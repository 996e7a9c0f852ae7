import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest'
import { freePort } from '../../fixtures/servers/free-port.js'
import { startPostgres } from '../../fixtures/servers/postgres.js'
import { directoryOf, runCli } from '../support/run-cli.js'

let place: ReturnType<typeof directoryOf>
beforeEach(() => {
  place = directoryOf()
})
afterEach(() => place.remove())

const PASSWORD = 'in the morning'

function check(...checks: readonly string[]) {
  return (port: number): string => `version: 1
secrets: { password: { env: SHOP_PASSWORD } }
connections:
  main: { type: postgres, host: 127.0.0.1, port: ${port}, user: postgres, password: "\${secret.password}", database: postgres }
defaults: { owner: team-shop, severity: high, remediation: Start it., tags: [ready] }
checks:
  - { id: never, kind: tcp, host: 127.0.0.1, port: 1, tags: [] }
${checks.map((text) => `  - ${text}\n`).join('')}`
}
const DATABASE = '{ id: database, kind: sql, connection: main, sql: select 1, expect: { value: 1 } }'
const port = (number: number) => `{ id: port, kind: tcp, host: 127.0.0.1, port: ${number} }`

interface Heard {
  readonly stderr: () => string
  readonly child: () => ChildProcess
}

function wait(text: string, flags: readonly string[], whenHeard: readonly [string, (heard: Heard) => void][] = []) {
  writeFileSync(join(place.path, 'postflight.yaml'), text)
  const open = [...whenHeard]
  return runCli(['wait', '--tag', 'ready', ...flags], {
    cwd: place.path,
    env: { SHOP_PASSWORD: PASSWORD, LANG: 'C.UTF-8' },
    started: (child) => {
      let stderr = ''
      child.stderr?.on('data', (chunk) => {
        stderr += chunk
        while (open[0] !== undefined && stderr.includes(open[0][0])) {
          const [[, call] = ['', () => {}]] = open.splice(0, 1)
          call({ stderr: () => stderr, child: () => child })
        }
      })
    },
  })
}

it('waits for a database that starts late and a port that opens late, and says what is missing', async () => {
  const [ofDatabase, ofPort] = [await freePort(), await freePort()]
  const late = createServer((socket) => socket.end())
  let server: ReturnType<typeof startPostgres> | undefined
  onTestFinished(async () => {
    late.close()
    await (await server)?.stop()
  })
  const { code, stdout, stderr } = await wait(
    check(DATABASE, port(ofPort))(ofDatabase),
    ['--for', '50s', '--every', '200ms'],
    [
      // The later setting of two counts.
      ['2 of 2 checks missing', () => (server = startPostgres({ password: PASSWORD, flags: [`port=${ofDatabase}`] }))],
      ['1 of 2 checks missing', () => late.listen(ofPort, '127.0.0.1')],
    ],
  )
  expect(code, stderr).toBe(0)
  expect(stdout).toBe('')
  const lines = stderr.split('\n')
  expect(lines[0]).toBe('waiting for 2 checks, 50s at most, every 200ms')
  expect(lines[2]).toMatch(/^ {2}. error {3}database .*connection refused/)
  expect(lines[3]).toMatch(/^ {2}. fail {4}port .*connection refused/)
  expect(stderr).toMatch(/\nready after \S+( \S+)?, \d+ looks\n$/)
  expect(stderr).not.toContain(PASSWORD)
})

it.each([
  ['what fails', [DATABASE, port(1)], 1, /1 gating check failed: port/],
  ['what could not be told, where nothing failed', [DATABASE], 3, /could not be evaluated: database/],
  ['what nobody gates on', ['{ id: port, kind: tcp, host: 127.0.0.1, port: 1, severity: info }'], 1, /port +info/],
])('ends, when the time is over, by %s, with the report of the last look', async (_, checks, exit, report) => {
  const { code, stdout, stderr } = await wait(check(...checks)(1), ['--for', '1500ms', '--every', '200ms'])
  expect(stdout.replace(/\s+/g, ' ')).toMatch(report)
  expect(stderr).toMatch(/\nnot ready after \S+, [2-9] looks\n$/)
  expect(code).toBe(exit)
})

it('cuts off a look that hangs when the time is over', async () => {
  const silent = createServer(() => {})
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  onTestFinished(() => void silent.close())
  const address = silent.address() as { port: number }
  const { code, stdout } = await wait(check(DATABASE)(address.port), ['--for', '1s'])
  expect(stdout).toContain('raise --for')
  expect(code).toBe(3)
})

it.each([
  [['--for', 'soon'], check(DATABASE)(1), 'durations look like'],
  [[], check('{ id: port, kind: tpc }')(1), 'did you mean "tcp"?'],
  [['--tag', 'raedy'], check(DATABASE)(1), 'did you mean "ready"?'],
])('%j with a wrong word ends with 2 before anything was looked at', async (flags, text, message) => {
  const { code, stdout, stderr } = await wait(text, flags)
  expect(stderr).toContain(message)
  expect(stderr).not.toContain('waiting for')
  expect([stdout, code]).toEqual(['', 2])
})

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('told to end by %s, it reports its last look and ends with %i', async (signal, exit) => {
  const { code, stdout } = await wait(
    check(port(1))(1),
    ['--every', '40s'],
    [['1 of 1 check missing', ({ child }) => child().kill(signal)]],
  )
  expect(stdout).toContain('✖ fail  port')
  expect(code).toBe(exit)
})

it('gives the report that was asked for also where all is well', async () => {
  const late = createServer((socket) => socket.end())
  late.listen(0, '127.0.0.1')
  await once(late, 'listening')
  onTestFinished(() => void late.close())
  const text = check(port((late.address() as { port: number }).port))(1)
  const { code, stdout, stderr } = await wait(text, ['--json', '--quiet'])
  const { gate, counts } = JSON.parse(stdout) as { gate: { status: string }; counts: unknown }
  expect([gate.status, stderr, code], JSON.stringify(counts)).toEqual(['passed', '', 0])
})
