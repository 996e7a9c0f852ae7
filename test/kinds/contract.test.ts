import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { allKinds, kinds } from '../../src/kinds/index.js'
import {
  type Check,
  type Context,
  type Finding,
  type Kind,
  type Observation,
  subjectsOf,
} from '../../src/kinds/kind.js'
import type { Json } from '../../src/lib/value.js'
import { readSnapshotFile } from '../../src/snapshot/file.js'
import { loadChecks } from '../support/load-check.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { runCli } from '../support/run-cli.js'

const ROOT = join(import.meta.dirname, '../..')
const fixture = (kind: string, name: string) => join(ROOT, 'fixtures/kinds', kind, name)

it('every folder of src/kinds is registered, and nothing else', () => {
  const folders = readdirSync(join(ROOT, 'src/kinds'), { withFileTypes: true })
  expect(kinds.names.toSorted()).toEqual(
    folders
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort(),
  )
})

describe.each((await allKinds()).map((kind) => ({ name: kind.name, kind })))('kind $name', ({ name, kind }) => {
  let database: TestDatabase
  let scratch: string
  let env: Record<string, string>
  /** Taken with `fixtures/kinds/<kind>/before.yaml`, before `after.sql`. */
  let record: { readonly file: string; readonly kept: ReadonlyMap<string, Json> } | undefined
  /** Servers and files that the fixtures of this kind are about: `fixtures/kinds/<kind>/world.ts`. */
  let world: { readonly env: Record<string, string>; readonly stop: () => Promise<void> } | undefined

  beforeAll(async () => {
    database = await createDatabase()
    if (existsSync(fixture(name, 'setup.sql'))) {
      await database.client.query(readFileSync(fixture(name, 'setup.sql'), 'utf8'))
    }
    scratch = mkdtempSync(join(tmpdir(), 'postflight-contract-'))
    if (existsSync(fixture(name, 'world.ts'))) world = await (await import(fixture(name, 'world.ts'))).start()
    env = { FIXTURE_URL: database.url, FIXTURE_FILES: fixture(name, 'files'), ...world?.env }
    if (!existsSync(fixture(name, 'before.yaml'))) return
    const file = join(mkdtempSync(join(tmpdir(), 'postflight-record-')), 'before.snapshot')
    const { code, stderr } = await runCli(['snapshot', fixture(name, 'before.yaml'), '-o', file], { env })
    expect(code, stderr).toBe(0)
    const { checks } = (await readSnapshotFile(file, { cwd: ROOT })).snapshot
    record = { file, kept: new Map(Object.entries(checks).map(([id, { kept }]) => [id, kept ?? null])) }
    await database.client.query(readFileSync(fixture(name, 'after.sql'), 'utf8'))
  })
  afterAll(async () => {
    rmSync(scratch, { recursive: true, force: true })
    if (record !== undefined) rmSync(dirname(record.file), { recursive: true })
    await world?.stop()
    await database.drop()
  })

  it.each([
    ['pass', 0],
    ['fail', 1],
    ['cannot-tell', 3],
  ] as const)('%s.yaml ends with that outcome and exit %i', async (outcome, exit) => {
    const { code, stdout, stderr } = await runCli(
      [
        ...['verify', fixture(name, `${outcome}.yaml`), '--json', '--allow-commands', '--allow-writes'],
        ...(record === undefined ? [] : ['--baseline', record.file]),
      ],
      { env },
    )
    expect(code, stderr).toBe(exit)
    const wanted = { pass: 'pass', fail: 'fail', 'cannot-tell': 'error' }[outcome]
    expect(JSON.parse(stdout).checks.map((check: { outcome: string }) => check.outcome)).toEqual([wanted])
  })

  it('has an example that lints clean, and a page', async () => {
    const example = join('checks/examples', `${name}.yaml`)
    expect(existsSync(join(ROOT, 'docs/kinds', `${name}.md`))).toBe(true)
    const { code, stderr } = await runCli(['lint', '--strict', example], { cwd: ROOT, env: EXAMPLE_ENV })
    expect(code, stderr).toBe(0)
  })

  it('describes every field and every subject, and counts each of its finding classes', async () => {
    const { properties = {} } = z.toJSONSchema(kind.schema, { io: 'input', unrepresentable: 'any' })
    expect(Object.keys(properties)).not.toEqual([])
    for (const [field, property] of Object.entries(properties)) {
      expect(property, `${name}.${field}`).toHaveProperty('description')
    }
    const { findings, observation } = await observed('fail.yaml')
    for (const { finding } of findings) expect(Object.keys(observation.subjects)).toContain(finding)
  })

  it('yields findings that JSON holds and that can be presented', async () => {
    for (const finding of (await observed('fail.yaml')).findings) {
      expect(JSON.parse(JSON.stringify(finding))).toEqual(finding)
      expect(kind.present(finding).headline).not.toBe('')
    }
  })

  it('observes exactly the subjects it declares it will', async () => {
    const { check, observation } = await observed('pass.yaml')
    const declared = subjectsOf(
      kind,
      check.spec,
      check.assertions.map(({ subject }) => subject),
    )
      .filter((subject) => subject.unobserved === undefined)
      .map((subject) => subject.name)
    const measured = Object.entries(observation.subjects)
      .filter(([, value]) => !(typeof value === 'object' && value !== null && 'unobserved' in value))
      .map(([subject]) => subject)
    expect(measured.sort()).toEqual([...declared].sort())
  })

  it('does nothing when it is aborted beforehand', async () => {
    await using(async (check, context) => {
      const walk = (await kind.load()).observe(check as never, context(AbortSignal.abort(new Error('enough'))))
      await expect(drain(walk)).rejects.toThrow()
    })
    expect(await sessions()).toBe(0)
  })

  it('holds no session and no file when its generator is closed early', async () => {
    await using(async (check, context) => {
      const walk = (await kind.load()).observe(check as never, context(new AbortController().signal))
      await walk.next()
      await walk.return({ subjects: {} })
    })
    expect(await sessions()).toBe(0)
    expect(readdirSync(scratch)).toEqual([])
  })

  async function using(
    use: (check: Check, context: (signal: AbortSignal) => Context) => Promise<void>,
    file = 'fail.yaml',
  ) {
    const loaded = await loadChecks(fixture(name, file), { env, scratch })
    try {
      const check = loaded.checks[0] as Check
      const kept = record?.kept.get(check.id)
      const held = kept === undefined ? {} : { record: { kept } }
      await use(check, (signal) => ({ ...loaded.context(signal), ...held }))
    } finally {
      await loaded.close()
    }
  }

  async function observed(file: string) {
    let result: { check: Check; findings: readonly Finding[]; observation: Observation } | undefined
    await using(async (check, context) => {
      const walk = (await kind.load()).observe(check as never, context(new AbortController().signal))
      result = { check, ...(await drain(walk)) }
    }, file)
    return result as NonNullable<typeof result>
  }

  /** A session ends a moment after its socket closes. */
  async function sessions(): Promise<number> {
    let left = 0
    await expect
      .poll(async () => {
        const { rows } = await database.client.query(
          "select count(*)::int as n from pg_stat_activity where application_name like 'postflight%' and datname = current_database()",
        )
        left = rows[0].n
        return left
      })
      .toBe(0)
    return left
  }
})

/** What the examples name. */
const EXAMPLE_ENV = {
  DATABASE_URL: 'postgres://reader@db.example.net/shop',
  S3_SECRET: 'not-a-real-secret',
  REDIS_PASSWORD: 'not-a-real-secret',
  SMTP_PASSWORD: 'not-a-real-secret',
  PAYMENTS_TOKEN: 'not-a-real-token',
}

async function drain(walk: ReturnType<Awaited<ReturnType<Kind['load']>>['observe']>) {
  const findings: Finding[] = []
  for (;;) {
    const next = await walk.next()
    if (next.done) return { findings, observation: next.value }
    if (next.value.type === 'findings') findings.push(...next.value.findings)
  }
}
