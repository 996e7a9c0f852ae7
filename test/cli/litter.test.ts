import type { ChildProcess } from 'node:child_process'
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { directoryOf, runCli } from '../support/run-cli.js'

let database: TestDatabase
let place: ReturnType<typeof directoryOf>

beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database.drop())
beforeEach(() => {
  place = directoryOf()
  for (const name of ['out', 'tmp']) mkdirSync(join(place.path, name))
})
afterEach(() => place.remove())

/** More findings than a buffer holds, and then a wait: everything that is written while a run goes on is there. */
const CHECKS = `version: 1
secrets: { url: { env: SHOP_URL } }
connections: { main: { type: postgres, url: "\${secret.url}" } }
defaults: { owner: me, severity: high, remediation: x }
checks:
  - { id: many, kind: sql, connection: main, violations: "select case when n = 20000 then pg_sleep(60)::text else repeat('x', 100) end as text from generate_series(1, 20000) n", show: { columns: [text], limit: 20000 } }
`

function run(started: (child: ChildProcess) => void) {
  writeFileSync(join(place.path, 'postflight.yaml'), CHECKS)
  const args = ['verify', '../postflight.yaml', '--findings', 'found', '--reporter', 'ndjson:run.ndjson']
  const env = { SHOP_URL: database.url, TMPDIR: join(place.path, 'tmp') }
  return runCli([...args, '--reporter', 'ndjson'], { cwd: join(place.path, 'out'), env, started })
}

const written = () => readdirSync(join(place.path, 'out'), { recursive: true, encoding: 'utf8' }).sort()
const scratch = () => readdirSync(join(place.path, 'tmp'))

/** Calls once findings have been written half. */
const onceHalfWritten = (child: ChildProcess, call: () => void) =>
  child.stdout?.on('data', () => {
    if (written().some((name) => name.includes('many.ndjson'))) call()
  })

test('scratch is its owner’s alone while a run goes on, and gone after one Ctrl-C', async () => {
  const modes: number[] = []
  const { code } = await run((child) =>
    onceHalfWritten(child, () => {
      for (const name of scratch()) modes.push(statSync(join(place.path, 'tmp', name)).mode & 0o777)
      child.kill('SIGINT')
    }),
  )
  expect(modes.length).toBeGreaterThan(0)
  expect(new Set(modes)).toEqual(new Set([0o700]))
  expect(code).toBe(130)
  expect(scratch()).toEqual([])
  expect(written().filter((name) => name.includes('partial'))).toEqual([])
})

test('two at once leave nothing behind either', async () => {
  const { code } = await run((child) => {
    let first = true
    onceHalfWritten(child, () => {
      if (first) child.kill('SIGINT')
      first = false
    })
    child.stderr?.on('data', (chunk) => {
      if (String(chunk).includes('stopping')) child.kill('SIGINT')
    })
  })
  expect(code).toBe(130)
  expect(scratch()).toEqual([])
  expect(written()).toEqual(['found'])
})
