import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { type Look, looking } from './look.js'

const ALLOWED = { commands: true, writes: true }

describe('a canary', () => {
  let database: TestDatabase
  let looks: Look
  let folder: string
  let worker: NodeJS.Timeout | undefined

  beforeAll(async () => {
    database = await createDatabase()
    await database.client.query(
      'create table jobs (kind text, token text); create table done (token text, at timestamptz)',
    )
    await database.client.query("insert into jobs values ('mail', 'not ours'); insert into done values ('old', now())")
    looks = looking({ postgres: database.url })
    folder = mkdtempSync(join(tmpdir(), 'postflight-canary-'))
  })
  afterEach(() => clearInterval(worker))
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    await looks.close()
    await database.drop()
  })

  const work = () => {
    worker = setInterval(() => {
      void database.client.query(
        "with taken as (delete from jobs where kind = 'canary' returning token) insert into done select token, now() from taken",
      )
    }, 20)
  }
  const canary = {
    enqueue: { connection: 'main', sql: "insert into jobs values ('canary', :token)" },
    done: { connection: 'main', sql: 'select exists (select from done where token = :token)' },
    within: '15s',
    every: '20ms',
    clean_up: {
      connection: 'main',
      sql: 'with j as (delete from jobs where token = :token) delete from done where token = :token',
    },
  }
  const look = (spec: object, more = {}) =>
    looks.look({ canary: { ...canary, ...spec } }, { allowed: ALLOWED, ...more })
  const written = async () => {
    const { rows } = await database.client.query(
      'select (select array_agg(kind || token order by 1) from jobs) as jobs, (select array_agg(token order by 1) from done) as done',
    )
    return { ...rows[0], files: readdirSync(folder) }
  }
  const BEFORE = { jobs: ['mailnot ours'], done: ['old'], files: [] }

  it('that a worker does passes, says how long it took, and leaves nothing behind', async () => {
    work()
    const { observation } = await look({})
    expect(observation.subjects).toMatchObject({ canary: true, canary_time: expect.any(Number) })
    expect(await written()).toEqual(BEFORE)
  })

  it('that nobody does fails, and leaves nothing behind', async () => {
    const { observation } = await look({ within: '200ms' })
    expect(observation.subjects).toMatchObject({
      canary: false,
      canary_time: { unobserved: 'it was not done within 200ms' },
    })
    expect(await written()).toEqual(BEFORE)
  })

  it('goes by commands and files as well', async () => {
    const file = join(folder, '{token}')
    const { observation } = await look({
      enqueue: { command: ['touch', file] },
      done: { file },
      clean_up: { command: ['rm', '--', file] },
    })
    expect(observation.subjects['canary']).toBe(true)
    expect(await written()).toEqual(BEFORE)
  })

  it('is cleaned up when the run is stopped in the middle', async () => {
    const stop = new AbortController()
    const looked = look({}, { signal: stop.signal })
    await expect.poll(async () => (await written()).jobs.length).toBe(2)
    stop.abort(new Error('enough'))
    await expect(looked).rejects.toThrow('enough')
    expect(await written()).toEqual(BEFORE)
  })

  it('is cleaned up when its result cannot be looked at', async () => {
    const done = { connection: 'main', sql: 'select nothing from nowhere where token = :token' }
    await expect(look({ done })).rejects.toThrow('nowhere')
    expect(await written()).toEqual(BEFORE)
  })

  it('that cannot be cleaned up is named, and that is a gap', async () => {
    work()
    const clean_up = { connection: 'main', sql: 'delete from gone where token = :token' }
    const { observation } = await look({ clean_up })
    const left = /^the canary postflight-canary-[0-9a-f]{16} could not be cleaned up: .*gone/
    expect(observation.gaps?.[0]).toMatch(left)
    clearInterval(worker)
    await database.client.query("delete from done where token <> 'old'")
  })

  it.each([
    ['--allow-writes', { commands: true, writes: false }, {}],
    ['--allow-commands', { commands: false, writes: true }, { clean_up: { command: ['true', '{token}'] } }],
  ])('is not sent without %s', async (flag, allowed, spec) => {
    await expect(look(spec, { allowed })).rejects.toThrow(`needs ${flag}`)
    expect(await written()).toEqual(BEFORE)
  })

  it('is not sent where the check has no time to clean up', async () => {
    const looked = look({}, { check: { timeoutMs: 20_000 } })
    await expect(looked).rejects.toThrow('the canary waits 15s, and the check may take 20s')
    expect(await written()).toEqual(BEFORE)
  })

  it.each([
    ['another kind of statement', 'drop table jobs -- :token', 'begins with INSERT, UPDATE'],
    ['two statements', 'delete from jobs where token = :token; delete from jobs', 'only one statement'],
  ])('refuses %s', async (_, sql, message) => {
    await expect(look({ enqueue: { connection: 'main', sql } })).rejects.toThrow(message)
    expect(await written()).toEqual(BEFORE)
  })
})
