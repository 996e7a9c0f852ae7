/** What a re-run looks at, and what stands, against a real database and real files. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type LiveRunner, openRunner } from '../../../src/cli/audit/runner.js'
import { findCheckFiles } from '../../../src/cli/check-files.js'
import type { RunEvent } from '../../../src/engine/events.js'
import { createLitter } from '../../../src/lib/litter.js'
import type { Book } from '../../../src/tui/findings/book.js'
import { openLiveBook } from '../../../src/tui/findings/live.js'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { directoryOf } from '../../support/run-cli.js'

const FILE = `version: 1
secrets: { url: { env: SHOP_URL } }
connections:
  main: { type: postgres, url: "\${secret.url}" }
  disk: { type: files, root: "\${env.PLACE}" }
defaults: { owner: team-shop, severity: high, remediation: Copy it. }
checks:
  - id: files
    kind: artifacts
    rows: { connection: main, sql: select * from uploads, key: path }
    store: disk
    ignore: ["*.yaml"]
  - { id: rows, kind: rows, connection: main, table: uploads, expect: { count: 2 } }
  - { id: after, kind: rows, connection: main, table: uploads, expect: { count: 2 }, requires: [files] }
`

let database: TestDatabase
let place: ReturnType<typeof directoryOf>
let scratch: string
let book: Book
let runner: LiveRunner
let events: RunEvent[]
const said: string[] = []

beforeAll(async () => {
  database = await createDatabase()
  await database.client.query("create table uploads as select path from unnest(array['a.txt', 'b.txt']) as path")
})
afterAll(() => database.drop())
beforeEach(async () => {
  place = directoryOf({ 'a.txt': 'ok', 'checks.yaml': FILE })
  scratch = mkdtempSync(join(tmpdir(), 'postflight-audit-'))
  book = await openLiveBook({ scratch })
  events = []
  runner = await open()
})
afterEach(async () => {
  await runner.end('SIGINT')
  await book.close()
  place.remove()
  rmSync(scratch, { recursive: true, force: true })
})

function open(env: Readonly<Record<string, string>> = {}): Promise<LiveRunner> {
  return openRunner({
    request: {
      vars: {},
      strict: false,
      selection: {},
      gate: { failOnWarn: false, allowEmpty: false },
      noBaseline: false,
      allowed: { commands: false, writes: false },
      concurrency: 4,
      showData: false,
      quiet: false,
      color: false,
      debug: false,
    },
    files: () => findCheckFiles(['checks.yaml'], place.path),
    world: {
      cwd: place.path,
      env: { SHOP_URL: database.url, PLACE: place.path, ...env },
      version: '0',
      hideSecrets: () => {},
    },
    litter: createLitter(() => {}),
    book,
    onEvent: (event) => void events.push(event),
    write: (text) => void said.push(text),
    onCrash: (error) => void said.push(String(error)),
  })
}

const edit = (from: string, to: string): void => {
  expect(FILE).toContain(from)
  writeFileSync(join(place.path, 'checks.yaml'), FILE.replace(from, to))
}

const first = async (): Promise<void> => {
  runner.start()
  await vi.waitFor(() => expect(runner.isRunning()).toBe(false), 20_000)
  events = []
}

/** Checks that were looked at in the events since. */
const looked = (): readonly string[] =>
  events.flatMap((event) => (event.type === 'check:start' ? [event.id] : [])).sort()

const outcomes = (): Readonly<Record<string, string>> =>
  Object.fromEntries(runner.last()?.ends.map(({ id, outcome }) => [id, outcome]) ?? [])

const keysOf = async (check: string): Promise<readonly (string | undefined)[]> => {
  const found = await book.find({ check, sort: 'found' }, { signal: new AbortController().signal })
  return [...found].map((number) => book.at(number).key)
}

describe('the first run', () => {
  test('tells all that verify would, findings in the book', async () => {
    runner.start()
    await vi.waitFor(() => expect(runner.isRunning()).toBe(false), 20_000)
    expect(events.map(({ type }) => type)).not.toContain('check:finding')
    expect(events.at(0)?.type).toBe('run:start')
    expect(events.at(-1)).toMatchObject({ type: 'run:end', exit: { code: 1 } })
    expect(outcomes()).toEqual({ files: 'fail', rows: 'pass', after: 'blocked' })
    expect(await keysOf('files')).toEqual(['b.txt'])
  })

  test('what is wrong with the check files is thrown before anything runs', async () => {
    edit('kind: rows', 'kind: rosw')
    await expect(open()).rejects.toThrow('1 error in the check files')
  })
})

