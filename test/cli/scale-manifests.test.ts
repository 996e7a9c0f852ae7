/** The manifests of docs/scale.md, run as they stand: each script in a shell, with volumes and the program put in their places. */
import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { BIN, directoryOf } from '../support/run-cli.js'

const text = readFileSync(join(import.meta.dirname, '../../docs/scale.md'), 'utf8')
const documents = [...text.matchAll(/```yaml\n(.*?)```/gs)].flatMap(([, yaml = '']) =>
  parseAllDocuments(yaml).map((document) => {
    expect(document.errors).toEqual([])
    return document.toJS()
  }),
)
const [parts, verdict, workflow] = documents

let database: TestDatabase
let place: ReturnType<typeof directoryOf>
const at = (name: string) => join(place.path, name)

beforeAll(async () => {
  database = await createDatabase()
  await database.client.query(
    "create table uploads (path text); insert into uploads select 'f' || n from generate_series(1, 40) n",
  )
  place = directoryOf()
  for (const name of ['parts', 'checks', 'uploads', 'bin']) mkdirSync(at(name))
  for (let n = 2; n <= 40; n++) writeFileSync(at(`uploads/f${n}`), 'x')
  writeFileSync(
    at('checks/shop.yaml'),
    `version: 1
secrets: { url: { env: SHOP_DATABASE_URL } }
connections:
  main: { type: postgres, url: "\${secret.url}" }
  uploads: { type: files, root: ./uploads }
defaults: { owner: team-shop, severity: high, remediation: Restore it. }
checks:
  - { id: uploads, kind: artifacts, rows: { connection: main, sql: "select path from uploads", key: path }, store: uploads }
`,
  )
  writeFileSync(at('bin/postflight'), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`)
  chmodSync(at('bin/postflight'), 0o755)
})
afterAll(async () => {
  place.remove()
  await database.drop()
})

function shell(script: string, env: Readonly<Record<string, string>> = {}): Promise<{ code: number; stdout: string }> {
  const path = `${at('bin')}:${process.env['PATH'] ?? ''}`
  const options = { cwd: place.path, env: { PATH: path, SHOP_DATABASE_URL: database.url, LANG: 'C.UTF-8', ...env } }
  return new Promise((resolve) => {
    execFile('sh', ['-ec', script], options, (error, stdout) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout }),
    )
  })
}

describe('the Indexed Job', () => {
  const container = (job: typeof parts) => job.spec.template.spec.containers[0]
  const script = (job: typeof parts) =>
    String(container(job).args[0]).replaceAll('/parts', at('parts')).replaceAll('/checks', at('checks'))

  it('counts the parts its script divides into, and both jobs name the same run', () => {
    expect(container(parts).args[0]).toContain(`/${parts.spec.completions}"`)
    expect(parts.spec).toMatchObject({ completionMode: 'Indexed', parallelism: parts.spec.completions })
    const runOf = (job: typeof parts) => container(job).env.find(({ name }: { name: string }) => name === 'RUN').value
    expect(runOf(parts)).toBe(runOf(verdict))
    expect([container(parts).command, container(verdict).command]).toEqual([
      ['sh', '-ec'],
      ['sh', '-ec'],
    ])
  })

  it('comes to one verdict', async () => {
    for (let index = 0; index < parts.spec.completions; index++) {
      const { code } = await shell(script(parts), { JOB_COMPLETION_INDEX: String(index), RUN: 'one' })
      expect(code).toBe(0)
    }
    const { code, stdout } = await shell(script(verdict), { RUN: 'one' })
    expect(stdout).toContain('1 finding: 1 missing')
    expect(stdout).not.toContain('attempts')
    expect(code).toBe(1)
    expect(readFileSync(at('parts/one/findings/uploads.missing.txt'), 'utf8').trim()).toBe('f1')
  })

  it('names a part that never ran', async () => {
    await shell(script(parts), { JOB_COMPLETION_INDEX: '0', RUN: 'two' })
    const { code, stdout } = await shell(script(verdict), { RUN: 'two' })
    expect([1, 3]).toContain(code)
    expect(stdout).toMatch(/part 2 of 5/)
  })
})

describe('the matrix', () => {
  const stepOf = (job: typeof workflow, script: string) =>
    job.steps.find(({ run }: { run?: string }) => run?.includes(script) === true).run as string

  it('comes to one verdict', async () => {
    const { part, verdict: gate } = workflow.jobs
    const numbers: readonly number[] = part.strategy.matrix.part
    for (const number of numbers) {
      const script = stepOf(part, 'verify').replaceAll('${{ matrix.part }}', String(number)).replace('npx ', '')
      expect(script).toContain(`/${numbers.length}"`)
      mkdirSync(at('parts'), { recursive: true })
      expect((await shell(script)).code).toBe(0)
    }
    const { code, stdout } = await shell(stepOf(gate, 'report').replace('npx ', ''))
    expect(stdout).toContain('1 finding: 1 missing')
    expect(code).toBe(1)
    expect(gate.if).toBe('always()')
  })
})
