import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BIN, directoryOf, runCli } from '../support/run-cli.js'

const RUNS = join(import.meta.dirname, '../../fixtures/reporters')
const run = (name: string) => join(RUNS, `${name}.ndjson`)
const recording = (name: string) => readFileSync(run(name), 'utf8')
const expected = (name: string) => readFileSync(join(RUNS, 'expected', name), 'utf8')

let place: ReturnType<typeof directoryOf>
beforeEach(() => {
  place = directoryOf()
})
afterEach(() => place.remove())

describe('postflight report', () => {
  it.each([
    ['all-passed', 0],
    ['mixed', 1],
    ['empty', 4],
    ['interrupted', 130],
    ['broken-off', 3],
  ])('tells the run %s again and ends as it ended: %i', async (name, exit) => {
    const { code, stdout, stderr } = await runCli(['report', run(name)], { env: { LANG: 'C.UTF-8' } })
    expect(stdout.split('\n\n').at(-1)).toBe(expected(`table-${name}-80.txt`).split('\n\n').at(-1))
    expect(code).toBe(exit)
    expect(stderr).toBe('')
  })

  it('shows what it shows live', async () => {
    const { stdout } = await runCli(['report', run('all-passed')], { env: { LANG: 'C.UTF-8', COLUMNS: '80' } })
    expect(stdout).toBe(expected('table-all-passed-80.txt'))
  })

  it.each([
    ['json', 'json-mixed.txt'],
    ['plain', 'plain-mixed.txt'],
  ])('as %s', async (format, file) => {
    const { stdout } = await runCli(['report', run('mixed'), '--reporter', format], { env: { LANG: 'C.UTF-8' } })
    expect(stdout).toBe(expected(file))
  })

  it('makes the same document by --json and --reporter json', async () => {
    const [short, long] = await Promise.all([
      runCli(['report', run('mixed'), '--json']),
      runCli(['report', run('mixed'), '--reporter', 'json']),
    ])
    expect(short.stdout).toBe(long.stdout)
    expect(JSON.parse(short.stdout)).toMatchObject({ schema_version: 1, exit: { code: 1 } })
  })

  it('records again what was recorded', async () => {
    const { stdout } = await runCli(['report', run('mixed'), '--reporter', 'ndjson'])
    expect(
      stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
    ).toEqual(
      recording('mixed')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    )
  })

  it('writes files beside the report for people', async () => {
    const path = join(place.path, 'out/report.json')
    const { code, stdout } = await runCli(['report', run('mixed'), '--reporter', `json:${path}`], {
      env: { LANG: 'C.UTF-8' },
    })
    expect(code).toBe(1)
    expect(stdout).toContain('not passed')
    expect(readFileSync(path, 'utf8')).toBe(expected('json-mixed.txt'))
  })

  it('tells several runs one after another and ends with the worst', async () => {
    const { code, stdout } = await runCli(['report', run('all-passed'), run('mixed'), run('empty')], {
      env: { LANG: 'C.UTF-8' },
    })
    expect(code).toBe(1)
    expect(stdout.match(/^postflight 0/gm)).toHaveLength(3)
  })

  it.each([
    ['not JSON', (lines: string[]) => lines.with(2, 'no event'), ':3: the line is not JSON'],
    ['no event', (lines: string[]) => lines.with(1, '{"v":1,"type":"check:maybe"}'), ':2: the line is not an event'],
    [
      'a field missing',
      (lines: string[]) => lines.with(1, '{"v":1,"type":"check:start"}'),
      ':2: the line is not an event of a run: id',
    ],
    [
      'a finding of another form',
      (lines: string[]) =>
        lines.with(
          1,
          '{"v":1,"type":"check:finding","id":"a","finding":{"finding":"missing","key":"k","recover_from":5}}',
        ),
      ':2: the line is not an event of a run: finding.recover_from',
    ],
    [
      'another version',
      (lines: string[]) => [lines[0]!.replace('"v":1', '"v":2')],
      ':1: the line is not an event of a run: v: is not version 1',
    ],
    [
      'no beginning',
      (lines: string[]) => lines.slice(1),
      ':1: the line is check:start, but a run begins with run:start',
    ],
    ['two runs', (lines: string[]) => [...lines, ...lines], ':38: the line begins another run'],
    [
      'an event after the end',
      (lines: string[]) => [...lines, lines[1]!],
      ':38: the line is check:start after run:end',
    ],
    ['nothing', () => [], ' holds no run'],
  ])('refuses %s with file and line, and tells nothing of the run', async (_name, change, message) => {
    const broken = directoryOf({
      'run.ndjson': change(recording('mixed').trimEnd().split('\n'))
        .map((line) => `${line}\n`)
        .join(''),
    })
    const { code, stdout, stderr } = await runCli(['report', 'run.ndjson'], { cwd: broken.path })
    broken.remove()
    expect(stderr).toContain(`run.ndjson${message}`)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  it('says that a run was killed while it wrote, and has no verdict for it', async () => {
    const cut = directoryOf({ 'run.ndjson': recording('mixed').slice(0, -200) })
    const { code, stdout, stderr } = await runCli(['report', 'run.ndjson'], { cwd: cut.path })
    cut.remove()
    expect(stderr).toMatch(/run\.ndjson: line \d+ is cut off/)
    expect(stdout).toContain('no verdict')
    expect(code).toBe(3)
  })

  it.each([
    [['report'], 'run'],
    [['report', 'x.ndjson', '--reporter', 'tabel'], 'did you mean "table"?'],
    [
      ['report', 'x.ndjson', '--reporter', 'json', '--reporter', 'table'],
      'only one reporter can write to standard output',
    ],
    [['report', 'x.ndjson', '--repoter', 'json'], 'did you mean --reporter?'],
    [['report', 'x.ndjson'], 'x.ndjson cannot be read'],
  ])('%j is a usage error', async (args, message) => {
    const { code, stdout, stderr } = await runCli(args, { cwd: place.path })
    expect(stderr).toContain(message)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  it('puts no two whole runs into one document', async () => {
    const two = directoryOf({ 'x.ndjson': recording('all-passed'), 'y.ndjson': recording('mixed') })
    const { code, stdout, stderr } = await runCli(['report', 'x.ndjson', 'y.ndjson', '--reporter', 'json'], {
      cwd: two.path,
    })
    two.remove()
    expect(stderr).toContain('2 runs make 2 reports')
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  it('gives a usage error as a document under --json', async () => {
    const { code, stdout } = await runCli(['report', 'x.ndjson', '--json'], { cwd: place.path })
    expect(JSON.parse(stdout)).toMatchObject({ schema_version: 1, error: { code: 'usage' }, exit: { code: 2 } })
    expect(code).toBe(2)
  })

  it.runIf(process.platform === 'linux')(
    'keeps the verdict and ends with 5 where only a report could not be written',
    async () => {
      const { code, stdout, stderr } = await runCli(['report', run('all-passed'), '--reporter', 'json:/dev/full'])
      expect(stdout).toContain('3 checks passed')
      expect(stderr).toContain('ENOSPC')
      expect(code).toBe(5)
      const failed = await runCli(['report', run('mixed'), '--reporter', 'json:/dev/full'])
      expect(failed.code).toBe(1)
      expect(failed.stderr).toContain('ENOSPC')
    },
  )

  it.each(['table', 'ndjson', 'json'])(
    'is silent and keeps its exit code where the reader of %s has gone',
    async (format) => {
      const child = spawn(process.execPath, [BIN, 'report', run('mixed'), '--reporter', format], {
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      child.stdout.destroy()
      let stderr = ''
      child.stderr.on('data', (chunk) => {
        stderr += chunk
      })
      const [code] = await once(child, 'close')
      expect(stderr).toBe('')
      expect(code).toBe(1)
    },
  )

  it.each([
    [{ NO_COLOR: '1' }, []],
    [{}, []],
    [{ FORCE_COLOR: '1' }, ['--no-color']],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, []],
  ])('writes no colour with %j %j', async (env, flags) => {
    const { stdout } = await runCli(['report', run('mixed'), ...flags], { env })
    expect(stdout).not.toContain('\x1b')
  })

  it('writes colour where it is asked for', async () => {
    const { stdout } = await runCli(['report', run('mixed')], { env: { FORCE_COLOR: '1', LANG: 'C.UTF-8' } })
    expect(stdout).toContain('\x1b[31m')
  })
})
