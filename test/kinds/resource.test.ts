import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { resource } from '../../src/kinds/resource/kind.js'
import { createLocalVantage } from '../../src/vantage/local.js'
import type { Vantage } from '../../src/vantage/vantage.js'
import { groupsAllowed, type Limited, limited } from '../support/control-group.js'
import { mountsAllowed } from '../support/mounts.js'
import { namespaced } from '../support/namespaced.js'
import { serverOrSkip } from '../support/require-server.js'
import { runKind } from './run.js'

const local = createLocalVantage({ env: process.env })

const look = async (spec: Record<string, unknown>, vantage: Vantage = local) =>
  (await runKind(resource, spec, { vantage })).observation

/** A vantage at which files of /proc say what they are made to say. */
function pretending(files: Readonly<Record<string, string>>): Vantage {
  const cases = Object.entries(files)
    .map(([path, text]) => `${path}) printf '%s' '${text}';;`)
    .join('\n')
  const cat = `cat() { case "$2" in ${cases} *) command cat "$@";; esac; }\n`
  return {
    ...local,
    start: ([sh = '', c = '', script = '', ...args], options) =>
      local.start([sh, c, `${cat}${script}`, ...args], options),
  }
}

it.each([
  ['disk_free', { path: '/' }],
  ['inodes_used', { path: '/' }],
  ['memory_free', {}],
  ['processes_used', {}],
  ['shm_free', {}],
])('%s adds up on this machine', async (measure, more) => {
  const { subjects } = await look({ measure, ...more })
  const { value, used, free, total } = subjects as Record<string, number>
  expect(value).toBe(measure.endsWith('_free') ? free : used)
  expect((used ?? 0) + (free ?? 0)).toBe(total)
  expect(total).toBeGreaterThan(0)
})

it('counts load against cores', async () => {
  const vantage = pretending({
    '/proc/loadavg': '9.00 6.50 3.00 1/100 4242',
    '/proc/stat': 'cpu  1 2\ncpu0 1\ncpu1 1\nintr 5',
  })
  expect((await look({ measure: 'load' }, vantage)).subjects).toEqual({ value: 6.5, total: 2 })
})

it.each([
  [
    'no swap',
    'swap_free',
    { '/proc/meminfo': 'SwapTotal:       0 kB\nSwapFree:        0 kB' },
    'the machine has no swap',
  ],
  [
    'files without a limit',
    'file_descriptors_free',
    { '/proc/sys/fs/file-nr': '828 0 9223372036854775807' },
    'the machine sets no limit on open files',
  ],
])('%s is not observed, and not all free', async (_, measure, files, unobserved) => {
  const { subjects } = await look({ measure }, pretending(files))
  expect(subjects).toEqual({ value: { unobserved }, used: { unobserved }, free: { unobserved }, total: { unobserved } })
})

it.each([
  [{ measure: 'disk_free', path: '/no/such/place' }, 'local: there is no /no/such/place'],
  [{ measure: 'file_descriptors_used', process: 'no-such-program' }, 'local: no process named no-such-program runs'],
])('%j could not be told', async (spec, message) => {
  await expect(look(spec)).rejects.toThrow(message)
})

it('cannot tell memory where /proc says nothing', async () => {
  await expect(look({ measure: 'memory_free' }, pretending({ '/proc/meminfo': '' }))).rejects.toThrow(
    '/proc/meminfo cannot be read',
  )
})