describe('a re-run', () => {
  test('of one check: what the others came to stands, and the gate is that of all', async () => {
    await first()
    await runner.run(['rows'])
    expect(looked()).toEqual(['rows'])
    expect(outcomes()).toEqual({ files: 'fail', rows: 'pass', after: 'blocked' })
    expect(runner.last()?.end).toMatchObject({ exit: { code: 1 }, tally: { checks: 3, findings: 1 } })
    expect(runner.last()?.start.warnings.at(0)).toMatch(/^2 checks were not looked at again: .* seen from 2/)
    expect(await keysOf('files')).toEqual(['b.txt'])
  })

  test('of what was mended turns green, takes along what it had blocked, and leaves no old finding', async () => {
    await first()
    writeFileSync(join(place.path, 'b.txt'), 'ok')
    await runner.run(['files'])
    expect(looked()).toEqual(['after', 'files'])
    expect(outcomes()).toEqual({ rows: 'pass', files: 'pass', after: 'pass' })
    expect(runner.last()?.end?.exit.code).toBe(0)
    expect(book.counts('files')).toEqual({})
  })

  test('of all looks at all', async () => {
    await first()
    await runner.run()
    expect(looked()).toEqual(['files', 'rows'])
    expect(runner.last()?.start.warnings).toEqual([])
    expect(await keysOf('files')).toEqual(['b.txt'])
  })

  test('uses the check file as it is now, and looks at every check that was edited', async () => {
    await first()
    edit(
      '{ id: rows, kind: rows, connection: main, table: uploads, expect: { count: 2 } }',
      '{ id: rows, kind: rows, connection: main, table: uploads, expect: { count: 3 } }',
    )
    await runner.run(['files'])
    expect(looked()).toEqual(['files', 'rows'])
    expect(outcomes()).toMatchObject({ rows: 'fail' })
  })

  test('looks at a check whose connection was edited', async () => {
    await first()
    edit('root: "${env.PLACE}"', 'root: "${env.PLACE}/gone"')
    await runner.run(['rows'])
    expect(looked()).toEqual(['files', 'rows'])
    expect(outcomes()).toMatchObject({ files: 'error' })
  })

  test('of a file that is broken is told with its place, and nothing is lost', async () => {
    await first()
    const before = runner.last()
    edit('ignore:', 'ignroe:')
    await expect(runner.run(['rows'])).rejects.toThrow(/^checks\.yaml:12:5: unknown key "ignroe".*"ignore"/)
    expect(events).toEqual([])
    expect(runner.last()).toBe(before)
    expect(await keysOf('files')).toEqual(['b.txt'])
    writeFileSync(join(place.path, 'checks.yaml'), FILE)
    await runner.run(['rows'])
    expect(looked()).toEqual(['rows'])
  })

  test('of a check that is gone says so; a check that is gone is no part of the next run', async () => {
    await first()
    writeFileSync(join(place.path, 'checks.yaml'), FILE.replace(/ {2}- \{ id: rows[^\n]*\n/, ''))
    await expect(runner.run(['rows'])).rejects.toThrow('the check files have no rows any more')
    await runner.run(['files'])
    expect(Object.keys(outcomes()).sort()).toEqual(['after', 'files'])
  })

  test('does not mind that the server has ended every session meanwhile', async () => {
    await first()
    await database.client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'postflight/%'",
    )
    await runner.run()
    expect(outcomes()).toMatchObject({ rows: 'pass' })
  })

  test('leaves no session open on the server', async () => {
    await first()
    const { rows } = await database.client.query(
      "select 1 from pg_stat_activity where application_name like 'postflight/%' and datname = current_database()",
    )
    expect(rows).toEqual([])
  })

  test('is refused while a run is under way', async () => {
    runner.start()
    await expect(runner.run(['rows'])).rejects.toThrow('a run is under way')
    await runner.end('SIGINT')
  })
})

