import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { Matcher } from '../../src/judge/matcher.js'
import { command } from '../../src/kinds/command/kind.js'
import type { StartOptions } from '../../src/vantage/vantage.js'
import { serverOrSkip } from '../support/require-server.js'
import { runKind } from './run.js'

const scratch = mkdtempSync(join(tmpdir(), 'postflight-command-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const MATCHER: Matcher = { ops: [], text: '' }

const run = async (spec: Record<string, unknown>, asserted: readonly string[] = [], timeoutMs = 20_000) => {
  const assertions = asserted.map(
    (subject) => ({ level: 'expect', subject, matcher: MATCHER, origin: 'file' }) as const,
  )
  const allowed = { commands: true, writes: false }
  return (await runKind(command, spec, { allowed, check: { assertions, timeoutMs } })).observation
}

const sh = (script: string, more: Record<string, unknown> = {}) => run({ command: ['sh', '-c', script], ...more })

/** Whether a process runs whose command line has the word. */
const runs = (word: string): boolean =>
  readdirSync('/proc').some((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(word)
    } catch {
      return false
    }
  })

it('tells how it ended and what it said', async () => {
  const { subjects } = await sh('echo out; echo err >&2; exit 3')
  expect(subjects).toMatchObject({ exit: 3, stdout: 'out', stderr: 'err' })
})

it.each([
  ['words are never split, nor expanded', ['printf', '%s|', 'a b', '$HOME', '*', '`id`', ''], 'a b|$HOME|*|`id`||'],
  ['a word that looks like an option of ours is a word', ['printf', '%s', '--'], '--'],
  ['a line that ends as on Windows has no end either', ['printf', 'ok\\r\\n'], 'ok'],
])('%s', async (_, words, stdout) => {
  expect((await run({ command: words })).subjects['stdout']).toBe(stdout)
})

it('does nothing without the flag', async () => {
  const trace = join(scratch, 'not-run')
  await expect(runKind(command, { command: ['touch', trace] }, {})).rejects.toThrow(
    'running touch needs --allow-commands; it was not done',
  )
  expect(existsSync(trace)).toBe(false)
})

it.each([
  ['a value', { A: 'x' }, 'A=x'],
  ['one with quotes, blanks and signs of a shell', { A: ` "'$(id)\`\\ ` }, `A= "'$(id)\`\\ `],
  ['one of several lines', { A: 'one\n\n  two\n', B: '3' }, 'A=one\n\n  two\n\nB=3'],
  ['an empty one', { A: '', B: 'b' }, 'A=\nB=b'],
  ['one the shell itself uses', { IFS: ':', A: 'a b' }, 'A=a b\nIFS=:'],
])('passes %s in its environment', async (_, env, expected) => {
  const names = Object.keys(env).sort()
  const { subjects } = await run({ command: ['printenv', ...names], env })
  expect(subjects['stdout']).toBe(
    names
      .map((name) => env[name as keyof typeof env])
      .join('\n')
      .replace(/\n+$/, ''),
  )
  expect(expected).toContain(names[0] ?? '')
})

it('keeps the environment it was started in', async () => {
  expect((await run({ command: ['printenv', 'PATH'], env: { A: 'a' } })).subjects['stdout']).toBe(process.env['PATH'])
})

it('shows no value of the environment in the list of processes', async () => {
  const value = 'a-secret-of-the-environment'
  const { subjects } = await sh(
    'cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" "\\n" | grep -c "a-secret-of-the-environ[m]ent"',
    { env: { A: value } },
  )
  expect(subjects['stdout']).toBe('0')
})

it('gives it its input behind the environment, and an end', async () => {
  expect((await run({ command: ['cat'], env: { A: 'two\nlines' }, input: 'hello\nworld' })).subjects['stdout']).toBe(
    'hello\nworld',
  )
})

it('ends the input of a program that reads for ever', async () => {
  expect((await run({ command: ['cat'] })).subjects).toMatchObject({ exit: 0, stdout: '' })
})

it('runs in its directory', async () => {
  expect((await run({ command: ['pwd', '-P'], cwd: '/usr' })).subjects['stdout']).toBe('/usr')
})

const plain = join(scratch, 'plain')
writeFileSync(plain, 'echo hello\n')
const lost = join(scratch, 'lost-interpreter')
writeFileSync(lost, '#!/no/such/interpreter\n')
chmodSync(lost, 0o755)

it.each([
  ['a program that is not there', { command: ['no-such-program'] }, 'local: no-such-program could not be started'],
  ['a path that is not there', { command: ['/no/such/program'] }, 'local: /no/such/program could not be started'],
  ['a file nobody may execute', { command: [plain] }, `local: ${plain} could not be started`],
  ['a script whose interpreter is not there', { command: [lost] }, `local: ${lost} could not be started`],
  ['a word of the shell', { command: ['cd', '/'] }, 'local: cd could not be started'],
  ['a directory that is not there', { command: ['true'], cwd: '/no/such/dir' }, 'local: true could not be started'],
  ['a variable nobody may set', { command: ['sh', '-c', 'kill -KILL $$'] }, 'local: sh was ended by SIGKILL'],
])('could not tell: %s', async (_, spec, message) => {
  await expect(run(spec)).rejects.toThrow(message)
})

it('takes the 127 of a program for its own', async () => {
  expect((await sh('no-such-program-inside')).subjects['exit']).toBe(127)
})

it.each([
  ['ignores SIGTERM', (mark: string) => `trap '' TERM; : ${mark}; while :; do sleep 0.1; done`],
  ['forks and waits', (mark: string) => `sh -c 'sleep 300; : ${mark}' & wait`],
  ['ended but left a child that holds its output', (mark: string) => `sh -c 'sleep 300; : ${mark}' & exit 0`],
])('ends what %s, with all it started', async (what, script) => {
  const mark = `pf-mark-${process.pid}-${what.length}`
  const began = Date.now()
  await expect(run({ command: ['sh', '-c', script(mark)] }, [], 1200)).rejects.toThrow(
    'local: sh did not end within 700ms; it was ended',
  )
  expect(Date.now() - began).toBeLessThan(2500)
  await expect.poll(() => runs(mark)).toBe(false)
})

it('judges nothing of what is more than it keeps, and is not held up by it', async () => {
  const before = process.memoryUsage().rss
  const { subjects } = await sh('head -c 100000000 /dev/zero; echo small >&2')
  expect(subjects).toMatchObject({
    exit: 0,
    stdout: { unobserved: 'it printed 95.4 MiB to standard output, more than the 1.0 MiB that are kept' },
    stderr: 'small',
  })
  expect(process.memoryUsage().rss - before).toBeLessThan(80 * 1024 * 1024)
})

it('keeps exactly as much as it says', async () => {
  const { subjects } = await sh('head -c 1048576 /dev/zero | tr "\\0" x >&2; head -c 1048576 /dev/zero | tr "\\0" y')
  expect((subjects['stderr'] as string).length).toBe(1_048_576)
  expect((subjects['stdout'] as string).length).toBe(1_048_576)
})

it('says of bytes that are no text that they are none', async () => {
  const { subjects, notes } = await sh("printf 'a\\377b'")
  expect(subjects['stdout']).toBe('a\ufffdb')
  expect(notes).toEqual(['its standard output is not UTF-8 throughout; what is not is U+FFFD'])
})

it.each([
  ['$.a', '{"a": "x"}', 'x'],
  ['$.a', '\uFEFF{"a": "behind a byte order mark"}', 'behind a byte order mark'],
  ['$.none', '{"a": "x"}', null],
  ['$.a[*].b', '{"a": [{"b": 1}, {"b": 2}]}', [1, 2]],
  ['$..b', '{"b": true}', [true]],
  ['$.a', '{"a": [1, {"c": null}]}', [1, '{"c":null}']],
  ['$.a', '{"a": {}}', { unobserved: 'it is an object; name a value inside of it' }],
  ['$.a', '{"a": 12345678901234567890}', { unobserved: 'it is a number too large to be read exactly' }],
  ['$.a', 'oops: hunter2', { unobserved: 'its standard output is not JSON' }],
])('finds %s in %s', async (path, output, value) => {
  const { subjects } = await run({ command: ['printf', '%s', output] }, [`json:${path}`])
  expect(subjects[`json:${path}`]).toEqual(value)
})

it('says what is no JSON path', async () => {
  await expect(run({ command: ['echo', '{}'] }, ['json:$.['])).rejects.toThrow('"$.[" is not a JSON path')
})

serverOrSkip('root', process.getuid?.() === 0)('another user', () => {
  it('runs as that user', async () => {
    expect((await run({ command: ['id', '-u'], user: '65534' })).subjects['stdout']).toBe('65534')
  })
})

serverOrSkip('busybox', spawnSync('busybox', ['true']).status === 0)('another shell', () => {
  it.each([['bash'], ['busybox']])('%s does the same', async (shell) => {
    const { createLocalVantage } = await import('../../src/vantage/local.js')
    const local = createLocalVantage({ env: process.env })
    const words = shell === 'busybox' ? ['busybox', 'sh'] : [shell]
    const vantage = {
      ...local,
      start: ([, ...argv]: readonly string[], options: StartOptions) => local.start([...words, ...argv], options),
    }
    const allowed = { commands: true, writes: false }
    const ran = (spec: unknown) => runKind(command, spec, { vantage, allowed })
    const env = { A: 'one\n two ', B: '' }
    expect((await ran({ command: ['printenv', 'A', 'B'], env })).observation.subjects['stdout']).toBe('one\n two ')
    for (const words of [['no-such-program'], [plain], [lost], ['cd']]) {
      await expect(ran({ command: words })).rejects.toThrow(`local: ${words[0]} could not be started`)
    }
  })
})
