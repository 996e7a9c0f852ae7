/** Restoring a backup, whole: what comes of it can be checked, and nothing of it is left, however the run ends. */
import type { ChildProcess } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { ownScratch } from '../../src/writes/scratch-owner.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { installed } from '../support/programs.js'
import { serverOrSkip } from '../support/require-server.js'
import { runCli } from '../support/run-cli.js'

const BACKUPS = join(import.meta.dirname, '../../fixtures/backups')
const PLAIN = readFileSync(join(BACKUPS, 'shop-pg15.sql'), 'utf8')
const END = '--\n-- PostgreSQL database dump complete'

let database: TestDatabase
let directory: string

beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database.drop())
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'postflight-restore-'))
  mkdirSync(join(directory, 'backups'))
})
afterEach(async () => {
  rmSync(directory, { recursive: true, force: true })
  // Other tests restore into the same server, and drop theirs as well.
  await expect.poll(scratchDatabases, { timeout: 20_000 }).toEqual([])
})

async function scratchDatabases(): Promise<string[]> {
  const { rows } = await database.client.query(
    "select datname from pg_database where datname like 'postflight\\_restore%'",
  )
  return rows.map(({ datname }) => datname)
}

function put(name: string, content: string): void {
  writeFileSync(join(directory, 'backups', name), content)
}

interface Run {
  readonly match?: string
  readonly url?: string
  readonly writes?: boolean
  readonly started?: (child: ChildProcess) => void
}

async function verify({ match = '*', url = database.url, writes = true, started }: Run = {}) {
  const file = join(directory, 'checks.yaml')
  writeFileSync(
    file,
    `version: 1
secrets: { url: { env: SERVER_URL } }
connections:
  backups: { type: files, root: "${join(directory, 'backups')}" }
  server: { type: postgres, url: "\${secret.url}" }
defaults: { owner: me, severity: high, remediation: see to it }
checks:
  - { id: dump, kind: backup, store: backups, match: "${match}", restore: { server: server } }
  - { id: orders, kind: rows, connection: restored, table: shop.orders, requires: [dump], expect: { count: 500 } }
`,
  )
  const args = ['verify', file, '--json', ...(writes ? ['--allow-writes'] : [])]
  const result = await runCli(args, { env: { SERVER_URL: url }, ...(started && { started }) })
  const checks = result.stdout === '' ? [] : (JSON.parse(result.stdout).checks as Checked[])
  return {
    ...result,
    checks,
    outcomes: checks.map(({ outcome }) => outcome),
    dump: checks.find(({ id }) => id === 'dump'),
  }
}

interface Checked {
  readonly id: string
  readonly outcome: string
  readonly message?: string
  readonly subjects: Record<string, unknown>
  readonly notes: readonly string[]
}

/** A dump whose restore goes on until it is ended, and a promise for when it is under way. */
function endless(): { readonly underWay: () => Promise<void> } {
  put('slow.sql', PLAIN.replace(END, `SELECT pg_sleep(600);\n${END}`))
  return {
    underWay: async () => {
      const sleeping =
        "select from pg_stat_activity where datname like 'postflight\\_restore%' and query like '%pg_sleep%'"
      await expect.poll(async () => (await database.client.query(sleeping)).rowCount, { timeout: 30_000 }).toBe(1)
    },
  }
}