describe('a run that is cancelled', () => {
  const WAITS = 'select path from uploads'
  /** As long as somebody holds this lock, the files are looked at. */
  const locked = async (work: () => Promise<void>): Promise<void> => {
    await database.client.query('begin')
    await database.client.query('lock table uploads in access exclusive mode')
    try {
      await work()
    } finally {
      await database.client.query('rollback')
    }
  }
  const cancelled = async (wanted?: readonly string[]): Promise<string | undefined> => {
    let told: string | undefined
    await locked(async () => {
      const running = runner.run(wanted)
      await vi.waitFor(() => expect(looked()).toContain('files'))
      runner.cancel()
      told = await running
    })
    return told
  }

  test('leaves what was seen before, findings, verdict and all, and says so', async () => {
    await first()
    const before = runner.last()
    writeFileSync(join(place.path, 'b.txt'), 'ok')
    expect(await cancelled(['files'])).toBe('a run was stopped: files, after stand as they were seen before')
    const last = runner.last()
    expect(Object.fromEntries(last?.ends.map((end) => [end.id, end]) ?? [])).toEqual(
      Object.fromEntries(before?.ends.map((end) => [end.id, end]) ?? []),
    )
    expect(last?.end).toMatchObject({ exit: before?.end?.exit, gate: before?.end?.gate, tally: before?.end?.tally })
    expect(last?.end).not.toHaveProperty('interrupted')
    expect(last?.start.warnings).toContain('a run was stopped: files, after stand as they were seen before')
    expect(await keysOf('files')).toEqual(['b.txt'])
    expect(events.at(-1)).toMatchObject({ type: 'run:end', exit: { code: 1 } })
  })

  test('may be begun again', async () => {
    await first()
    writeFileSync(join(place.path, 'b.txt'), 'ok')
    await cancelled(['files'])
    expect(await runner.run(['files'])).toBeUndefined()
    expect(outcomes()).toEqual({ rows: 'pass', files: 'pass', after: 'pass' })
    expect(await keysOf('files')).toEqual([])
    expect(runner.last()?.start.warnings.join()).not.toContain('was stopped')
  })

  test('keeps nothing of a check that was edited since', async () => {
    await first()
    edit('sql: select * from uploads', `sql: ${WAITS}`)
    expect(await cancelled(['files'])).toBe('a run was stopped: after stands as it was seen before')
    expect(outcomes()).toMatchObject({ files: 'error', rows: 'pass' })
    expect(runner.last()?.end?.exit.code).not.toBe(0)
    expect(await keysOf('files')).toEqual([])
  })

  test('for the first time ends, interrupted: there is nothing that was seen before', async () => {
    await locked(async () => {
      runner.start()
      await vi.waitFor(() => expect(looked()).toContain('files'))
      runner.cancel()
      await vi.waitFor(() => expect(runner.isRunning()).toBe(false), 20_000)
    })
    expect(runner.last()?.end).toMatchObject({ interrupted: 'SIGINT', exit: { code: 130 } })
  })
})

test('the SQL of a check is that of its file, secrets hidden', async () => {
  const { password } = new URL(database.url)
  const query = 'select path from uploads'
  writeFileSync(
    join(place.path, 'checks.yaml'),
    FILE.replace('select * from uploads', `${query} -- ${password}`).replace(
      'secrets: {',
      'secrets: { word: { env: SHOP_WORD },',
    ),
  )
  await runner.end('SIGINT')
  runner = await open({ SHOP_WORD: password })
  expect(runner.queries('files')).toEqual([`${query} -- <secret word>`])
  expect(runner.queries('rows').join()).toContain('uploads')
  expect(runner.queries('nowhere')).toEqual([])
})

describe('looking at one finding again', () => {
  const finding = { finding: 'missing', key: 'b.txt', refs: 1 }

  test('it stands, and no longer does once the file is there', async () => {
    await first()
    expect(runner.canRecheck('files')).toBe(true)
    expect(runner.canRecheck('rows')).toBe(false)
    expect(await runner.recheck('files', finding)).toMatchObject({ stands: true, now: ['missing'] })
    writeFileSync(join(place.path, 'b.txt'), 'ok')
    expect(await runner.recheck('files', finding)).toMatchObject({
      stands: false,
      sides: [{ there: true }, { there: true, facts: { size: 2 } }],
    })
  })

  test('where it cannot be told, it says why', async () => {
    await first()
    await expect(runner.recheck('rows', finding)).rejects.toThrow(/cannot be looked at one by one/)
    await expect(runner.recheck('files', { ...finding, key: '<secret url>.txt' })).rejects.toThrow(/holds a secret/)
    await database.client.query('alter table uploads rename to elsewhere')
    try {
      await expect(runner.recheck('files', finding)).rejects.toThrow(/uploads.*does not exist/)
    } finally {
      await database.client.query('alter table elsewhere rename to uploads')
    }
  })
})
