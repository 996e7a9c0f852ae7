import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { refuseNoTerminal } from '../../../src/cli/audit/terminal-only.js'
import { directoryOf, runCli } from '../../support/run-cli.js'

describe('who may sit down', () => {
  const tty = { isTTY: true }
  it.each<[string, Record<string, string>, { isTTY?: boolean }, { isTTY?: boolean }, RegExp | undefined]>([
    ['a terminal', { TERM: 'xterm' }, tty, tty, undefined],
    ['CI=false', { CI: 'false' }, tty, tty, undefined],
    ['CI=0', { CI: '0' }, tty, tty, undefined],
    ['a pipe into it', {}, {}, tty, /standard input is none/],
    ['a pipe out of it', {}, tty, {}, /standard output is none/],
    ['TERM=dumb', { TERM: 'dumb' }, tty, tty, /TERM=dumb/],
    ['CI=1', { CI: '1' }, tty, tty, /CI is set/],
    ['CI, though empty', { CI: '' }, tty, tty, /CI is set/],
    ['CONTINUOUS_INTEGRATION', { CONTINUOUS_INTEGRATION: '1' }, tty, tty, /CONTINUOUS_INTEGRATION is set/],
  ])('%s', (_, env, stdin, stdout, words) => {
    const refuse = () => refuseNoTerminal({ env, stdin, stdout })
    if (words === undefined) expect(refuse).not.toThrow()
    else expect(refuse).toThrow(words)
  })
})

describe('without a terminal', () => {
  test('it says what to use instead, before anything is opened, and ends with 2', async () => {
    const { code, stdout, stderr } = await runCli(['audit', 'not-there.yaml'])
    expect(stdout).toBe('')
    expect(stderr).toContain('standard input is none; nothing was opened')
    expect(stderr).toContain('postflight verify')
    expect(stderr).toContain('postflight report RUN')
    expect(code).toBe(2)
  })
})

describe('what makes no sense at a desk', () => {
  let place: ReturnType<typeof directoryOf>
  beforeEach(() => {
    place = directoryOf({ 'a.yaml': '', 'run.ndjson': '', kept: '{"v":1,"type":"run:start","run":"x"}\n{}' })
  })
  afterEach(() => place.remove())

  const flags = {
    json: false,
    strict: false,
    'no-baseline': false,
    'allow-commands': false,
    'allow-writes': false,
    'fail-on-warn': false,
    'allow-empty': false,
    'show-data': false,
    quiet: false,
    color: true,
    debug: false,
  }
  const ask = async (files: readonly string[], more = {}) => {
    const { auditRequestOf } = await import('../../../src/cli/audit/request.js')
    return auditRequestOf(files, { ...flags, ...more }, place.path)
  }

  it.each([
    ['--json', ['a.yaml'], { json: true }, /--json prints a document/],
    ['a reporter on the screen', ['a.yaml'], { reporter: ['ndjson'] }, /--reporter ndjson needs a file/],
    ['a recorded run and a check file', ['a.yaml', 'run.ndjson'], {}, /opens one alone/],
    ['two recorded runs', ['run.ndjson', 'kept'], {}, /opens one alone/],
    ['a selection of a recorded run', ['run.ndjson'], { tag: ['x'] }, /--tag: run\.ndjson is a recorded run/],
    ['a gate for a recorded run', ['run.ndjson'], { 'fail-on-warn': true }, /--fail-on-warn: run\.ndjson/],
  ])('%s', async (_, files, more, words) => {
    await expect(ask(files, more)).rejects.toThrow(words)
  })

  it.each([
    ['by its name', 'run.ndjson'],
    ['by how it begins', 'kept'],
  ])('a recorded run is known %s', async (_, file) => {
    expect(await ask([file])).toMatchObject({ recording: file, files: [] })
  })

  test('check files and reports to files are taken', async () => {
    const request = await ask(['a.yaml'], { reporter: ['json:x.json'], findings: 'lists' })
    expect(request).toMatchObject({
      files: ['a.yaml'],
      requests: [{ name: 'json', path: 'x.json' }],
      findingsDir: 'lists',
    })
    expect(request.recording).toBeUndefined()
  })
})
