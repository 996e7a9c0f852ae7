import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLocalVantage } from '../../src/vantage/local.js'
import type { Process, Vantage } from '../../src/vantage/vantage.js'
import { ProbeBroken, type ProbeRequest, probeVolume } from '../../src/writes/volume-probe.js'
import { serverOrSkip } from '../support/require-server.js'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'postflight-probe-'))
  chmodSync(directory, 0o755)
  mkdirSync(join(directory, 'v'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const local = createLocalVantage({ env: process.env })
const left = () => readdirSync(join(directory, 'v'))

function probe(vantage: Vantage, more: Partial<ProbeRequest> = {}) {
  return probeVolume(vantage, {
    directory: join(directory, 'v'),
    spellings: true,
    signal: new AbortController().signal,
    allowed: { commands: false, writes: true },
    ...more,
  })
}

/** busybox alone: its shell, and no program of any other origin. */
function busybox(): Vantage {
  const bin = join(directory, 'bin')
  mkdirSync(bin)
  for (const name of ['sh', 'stat', 'dd', 'mv', 'rm', 'sync']) symlinkSync('/bin/busybox', join(bin, name))
  const vantage = createLocalVantage({ env: { PATH: bin } })
  return { ...vantage, start: ([, ...args], options) => vantage.start([join(bin, 'sh'), ...args], options) }
}

const shells: readonly (readonly [string, () => Vantage])[] = [
  ['the shell of this machine', () => local],
  ['bash', () => ({ ...local, start: ([, ...args], options) => local.start(['bash', ...args], options) })],
]

const cases = (title: string, shell: () => Vantage) => {
  it(`${title}: everything works, and nothing is left`, async () => {
    expect(await probe(shell())).toMatchObject({
      failed: undefined,
      left: undefined,
      caseSensitive: true,
      normalizes: false,
    })
    expect(left()).toEqual([])
  })

  it(`${title}: what cannot be created is refused in the words of the system`, async () => {
    const { failed } = await probe(shell(), { directory: join(directory, 'nowhere') })
    expect(failed?.step).toBe('create')
    expect(failed?.said).toMatch(/nonexistent|No such file/)
  })
}

describe('the write probe', () => {
  for (const [title, shell] of shells) cases(title, shell)

  it('tells owner, group and mode of the new file', async () => {
    const umask = (process.umask() & 0o777) ^ 0o777
    expect(await probe(local)).toMatchObject({
      owner: process.getuid?.(),
      group: statSync(directory).gid,
      mode: (0o666 & umask).toString(8),
    })
  })

  it('does nothing where writing is not allowed', async () => {
    await expect(probe(local, { allowed: { commands: true, writes: false } })).rejects.toThrow(/needs --allow-writes/)
    expect(left()).toEqual([])
  })

  it('does nothing after an abort', async () => {
    await expect(probe(local, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toMatchObject({
      left: undefined,
    })
    expect(left()).toEqual([])
  })

  it('broken off in the middle, takes its file away again', async () => {
    const controller = new AbortController()
    const broken = probe(
      stopping(() => controller.abort(new Error('enough'))),
      { signal: controller.signal },
    )
    await expect(broken).rejects.toBeInstanceOf(ProbeBroken)
    await expect(broken).rejects.toMatchObject({ left: undefined })
    expect(left()).toEqual([])
  })

  it('names the file it could not take away', async () => {
    const controller = new AbortController()
    let started = 0
    const stuck: Vantage = {
      ...stopping(() => controller.abort(new Error('enough'))),
      start: async (argv, options) => {
        started++
        if (started > 1) throw new Error('the vantage is gone')
        return stopping(() => controller.abort(new Error('enough'))).start(argv, options)
      },
    }
    const error = await probe(stuck, { signal: controller.signal }).catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(ProbeBroken)
    const [file = ''] = left()
    expect(file).toMatch(/^\.postflight-probe-[0-9a-f]{16}$/)
    expect((error as ProbeBroken).left).toBe(join(directory, 'v', file))
  })
})

serverOrSkip('busybox', statSync('/bin/busybox', { throwIfNoEntry: false }) !== undefined)(
  'the write probe with',
  () => {
    cases('busybox alone', () => busybox())
  },
)

/** A shell in which `stat` waits for ever once the file is made, so that the probe can be broken off there. */
function stopping(abort: () => void): Vantage {
  return {
    ...local,
    start: async (argv, options): Promise<Process> => {
      const [, , script = '', ...rest] = argv
      if (!script.includes('set -C')) return local.start(argv, options)
      const process = await local.start(['sh', '-c', `stat() { sleep 30; }\n${script}`, ...rest], options)
      void vi.waitUntil(() => left().length > 0).then(abort)
      return process
    },
  }
}
