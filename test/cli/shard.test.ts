import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parseShardFlag } from '../../src/cli/flag-values.js'
import type { RunRequest } from '../../src/cli/run-request.js'
import type { RunEvent } from '../../src/engine/events.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { type CliResult, directoryOf, runCli } from '../support/run-cli.js'
import { listsIn, putTogether, runHere, verdictOf } from './parts.js'

let database: TestDatabase
let place: ReturnType<typeof directoryOf>

beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database.drop())
beforeEach(() => {
  place = directoryOf()
})
afterEach(() => place.remove())

const HEAD = `version: 1
name: shop
secrets: { url: { env: SHOP_URL } }
connections:
  main: { type: postgres, url: "\${secret.url}" }
  uploads: { type: files, root: ROOT }
defaults: { owner: team-shop, severity: high, remediation: Restore it. }
`
const QUERY = 'connection: main, sql: "select path, bytes from uploads", key: path, size: bytes'
const artifacts = (rest = '', id = 'uploads-on-disk') =>
  `{ id: ${id}, kind: artifacts, rows: { ${QUERY} }, store: uploads ${rest} }`
const HAS_ROWS = '{ id: has-rows, kind: rows, connection: main, table: uploads, expect: { count: { gte: 1 } } }'

function check(...checks: readonly string[]): void {
  const head = HEAD.replace('ROOT', JSON.stringify(join(place.path, 'uploads')))
  writeFileSync(join(place.path, 'postflight.yaml'), `${head}checks:\n${checks.map((one) => `  - ${one}\n`).join('')}`)
}

/** Rows by key, with the size each declares; a file beside each of `files`, of its size. */
async function world(rows: readonly (string | null)[], files: Readonly<Record<string, number>>): Promise<void> {
  await database.client.query('drop table if exists uploads; create table uploads (path text, bytes bigint)')
  for (const path of rows) await database.client.query('insert into uploads values ($1, 1)', [path])
  for (const [path, bytes] of Object.entries(files)) {
    const file = join(place.path, 'uploads', path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, 'x'.repeat(bytes))
  }
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `d${index % 3}/f${index}`)
const sized = (paths: readonly string[], bytes = 1) => Object.fromEntries(paths.map((path) => [path, bytes]))

const run = (args: readonly string[]): Promise<CliResult> =>
  runCli(args, { cwd: place.path, env: { SHOP_URL: database.url, LANG: 'C.UTF-8' } })
const file = (name: string) => join(place.path, name)
const part = (number: number, of: number, more: Partial<RunRequest> = {}) =>
  runHere(
    { cwd: place.path, env: { SHOP_URL: database.url } },
    {
      shard: { number, of },
      requests: [{ name: 'table' }, { name: 'ndjson', path: file(`${number}.ndjson`) }],
      ...more,
    },
  )
const paths = (of: number) => Array.from({ length: of }, (_, index) => file(`${index + 1}.ndjson`))

async function parts(of: number, more: Partial<RunRequest> = {}): Promise<readonly number[]> {
  const all = Array.from({ length: of }, (_, index) => part(index + 1, of, more))
  return (await Promise.all(all)).map(({ code }) => code)
}

const merged = (runs: readonly string[], findingsDir?: string) => putTogether(place.path, runs, findingsDir)

const outcomeOf = (report: { checks: { id: string; outcome: string }[] }, id = 'uploads-on-disk') =>
  report.checks.find((one) => one.id === id)?.outcome

