import { spawn } from 'node:child_process'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { countRunning } from '../../../src/kinds/worker/surrounding.js'
import { seeProcesses } from '../../../src/probes/process.js'
import { createLocalVantage } from '../../../src/vantage/local.js'
import type { Vantage } from '../../../src/vantage/vantage.js'
import { shellStarts } from '../../support/programs.js'
import { serverOrSkip } from '../../support/require-server.js'
import { children } from './children.js'
import { looking } from './look.js'

const { signal } = new AbortController()
const here = createLocalVantage({ env: process.env })

for (const shell of ['sh', 'bash', 'busybox sh']) {
  serverOrSkip(shell, shellStarts(shell))(`processes of a worker, seen by ${shell}`, () => seenBy(shell))
}

function seenBy(shell: string): void {
  const MARK = `mark-${process.pid}-${shell.replace(' ', '-')}-${Date.now()}`
  const running = children()
  const local: Vantage = {
    ...here,
    start: ([, ...rest], options) => here.start([...shell.split(' '), ...rest], options),
  }
  const looks = looking({})
  const look = (spec: unknown, more = {}) => looks.look(spec, { vantage: local, ...more })
  let pids: (number | undefined)[]
  beforeAll(async () => {
    pids = [(await running.start([MARK, 'mailer'])).pid, (await running.start([MARK, 'mailer'])).pid]
    await running.start([MARK, 'web'])
  })
  afterAll(running.stop)

  const found = async (pattern: object) =>
    (await seeProcesses(local, pattern, { signal })).found.map(({ pid }) => pid).sort()

  it('are found by a part of their command line', async () => {
    expect(await found({ command: `${MARK} mailer` })).toEqual(pids.toSorted())
  })

  it('are found by the name of their program', async () => {
    expect(await found({ process: 'node', command: `${MARK} mailer` })).toEqual(pids.toSorted())
    expect(await found({ process: 'nod', command: MARK })).toEqual([])
  })

  it('are not those that run postflight itself', async () => {
    expect(await found({ process: 'node' })).not.toContain(process.pid)
    // The script has a word of its own among its arguments; others on this machine may be looking as well.
    const marked: Vantage = {
      ...local,
      start: (argv, options) => local.start([...argv, `${MARK}-own`], options),
    }
    expect((await seeProcesses(marked, { command: `${MARK}-own` }, { signal })).found).toEqual([])
  })

  it('are found behind an argument of several lines', async () => {
    const child = await running.start(['first\nsecond', `${MARK}-lines`])
    expect(await found({ command: `second ${MARK}-lines` })).toEqual([child.pid])
  })

  it('take a pattern with characters of the shell as it is', async () => {
    expect(await found({ command: `${MARK}*` })).toEqual([])
    expect(await found({ command: '$(id)' })).toEqual([])
  })

  it('that are stopped do not count, and are told', async () => {
    const child = await running.start([`${MARK}-stopped`])
    child.kill('SIGSTOP')
    await expect.poll(() => found({ command: `${MARK}-stopped` })).toEqual([])
    const { observation } = await look({ running: { command: `${MARK}-stopped` } })
    expect(observation.subjects['running']).toBe(0)
    expect(observation.notes?.join()).toContain('stopped (SIGSTOP), and not counted: 1')
  })

  it('that have ended and are not waited for do not count', async () => {
    const child = spawn('sh', ['-c', `sh -c 'exit 0' ${MARK}-zombie & exec sleep 100`], { stdio: 'ignore' })
    await expect.poll(() => found({ command: `${MARK}-zombie` })).toEqual([])
    child.kill('SIGKILL')
  })

  it('say when they started', async () => {
    const [first] = (await seeProcesses(local, { command: `${MARK} web` }, { signal })).found
    expect(Math.abs((first?.startedAt ?? 0) * 1000 - Date.now())).toBeLessThan(60_000)
  })

  it('are counted, and those that started before the migration ended are named', async () => {
    const since = '2099-01-01T00:00:00Z'
    const { observation, findings } = await look({ running: { command: `${MARK} mailer`, since } })
    expect(observation.subjects).toMatchObject({ running: 2, started_before: 2 })
    expect(findings.map(({ finding, key }) => [finding, key]).sort()).toEqual(
      pids.toSorted().map((pid) => ['started_before', `process ${pid}`]),
    )
  })

  it.each([
    [101_500, 0],
    [102_000, 1],
  ])('are named only where they surely started before (since %i: %i)', (since, count) => {
    const process = { pid: 7, uid: 0, gid: 0, moreGroups: false, startedAt: 100 }
    const seen = { found: [process], stopped: 0, hidden: false, lookedAs: 0 }
    const { subjects } = countRunning({ process: 'x', min: 1, since }, { seen, root: '', self: '' })
    expect(subjects['started_before']).toBe(count)
  })

  it('that are healthy give no finding', async () => {
    const spec = { running: { command: `${MARK} mailer`, since: '2020-01-01T00:00:00Z' } }
    expect((await look(spec)).findings).toEqual([])
  })

  it('cannot be counted where those of others are hidden', async () => {
    const hiding = {
      ...local,
      start: ([sh = '', c = '', script = '', ...args]: readonly string[], options: Parameters<typeof here.start>[1]) =>
        here.start([sh, c, script.replaceAll('"$proc/1"', '/nowhere'), ...args], options),
    }
    const { observation } = await look({ running: { process: 'node' } }, { vantage: hiding })
    expect(observation.subjects['running']).toEqual({ unobserved: expect.stringContaining('hidden') })
    expect(observation.gaps).toHaveLength(1)
  })
}
