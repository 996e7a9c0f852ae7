/** What a database, a directory or a full disk does to a comparison that is under way: never a wrong finding, never a hang. */
import { execFile } from 'node:child_process'
import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { PostgresSource, Session } from '../../src/postgres/source.js'
import type { Store } from '../../src/stores/store.js'
import { createTree, type Tree } from '../kinds/artifacts/tree.js'
import { openWorld, see, type World } from '../kinds/artifacts/world.js'
import { mountsAllowed } from '../support/mounts.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { serverOrSkip } from '../support/require-server.js'
import { BIN, directoryOf } from '../support/run-cli.js'
import { expectDoubt, outcomeOf } from './artifacts-world.js'

const LISTED = { expect: { orphaned: 0 } }
let database: TestDatabase
let tree: Tree
let world: World

beforeAll(async () => {
  database = await createDatabase()
  await database.client.query('create table few as select unnest(array[$1, $2, $3]) as path', ['a/1', 'a/2', 'gone'])
})
afterAll(() => database.drop())

function given(files: Readonly<Record<string, string>>): void {
  tree = createTree(files)
  world = openWorld({ main: { type: 'postgres', url: database.url }, uploads: { type: 'files', root: tree.root } })
}
afterEach(async () => {
  await world?.close()
  tree?.remove()
})

const few = { connection: 'main', sql: 'select path from few', key: 'path' }
// More than fits between the server and a reader who waits, so that the server is still at it.
const many = { ...few, sql: "select 'f' || n || repeat('x', 200) as path from generate_series(1, 300000) n" }

/** The real source, with something done in the middle: `inStream` behind the first page of rows. */
function disturbed(
  source: PostgresSource,
  at: { readonly reading: number; readonly inStream: boolean },
  disturb: (pid: string) => Promise<void>,
): PostgresSource {
  let readings = 0
  return {
    ...source,
    withSession: (options, use) =>
      source.withSession(options, async (session) => {
        if (++readings !== at.reading) return use(session)
        const { rows } = await session.query({ text: 'select pg_catalog.pg_backend_pid()' })
        const pid = rows[0]?.[0] ?? ''
        if (!at.inStream) await disturb(pid)
        const lines: Session['lines'] = async function* (query, how) {
          let first = true
          for await (const page of session.lines(query, how)) {
            yield page
            if (first && at.inStream) await disturb(pid)
            first = false
          }
        }
        return use({ ...session, lines })
      }),
  }
}

const DISTURB: Readonly<Record<string, (pid: string) => Promise<void>>> = {
  'its connection is killed': async (pid) => {
    await database.client.query('select pg_terminate_backend($1)', [pid])
  },
  'its statement is cancelled': async (pid) => {
    await database.client.query('select pg_cancel_backend($1)', [pid])
  },
}

describe.each(Object.entries(DISTURB))('a database of which %s', (what, disturb) => {
  test('while rows stream: an error', async () => {
    given({ 'a/1': 'x' })
    const connections = world.connections.seenFrom('local').connections
    const source = disturbed(connections.postgres('main'), { reading: 1, inStream: true }, disturb)
    const context = { connections: { ...connections, sql: () => source } }
    await expect(see(world, { rows: many, store: 'uploads' }, { ...LISTED, context })).rejects.toThrow(
      /connection|terminat|cancel|stopped/i,
    )
  })

  test.skipIf(what.includes('statement'))('before rows are read again: an error', async () => {
    given({ 'a/1': 'x', 'a/2': 'x' })
    const connections = world.connections.seenFrom('local').connections
    const source = disturbed(connections.postgres('main'), { reading: 2, inStream: false }, disturb)
    const context = { connections: { ...connections, sql: () => source } }
    await expect(see(world, { rows: few, store: 'uploads' }, { ...LISTED, context })).rejects.toThrow(
      /connection|terminat/i,
    )
  })
})

test('a statement that takes longer than the server allows: an error', async () => {
  given({ 'a/1': 'x' })
  const role = `slow_${database.name}`
  await database.client.query(`create role ${role} login password 'slow'`)
  await database.client.query(`alter role ${role} set statement_timeout = '300ms'`)
  const url = new URL(database.url)
  url.username = role
  url.password = 'slow'
  const limited = openWorld({
    main: { type: 'postgres', url: url.href },
    uploads: { type: 'files', root: tree.root },
  })
  try {
    const rows = { ...few, sql: "select 'a/1' as path union all select pg_sleep(30)::text" }
    await expect(see(limited, { rows, store: 'uploads' }, LISTED)).rejects.toThrow(/timeout/)
  } finally {
    await limited.close()
    await database.client.query(`drop role ${role}`)
  }
})

/** The real store, with something done behind the first page of its listing, or before its first look at a key. */
function shaken(store: Store, when: 'list' | 'stat', shake: () => void): Store {
  let shook = false
  const once = () => {
    if (!shook) shake()
    shook = true
  }
  return {
    ...store,
    list: async function* (options) {
      for await (const page of store.list(options)) {
        yield page
        if (when === 'list') once()
      }
    },
    stat: (key, options) => {
      if (when === 'stat') once()
      return store.stat(key, options)
    },
  }
}