describe('the parts of a run, put together', () => {
  it.each([1, 3, 7])('come to the verdict and findings of the undivided run: %i', async (of) => {
    const present = names(20)
    const rows = [
      ...present,
      'gone/1',
      'gone/2',
      'a/caf\u00e9',
      'a/caf\u00e9',
      '../out',
      null,
      'small',
      'zz/parent.jpg',
      'purged',
    ]
    await world(rows, {
      ...sized(present),
      'a/cafe\u0301': 1,
      small: 9,
      'zz/parent.jpg': 1,
      'thumbs/zz/parent.jpg.webp': 1,
      'thumbs/nobody.webp': 1,
      'tmp/x': 1,
      'zz/nobody': 1,
    })
    check(
      HAS_ROWS,
      artifacts(
        ', derived: [{ match: "thumbs/{key}.webp" }], ignore: ["tmp/**"], expect: { orphaned: 0, missing: { lt: 10% } }, warn: { renamed: 0 }',
      ),
    )
    const whole = await run(['verify', '--json', '--findings', file('whole')])
    await parts(of)
    const { code, report } = await merged(paths(of), file('together'))

    expect(code).toBe(whole.code)
    expect(verdictOf(report)).toEqual(verdictOf(JSON.parse(whole.stdout)))
    expect(listsIn(file('together'))).toEqual(listsIn(file('whole')))
  })

  it('pass where all is well, whatever a percentage would be in one part', async () => {
    await world(names(30), sized(names(30).slice(1)))
    check(artifacts(', expect: { missing: { lte: 5% } }'))
    expect(await parts(3)).toEqual([0, 0, 0])
    const { code, report } = await merged(paths(3))
    expect([code, outcomeOf(report)]).toEqual([0, 'pass'])
  })

  it('find one cause that no part could see', async () => {
    const kept = names(12)
    await world(
      kept.map((name) => `/srv/shop/${name}`),
      sized(kept),
    )
    check(artifacts(', expect: { orphaned: 0 }'))
    await parts(3)
    const { report } = await merged(paths(3))
    expect(report.checks[0].diagnoses[0].summary).toContain('a rewrite is missing')
  })

  it('count known findings of all parts against their maximum', async () => {
    await world([...names(8), 'x'], { x: 1 })
    check(artifacts(', known: { keys: { match: "^d" }, max: 7, reason: being copied }'))
    expect(await parts(2)).toEqual([0, 0])
    const { code, report } = await merged(paths(2))
    expect([code, report.checks[0].counts, report.checks[0].known]).toEqual([1, { missing: 8 }, 0])
  })

  it('say which part each is of', async () => {
    await world(names(3), sized(names(3)))
    check(artifacts())
    const { code, stdout } = await run(['verify', '--shard', '2/3'])
    expect(code).toBe(0)
    expect(stdout).toContain('part 2 of 3')
    expect(stdout).toContain('no verdict yet')
    await parts(3)
    const together = await run(['report', ...paths(3)])
    expect(together.code).toBe(0)
    expect(together.stdout).toContain('3 parts put together')
  })

  it('fail at once in the part that proves it', async () => {
    await world(names(9), sized(names(9).filter((name) => name !== 'd0/f0')))
    check(artifacts())
    expect((await parts(3)).filter((code) => code === 1)).toHaveLength(1)
  })

  it('have every other check once, and what it requires beside it', async () => {
    await world(names(3), sized(names(3)))
    const others = ['a', 'b', 'c'].map((id) => HAS_ROWS.replace('has-rows', id))
    check(
      ...others,
      '{ id: after, requires: [a], kind: rows, connection: main, table: uploads, expect: { count: { gte: 1 } } }',
      artifacts(', requires: [b]'),
    )
    await parts(3)
    const events = paths(3).map((path) =>
      readFileSync(path, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as RunEvent),
    )
    const ran = events.map((all) => all.flatMap((event) => (event.type === 'check:end' ? [event.id] : [])).sort())
    expect(ran).toEqual([
      ['a', 'after', 'b', 'uploads-on-disk'],
      ['b', 'uploads-on-disk'],
      ['b', 'c', 'uploads-on-disk'],
    ])
    expect((await merged(paths(3))).code).toBe(0)
  })

  it('hold back a check whose requirement only fails over all parts', async () => {
    await world(names(6), sized(names(6)))
    check(
      artifacts(', expect: { rows: { gte: 100 } }'),
      HAS_ROWS.replace('kind:', 'requires: [uploads-on-disk], kind:'),
    )
    expect(await parts(2)).toEqual([0, 0])
    const { report } = await merged(paths(2))
    expect([outcomeOf(report), outcomeOf(report, 'has-rows')]).toEqual(['fail', 'blocked'])
  })

  it('are enough checks together', async () => {
    await world(names(3), sized(names(3)))
    check(HAS_ROWS, artifacts())
    expect(await parts(2, { gate: { failOnWarn: false, allowEmpty: false, minChecks: 3 } })).toEqual([0, 0])
    expect((await merged(paths(2))).code).toBe(4)
  })
})

