/** What is told after an audit, beside what `report` tells of the same recorded run and `verify` of the same checks. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { audit } from '../../../src/cli/audit/audit.js'
import { type LastState, tellLast } from '../../../src/cli/audit/last-report.js'
import { openRecordedDesk } from '../../../src/cli/audit/recorded.js'
import { openRunner } from '../../../src/cli/audit/runner.js'
import { findCheckFiles } from '../../../src/cli/check-files.js'
import { reportRuns } from '../../../src/cli/report.js'
import { createLitter } from '../../../src/lib/litter.js'
import type { ReporterRequest } from '../../../src/reporters/parse-reporter-flag.js'
import type { Book } from '../../../src/tui/findings/book.js'
import { openLiveBook } from '../../../src/tui/findings/live.js'
import { openRecorded } from '../../../src/tui/findings/recorded.js'
import { RUNS } from '../../reporters/support.js'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { directoryOf, runCli } from '../../support/run-cli.js'

const { signal } = new AbortController()
const litter = createLitter(() => {})
let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'postflight-last-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function memory() {
  let text = ''
  const stream = new Writable({
    write: (chunk, _, done) => {
      text += String(chunk)
      done()
    },
  })
  return { stream, text: () => text }
}

const outputs = (requests: readonly ReporterRequest[], stdout: Writable, stderr: Writable) => ({
  ...{ requests, stdout, stderr, env: { COLUMNS: '80', LANG: 'C.UTF-8' }, color: false, quiet: false },
})

async function lastTold(last: LastState, book: Book, requests: readonly ReporterRequest[], findingsDir?: string) {
  const [stdout, stderr] = [memory(), memory()]
  const exit = await tellLast(last, {
    ...outputs(requests, stdout.stream, stderr.stream),
    ...(findingsDir === undefined ? {} : { findingsDir }),
    ...{ cwd: dir, litter, book, version: '0', telling: { quiet: true, notify: false, showData: false } },
  })
  return { exit, stdout: stdout.text(), stderr: stderr.text() }
}

describe.each(RUNS)('of the recorded run "%s"', (name) => {
  test.each(['table', 'json'])('it is what `report` tells: %s', async (format) => {
    const path = join(import.meta.dirname, '../../../fixtures/reporters', `${name}.ndjson`)
    const requests = [{ name: format } as ReporterRequest]
    const { told, book } = await openRecorded(path, { signal, scratch: dir })
    try {
      const screen = { lend: async <T>(use: () => Promise<T>) => use(), send: () => {} }
      const desk = await openRecordedDesk({ path, told, book, cwd: dir, env: {}, screen, litter, signal })
      const after = await lastTold(desk.last(), book, requests)
      const [stdout, stderr] = [memory(), memory()]
      const exit = await reportRuns({ runs: [path], signal, ...outputs(requests, stdout.stream, stderr.stream) })
      expect(after.stdout).toBe(stdout.text())
      expect(after.exit.code).toBe(exit.code)
    } finally {
      await book.close()
    }
  })
})

describe('of checks that were run', () => {
  const FILE = `version: 1
name: shop
connections:
  main: { type: postgres, url: "\${env.SHOP_URL}" }
  disk: { type: files, root: "\${env.PLACE}" }
  old: { type: files, root: "\${env.PLACE}/old" }
defaults: { owner: team-shop, severity: high, remediation: Copy it. }
checks:
  - id: files
    kind: artifacts
    rows: { connection: main, sql: select * from uploads, key: path }
    store: disk
    recover_from: [old]
    ignore: ["*.yaml", "old/**"]
    expect: { missing: 0, orphaned: 0 }
  - { id: rows, kind: rows, connection: main, table: uploads, expect: { count: 3 } }
`
  let database: TestDatabase
  let place: ReturnType<typeof directoryOf>
  beforeAll(async () => {
    database = await createDatabase()
    await database.client.query("create table uploads as select unnest(array['a.txt', 'b.txt', 'c.txt']) as path")
    place = directoryOf({ 'a.txt': 'ok', 'left over': 'x', 'checks.yaml': FILE })
    mkdirSync(join(place.path, 'old'))
    writeFileSync(join(place.path, 'old/b.txt'), 'ok')
  })
  afterAll(async () => {
    place.remove()
    await database.drop()
  })

  const tree = (root: string) =>
    Object.fromEntries(readdirSync(root).map((file) => [file, readFileSync(join(root, file), 'utf8')]))
  const record = (root: string) => {
    const [file, ...more] = readdirSync(root)
    expect(more).toEqual([])
    const { run: _, at: __, ...kept } = JSON.parse(readFileSync(join(root, file ?? ''), 'utf8'))
    return JSON.parse(JSON.stringify(kept, (key, value) => (/^(?:at|duration_ms|run|ended)$/.test(key) ? null : value)))
  }

  test('--findings and --history are those of verify, and so is the exit code', async () => {
    const env = { SHOP_URL: database.url, PLACE: place.path }
    const [ours, theirs] = ['audit', 'verify'].map((name) => join(dir, name)) as [string, string]
    const args = ['verify', 'checks.yaml', '--findings', `${theirs}-findings`, '--history', `${theirs}-history`]
    const verified = await runCli(args, { cwd: place.path, env })
    const book = await openLiveBook({ scratch: dir })
    const runner = await openRunner({
      request: {
        ...{ vars: {}, strict: false, selection: {}, gate: { failOnWarn: false, allowEmpty: false } },
        ...{ noBaseline: false, allowed: { commands: false, writes: false }, concurrency: 4, showData: false },
        ...{ quiet: false, color: false, debug: false, history: `${ours}-history` },
      },
      files: () => findCheckFiles(['checks.yaml'], place.path),
      world: { cwd: place.path, env, version: '0', hideSecrets: () => {} },
      ...{ litter, book, onEvent: () => {}, write: () => {}, onCrash: () => {} },
    })
    try {
      runner.start()
      await vi.waitFor(() => expect(runner.isRunning()).toBe(false), 20_000)
      // A second look is not a second run: the history is that of one.
      await runner.run()
      const last = runner.last()
      if (last === undefined) throw new Error('it never ended')
      const { exit } = await lastTold(last, book, [{ name: 'table' } as ReporterRequest], `${ours}-findings`)
      expect(exit.code).toBe(verified.code)
      expect(tree(`${ours}-findings`)).toEqual(tree(`${theirs}-findings`))
      expect(Object.keys(tree(`${ours}-findings`)).length).toBeGreaterThan(3)
      expect(record(`${ours}-history`)).toEqual(record(`${theirs}-history`))
    } finally {
      await runner.end('SIGINT')
      await book.close()
    }
  })
})

test('where the check files are wrong nothing stays open, and nothing on the disk', async () => {
  const open = () => readdirSync('/proc/self/fd').length
  const place = directoryOf({ 'checks.yaml': 'version: 1\nchecks: [{ id: x, kind: nothing }]\n' })
  const before = { open: open(), left: readdirSync(tmpdir()).filter((name) => name.startsWith('postflight-audit')) }
  const quiet = Object.assign(memory().stream, { isTTY: false, columns: 80, rows: 24 })
  try {
    await expect(
      audit(
        {
          ...{ files: ['checks.yaml'], requests: [], vars: {}, strict: false, selection: {}, noBaseline: false },
          ...{ gate: { failOnWarn: false, allowEmpty: false }, allowed: { commands: false, writes: false } },
          ...{ concurrency: 4, showData: false, quiet: false, color: false, debug: false },
        },
        {
          ...{ cwd: place.path, env: {}, version: '0', hideSecrets: () => {}, atExit: () => {} },
          stdin: new PassThrough() as unknown as NodeJS.ReadStream,
          stdout: quiet as unknown as NodeJS.WriteStream,
          stderr: quiet as unknown as NodeJS.WriteStream,
          proc: process,
          mount: () => Promise.reject(new Error('nothing is drawn')),
        },
      ),
    ).rejects.toThrow('in the check files')
    expect({
      open: open(),
      left: readdirSync(tmpdir()).filter((name) => name.startsWith('postflight-audit')),
    }).toEqual(before)
  } finally {
    place.remove()
  }
})
