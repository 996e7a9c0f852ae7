/** An audit of `artifacts` with `manifest`: a directory held against its record, mended, looked at again. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type LiveRunner, openRunner } from '../../../src/cli/audit/runner.js'
import { createLitter } from '../../../src/lib/litter.js'
import type { Book } from '../../../src/tui/findings/book.js'
import { openLiveBook } from '../../../src/tui/findings/live.js'
import { take } from '../../snapshot/record.js'
import { directoryOf } from '../../support/run-cli.js'

let place: ReturnType<typeof directoryOf>
let scratch: string
let book: Book
let runner: LiveRunner

const put = (name: string, text: string) => writeFileSync(join(place.path, 'there', name), text)
const open = () =>
  openRunner({
    request: {
      vars: {},
      strict: false,
      selection: {},
      gate: { failOnWarn: false, allowEmpty: false },
      baseline: { file: 'before.snapshot', renamed: new Map() },
      noBaseline: false,
      allowed: { commands: false, writes: false },
      concurrency: 4,
      showData: false,
      quiet: false,
      color: false,
      debug: false,
    },
    files: async () => ['postflight.yaml'],
    world: { cwd: place.path, env: {}, version: '0', hideSecrets: () => {} },
    litter: createLitter(() => {}),
    book,
    onEvent: () => undefined,
    write: () => undefined,
    onCrash: (error) => {
      throw error
    },
  })

beforeEach(async () => {
  place = directoryOf()
  writeFileSync(
    join(place.path, 'postflight.yaml'),
    `version: 1
connections: { uploads: { type: files, root: ${join(place.path, 'there')} } }
defaults: { owner: team-shop, severity: high, remediation: Copy them. }
checks:
  - { id: kept, kind: artifacts, store: uploads, manifest: { checksum: sha256 }, verify: { checksum: all } }
`,
  )
  mkdirSync(join(place.path, 'there'))
  for (const name of ['a', 'b', 'c']) put(name, `of ${name}`)
  expect((await take({ cwd: place.path, env: {} })).code).toBe(0)
  scratch = mkdtempSync(join(tmpdir(), 'postflight-audit-'))
  book = await openLiveBook({ scratch })
  rmSync(join(place.path, 'there', 'a'))
  put('b', 'of x')
  put('new', 'x')
  runner = await open()
  runner.start()
  await vi.waitFor(() => expect(runner.isRunning()).toBe(false), 20_000)
})
afterEach(async () => {
  await runner.end('SIGINT')
  await book.close()
  place.remove()
  rmSync(scratch, { recursive: true, force: true })
})

const outcome = () => runner.last()?.ends[0]?.outcome
const findings = async () => {
  const found = await book.find({ check: 'kept', sort: 'found' }, { signal: new AbortController().signal })
  return [...found].map((number) => book.at(number))
}
const again = async () => Promise.all((await findings()).map((finding) => runner.recheck('kept', finding)))

test('it finds what a run against the record does, and has no query to show', async () => {
  expect(outcome()).toBe('fail')
  expect((await findings()).map(({ finding, key }) => `${finding} ${key}`)).toEqual([
    'missing a',
    'checksum_mismatch b',
    'orphaned new',
  ])
  expect(runner.queries('kept')).toEqual([])
})

test('each finding stands until it is mended, the record on the one side and the store on the other', async () => {
  expect(runner.canRecheck('kept')).toBe(true)
  const first = await again()
  expect(first.map(({ stands }) => stands)).toEqual([true, true, true])
  expect(
    first.map(({ sides }) => sides.map(({ where, there }) => [where.replace(/ \(.*\/there\)$/, ''), there])),
  ).toEqual([
    [
      ['the record', true],
      ['uploads', false],
    ],
    [
      ['the record', true],
      ['uploads', true],
    ],
    [
      ['the record', false],
      ['uploads', true],
    ],
  ])
  put('a', 'of a')
  put('b', 'of b')
  rmSync(join(place.path, 'there', 'new'))
  expect((await again()).map(({ stands }) => stands)).toEqual([false, false, false])
})

test('a run anew is held against the same record', async () => {
  put('a', 'of a')
  put('b', 'of b')
  await runner.run(['kept'])
  expect([outcome(), await findings()]).toEqual(['warn', [expect.objectContaining({ key: 'new' })]])
})

test('a record that is no longer there is told, and what was found stands', async () => {
  rmSync(join(place.path, 'before.snapshot'))
  await expect(runner.run(['kept'])).rejects.toThrow('before.snapshot')
  expect(await findings()).toHaveLength(3)
})