async function seeShaken(when: 'list' | 'stat', shake: () => void, fields: object = {}) {
  const connections = world.connections.seenFrom('local').connections
  const store = shaken(connections.store('uploads'), when, shake)
  const context = { connections: { ...connections, store: () => store } }
  return outcomeOf(see(world, { rows: few, store: 'uploads', ...fields }, { ...LISTED, context }))
}

test('a root that vanishes before findings are looked at again: an error', async () => {
  given({ 'a/1': 'x', 'a/2': 'x' })
  expectDoubt(await seeShaken('stat', () => rmSync(tree.root, { recursive: true })))
})

test('a directory that vanishes while it is listed: what was listed is not looked for again', async () => {
  given({ 'a/1': 'x', 'a/2': 'x', 'b/left': 'x' })
  const outcome = await seeShaken('list', () => rmSync(join(tree.root, 'a'), { recursive: true }))
  if ('told' in outcome)
    expect(['missing a/1', 'missing a/2', 'missing gone', 'orphaned b/left']).toEqual(
      expect.arrayContaining([...outcome.told]),
    )
})

test('an orphan that is removed and a missing file that comes before the second look are no findings', async () => {
  given({ 'a/1': 'x', 'a/2': 'x', 'b/left': 'x' })
  const outcome = await seeShaken('stat', () => {
    rmSync(join(tree.root, 'b/left'))
    writeFileSync(join(tree.root, 'gone'), 'x')
  })
  expect(outcome).toMatchObject({ told: [], subjects: { missing: 0, orphaned: 0, matched: 3 } })
})

test('a file that is replaced by another of the right size before the second look is no finding', async () => {
  given({ 'a/1': 'x', 'a/2': 'xx', gone: 'x' })
  const rows = { ...few, sql: 'select path, 1 as size from few', size: 'size' }
  const outcome = await seeShaken(
    'stat',
    () => {
      writeFileSync(join(tree.root, 'new'), 'x')
      renameSync(join(tree.root, 'new'), join(tree.root, 'a/2'))
    },
    { rows },
  )
  expect(outcome).toMatchObject({ told: [], subjects: { size_mismatch: 0, matched: 3 } })
})

serverOrSkip('right to mount', mountsAllowed())('a disk that is full', () => {
  const run = promisify(execFile)
  // All but one file is missing: the rows, the findings and the list of them need more than there is.
  const sql = (count: number) => `select 'f' || n || repeat('x', 40) as path from generate_series(1, ${count}) n`
  async function verify(
    count: number,
    size: string,
    args: (small: string) => readonly string[],
    small: 'TMPDIR' | 'out',
  ) {
    given({ here: 'x' })
    const place = directoryOf({
      'postflight.yaml': `version: 1
connections:
  main: { type: postgres, url: "${database.url}" }
  uploads: { type: files, root: ${tree.root} }
defaults: { owner: me, severity: high, remediation: x, timeout: 60s }
checks:
  - { id: full, kind: artifacts, rows: { connection: main, sql: "${sql(count)}", key: path }, store: uploads }
`,
    })
    const disk = createTree()
    const mount = `mount -t tmpfs -o size=${size} none "${disk.root}"; ${small === 'TMPDIR' ? `export TMPDIR="${disk.root}"; ` : ''}"$@"; code=$?; ls -A "${disk.root}" >&2; exit $code`
    try {
      const command = [
        '--mount',
        '--propagation',
        'private',
        'sh',
        '-c',
        mount,
        'sh',
        process.execPath,
        BIN,
        'verify',
        ...args(disk.root),
      ]
      const { stdout, stderr } = await run('unshare', command, { cwd: place.path, maxBuffer: 1e8 }).catch(
        (error) => error,
      )
      return { stdout: String(stdout), stderr: String(stderr), left: readdirSync(disk.root) }
    } finally {
      disk.remove()
      place.remove()
    }
  }

  test.each([
    ['while rows are sorted', 400_000, '4m'],
    ['while findings are kept', 20_000, '600k'],
  ])('%s: an error that says where', async (_, count, size) => {
    const { stdout } = await verify(count, size, () => ['--json'], 'TMPDIR')
    const report = JSON.parse(stdout)
    expect(report.checks[0]).toMatchObject({ outcome: 'error', message: expect.stringMatching(/no space left/) })
    expect(report.exit.code).toBe(3)
  })

  test('where the lists of findings go: the verdict stands, and that they are not whole is said', async () => {
    const { stdout, stderr } = await verify(
      20_000,
      '200k',
      (dir) => ['--json', '--findings', join(dir, 'found')],
      'out',
    )
    const report = JSON.parse(stdout)
    expect(report.checks[0]).toMatchObject({ subjects: { missing: 20_000 } })
    expect(report.exit.code === 0).toBe(false)
    expect(`${stdout}${stderr}`).toMatch(/no space left|ENOSPC/)
  })

  test('where the report goes: the verdict stands, and that it is not there is said', async () => {
    const { stdout, stderr } = await verify(
      200,
      '4k',
      (dir) => ['--json', '--reporter', `json:${join(dir, 'report.json')}`],
      'out',
    )
    expect(JSON.parse(stdout).checks[0]).toMatchObject({ subjects: { missing: 200 } })
    expect(stderr).toMatch(/no space left|ENOSPC/)
  })
})