describe('what is not all parts of one run', () => {
  const recorded = new Map<string, string>()
  let kept: ReturnType<typeof directoryOf>
  const put = () => {
    for (const [name, text] of recorded) writeFileSync(file(name), text)
  }

  beforeAll(async () => {
    kept = directoryOf()
    place = kept
    await world(names(30), sized(names(30)))
    check(HAS_ROWS, artifacts())
    await parts(3)
    for (const path of paths(3)) recorded.set(path.slice(-'1.ndjson'.length), readFileSync(path, 'utf8'))
  })
  afterAll(() => kept.remove())

  it.each([
    [[1, 3], 'part 2 of 3 is missing'],
    [[1], 'part 2 of 3 is missing'],
    [[1, 2, 3, 2], 'part 2 of 3 was given twice'],
  ])('is an error, never a pass: %j', async (numbers, reason) => {
    put()
    const { code, report } = await merged(numbers.map((number) => file(`${number}.ndjson`)))
    expect([code, outcomeOf(report)]).toEqual([3, 'error'])
    expect(report.gate.reason).toContain(reason)
    expect(report.checks[1].gaps[0]).toContain(reason)
  })

  it('is an error where a part was killed', async () => {
    put()
    writeFileSync(file('2.ndjson'), recorded.get('2.ndjson')?.split('\n').slice(0, 2).join('\n') ?? '')
    const { code, report } = await merged(paths(3))
    expect([code, outcomeOf(report)]).toEqual([3, 'error'])
    expect(report.gate.reason).toContain('part 2 of 3 broke off')
  })

  it('is an error where a part was interrupted, though all of its checks had ended', async () => {
    put()
    const interrupted = recorded
      .get('2.ndjson')
      ?.replace('"type":"run:end"', '"type":"run:end","interrupted":"SIGTERM"')
    writeFileSync(file('2.ndjson'), interrupted ?? '')
    const { code, report } = await merged(paths(3))
    expect(code).toBe(3)
    expect(report.gate.reason).toContain('part 2 of 3 was interrupted (SIGTERM)')
  })

  it('is told of where a part is from another day', async () => {
    put()
    writeFileSync(file('2.ndjson'), recorded.get('2.ndjson')?.replaceAll(/"at":"\d{4}/g, '"at":"2020') ?? '')
    const { code, report } = await merged(paths(3))
    expect(code).toBe(0)
    expect(report.warnings.join()).toMatch(/part 2 of 3 began .+ before part \d of 3/)
  })

  it('still fails where another part proves it', async () => {
    await world([...names(5), 'a-lost-one'], sized(names(5)))
    check(HAS_ROWS, artifacts())
    await part(1, 3)
    const { code, report } = await merged([file('1.ndjson')])
    expect([code, outcomeOf(report)]).toEqual([1, 'fail'])
    expect(report.checks[1].gaps).toEqual(['part 2 of 3 is missing', 'part 3 of 3 is missing'])
  })

  it('is an error where rows changed so much that parts were cut elsewhere, until they are cut alike', async () => {
    await world(names(30), sized(names(30)))
    check(artifacts())
    await part(1, 2)
    const more = Array.from({ length: 60 }, (_, index) => `z/${index}`)
    await world([...names(30), ...more], sized(more))
    await part(2, 2)
    const apart = await merged(paths(2))
    expect([apart.code, outcomeOf(apart.report)]).toEqual([3, 'error'])
    expect(apart.report.checks[0].message).toContain('were cut at different places in uploads')
    expect(apart.report.checks[0].hint).toContain('--cuts')

    await part(2, 2, { shard: { number: 2, of: 2, cuts: file('1.ndjson') } })
    const alike = await merged(paths(2))
    expect([alike.code, outcomeOf(alike.report)]).toEqual([0, 'pass'])
  })

  it('is an error where a recording has lost a finding', async () => {
    await world([...names(9), 'a-lost-one'], sized(names(9)))
    check(artifacts(', expect: { missing: { lte: 1 } }'))
    await part(1, 1)
    const lines = readFileSync(file('1.ndjson'), 'utf8').split('\n')
    writeFileSync(file('1.ndjson'), lines.filter((line) => !line.includes('check:finding')).join('\n'))
    const { code, report } = await merged(paths(1))
    expect([code, outcomeOf(report)]).toEqual([3, 'error'])
    expect(report.checks[0].message).toMatch(/part 1 of 1 holds 0 missing, and 1 were found/)
  })

  it.each<[string, Partial<RunRequest>, string, string]>([
    ['other check files', {}, ', severity: low', 'different check files, variables or gates'],
    ['another selection', { selection: { kinds: ['rows'] } }, '', 'with no selection and --kind rows'],
    [
      'another gate',
      { gate: { failOnWarn: true, allowEmpty: false } },
      '',
      'different check files, variables or gates',
    ],
    ['parts of another number', { shard: { number: 2, of: 4 } }, '', 'of 3 and of 4 parts'],
    ['a whole run among them', { shard: undefined }, '', 'is no part of a run'],
  ])('is refused: %s', async (_what, flags, change, reason) => {
    put()
    check(HAS_ROWS, artifacts(change))
    await part(2, 3, flags)
    await expect(merged(paths(2))).rejects.toThrow(reason)
  })

  it('is refused at the command line with exit 2', async () => {
    put()
    writeFileSync(file('2.ndjson'), recorded.get('2.ndjson')?.replace(/"definition":"/, '"definition":"0') ?? '')
    const { code, stdout, stderr } = await run(['report', ...paths(2)])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('not parts of one run')
  })

  it('is refused: --cuts without --shard', async () => {
    const { code, stderr } = await run(['verify', '--cuts', 'x.ndjson'])
    expect(code).toBe(2)
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('so it goes with --shard')
  })
})

it.each([
  ['0/3', 'the parts of 3 are numbered from 1 to 3'],
  ['4/3', 'the parts of 3 are numbered from 1 to 3'],
  ['half', 'a part is given as i/n'],
  ['1/2000', 'at most 1000 parts'],
])('--shard %s is refused', (text, reason) => {
  expect(() => parseShardFlag(text)).toThrow(reason)
})