serverOrSkip('pg_restore and psql', installed('pg_restore', 'psql'))('restore', () => {
  it.each(['shop-pg15.dump', 'shop-pg15.tar', 'shop-pg15.sql', 'shop-pg15.sql.zst', 'shop-pg15.dir/'])(
    '%s: what was restored is checked as a connection',
    async (name) => {
      cpSync(join(BACKUPS, name), join(directory, 'backups', name), { recursive: true })
      const { outcomes, dump, stderr } = await verify({ match: name })
      expect(outcomes, stderr).toEqual(['pass', 'pass'])
      expect(dump?.subjects).toMatchObject({ restored: true, restore_errors: 0 })
      expect(dump?.subjects['restore_time']).toBeGreaterThan(0)
    },
  )

  it('counts the errors that pg_restore went on after', async () => {
    const archive = readFileSync(join(BACKUPS, 'shop-pg15.dump'), 'latin1').replace('LANGUAGE sql', 'LANGUAGE xql')
    writeFileSync(join(directory, 'backups/errors.dump'), archive, 'latin1')
    const { outcomes, dump } = await verify()
    expect(dump?.subjects).toMatchObject({ restored: true, restore_errors: 1 })
    expect(outcomes).toEqual(['fail', 'blocked'])
    expect(dump?.notes).toEqual([
      // It is written now, and was made when the fixture was.
      expect.stringContaining('by its own account: it was copied or moved since'),
      'restoring: language "xql" does not exist',
    ])
  })

  it.each([
    ['SELECT * FROM nowhere;', 'relation "nowhere" does not exist'],
    ["SELECT 'alice@example.org'::int;", 'invalid input syntax for type integer: "…"'],
  ])('stops at the first error of a plain dump, and tells no value: %s', async (statement, told) => {
    put('errors.sql', PLAIN.replace(END, `${statement}\n${END}`))
    const { outcomes, dump, stdout } = await verify()
    expect(dump?.subjects).toMatchObject({ restored: false, restore_errors: 1 })
    expect(outcomes).toEqual(['fail', 'blocked'])
    expect(dump?.notes).toEqual([`restoring: ${told}`])
    expect(stdout).not.toContain('alice')
  })

  it('takes no row for a statement where its table is not there', async () => {
    const rows = 'COPY nowhere (a) FROM stdin;\n1; CREATE TABLE shop.intruder ();\n\\.\n'
    put('copy.sql', PLAIN.replace(END, `${rows}SELECT count(*) FROM shop.intruder;\n${END}`))
    const { dump } = await verify()
    expect(dump?.subjects).toMatchObject({ restored: false, restore_errors: 1 })
  })

  it.each([
    ['connects elsewhere', '\\connect postgres\nCREATE TABLE public.intruder ();\n'],
    ['drops a database', 'DROP DATABASE postgres;\nCREATE TABLE public.intruder ();\n'],
    ['makes a role', 'CREATE ROLE intruder;\n'],
  ])('ends at a dump that %s', async (_, text) => {
    put('beyond.sql', PLAIN.replace(END, `${text}${END}`))
    const { outcomes, dump } = await verify()
    expect(outcomes).toEqual(['error', 'blocked'])
    expect(dump?.message).toContain('reaches beyond the scratch database')
  })

  it('runs no program that a dump names', async () => {
    const witness = join(directory, 'witness')
    put('shell.sql', PLAIN.replace(END, `SELECT 1 \\! touch ${witness}\n;\n\\! touch ${witness}\n${END}`))
    const { dump } = await verify()
    expect(() => readFileSync(witness)).toThrow('ENOENT')
    expect(dump?.subjects).toMatchObject({ restored: false, restore_errors: 1 })
  })

  it('does nothing without --allow-writes', async () => {
    put('shop.sql', PLAIN)
    const { outcomes, dump } = await verify({ writes: false })
    expect(outcomes).toEqual(['error', 'blocked'])
    expect(dump?.message).toContain('needs --allow-writes')
  })

  it('says what a role lacks', async () => {
    put('shop.sql', PLAIN)
    await database.client.query("create role poor login password 'poor'")
    const url = new URL(database.url)
    url.username = 'poor'
    url.password = 'poor'
    const { dump, outcomes } = await verify({ url: url.href })
    await database.client.query('drop role poor')
    expect(outcomes).toEqual(['error', 'blocked'])
    expect(dump?.message).toContain('the scratch database could not be made')
  })

  it('leaves nothing when it is interrupted', async () => {
    const { underWay } = endless()
    const { code, outcomes } = await verify({ started: (child) => void underWay().then(() => child.kill('SIGINT')) })
    expect(code).toBe(130)
    expect(outcomes).not.toContain('pass')
  })

  it('leaves nothing when it is killed', async () => {
    const { underWay } = endless()
    await verify({ started: (child) => void underWay().then(() => child.kill('SIGKILL')) })
    await expect.poll(scratchDatabases, { timeout: 20_000 }).toEqual([])
  })

  it('drops what dead runs of this machine left, and touches nothing of others', async () => {
    put('shop.sql', PLAIN)
    const made: string[] = []
    const left = async (token: string, comment: object | string) => {
      made.push(`postflight_restore_${token}`)
      await database.client.query(`create database postflight_restore_${token}`)
      const text = typeof comment === 'string' ? comment : JSON.stringify(comment)
      await database.client.query(`comment on database postflight_restore_${token} is '${text}'`)
    }
    await left('dead', { ...ownScratch('dead'), pid: 2 ** 30 })
    await left('alive', ownScratch('alive'))
    await left('elsewhere', { ...ownScratch('elsewhere'), host: 'elsewhere.example.net' })
    await left('renamed', { ...ownScratch('another'), pid: 2 ** 30 })
    await left('unknown', 'my own database')
    const { outcomes, dump } = await verify()
    const kept = (await scratchDatabases()).filter((name) => made.includes(name))
    for (const name of kept) await database.client.query(`drop database ${name}`)
    expect(outcomes).toEqual(['pass', 'pass'])
    expect(kept.map((name) => name.slice('postflight_restore_'.length)).sort()).toEqual([
      'alive',
      'elsewhere',
      'renamed',
      'unknown',
    ])
    expect(dump?.notes.join('\n')).toMatch(/dropped the scratch database postflight_restore_dead/)
    expect(dump?.notes.join('\n')).toMatch(/_elsewhere was made on elsewhere\.example\.net/)
  })
})