it('counts the open files of a program against its own soft limit, and takes the worst', async () => {
  const name = `pf${process.pid}`.slice(0, 15)
  const start = (limit: number) => spawn('bash', ['-c', `ulimit -Sn ${limit}; exec -a ${name} sleep 60`])
  const children = [start(100), start(50)]
  try {
    await expect
      .poll(async () => {
        const { subjects } = await look({ measure: 'file_descriptors_free', process: name }).catch(() => ({
          subjects: {},
        }))
        return (subjects as Record<string, unknown>)['total']
      })
      .toBe(50)
    const { subjects, notes } = await look({ measure: 'file_descriptors_used', process: name })
    expect(subjects['value']).toBeGreaterThanOrEqual(3)
    expect(subjects['value']).toBeLessThan(10)
    expect(notes).toEqual([`counted against the soft limit of ${name} (pid ${children[1]?.pid})`])
  } finally {
    for (const child of children) child.kill('SIGKILL')
    await Promise.all(children.map((child) => once(child, 'close')))
  }
})

serverOrSkip('root', process.getuid?.() === 0)('processes of others', () => {
  it('does not take those it may not look at for harmless', async () => {
    const name = `pg${process.pid}`.slice(0, 15)
    const child = spawn('bash', ['-c', `exec -a ${name} sleep 60`])
    const nobody: Vantage = {
      ...local,
      start: (argv, options) => local.start(argv, { ...options, user: '65534:65534' }),
    }
    try {
      await expect
        .poll(() => look({ measure: 'file_descriptors_used', process: name }, nobody).catch(() => undefined))
        .toBeDefined()
      const { subjects } = await look({ measure: 'file_descriptors_used', process: name }, nobody)
      expect(subjects['value']).toEqual({
        unobserved: `not every process named ${name} can be looked at: only their own user and root may see their open files`,
      })
    } finally {
      child.kill('SIGKILL')
      await once(child, 'close')
    }
  })
})

serverOrSkip('right to mount', mountsAllowed())('mounts', () => {
  const at = mkdtempSync(join(tmpdir(), 'postflight-resource-'))
  afterAll(() => rmdirSync(at))

  it('sees inodes run out while bytes are left, and says so beside the bytes', async () => {
    const vantage = namespaced(`mount -t tmpfs -o size=64k,nr_inodes=4 none ${at}; touch ${at}/1 ${at}/2 ${at}/3`)
    expect((await look({ measure: 'inodes_free', path: at }, vantage)).subjects['value']).toBe(0)
    const disk = await look({ measure: 'disk_free', path: at }, vantage)
    expect(disk.subjects['free']).toBe(65_536)
    expect(disk.notes).toContain('inodes run out before bytes: 0 of 4 are free')
  })

  it('does not take inodes that are not counted for free ones', async () => {
    const vantage = namespaced(`mount -t tmpfs -o nr_inodes=0 none ${at}`)
    const { subjects } = await look({ measure: 'inodes_free', path: at }, vantage)
    expect(subjects['value']).toEqual({ unobserved: `the file system behind ${at} counts no inodes` })
  })

  it('sees the 64 MiB of shared memory that docker gives', async () => {
    const vantage = namespaced('mount -t tmpfs -o size=64m none /dev/shm')
    expect((await look({ measure: 'shm_free' }, vantage)).subjects['total']).toBe(64 * 1024 * 1024)
  })
})

serverOrSkip('control groups', groupsAllowed('memory'))('a memory limit', () => {
  let group: Limited
  beforeAll(() => {
    group = limited('memory', 64 * 1024 * 1024)
  })
  afterAll(() => group.remove())

  it('counts where it leaves less than the machine has', async () => {
    const { subjects, notes } = await look({ measure: 'memory_free' }, group.vantage)
    expect(subjects['total']).toBe(64 * 1024 * 1024)
    expect(notes?.[0]).toMatch(/^counted against the memory limit of its control group \(v[12]\)$/)
  })
})

serverOrSkip('control groups of processes', groupsAllowed('pids'))('a limit on processes', () => {
  let group: Limited
  beforeAll(() => {
    group = limited('pids', 12)
  })
  afterAll(() => group.remove())

  it('counts where it leaves fewer than the machine has', async () => {
    const { subjects } = await look({ measure: 'processes_free' }, group.vantage)
    expect(subjects['total']).toBe(12)
    expect(subjects['used']).toBeLessThan(12)
  })
})
