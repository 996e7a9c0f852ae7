import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { withDeadline } from '../../src/probes/deadline.js'
import { filesystemRoom, parseRoom } from '../../src/probes/filesystem.js'
import { createLocalVantage } from '../../src/vantage/local.js'
import type { Vantage } from '../../src/vantage/vantage.js'
import { mountsAllowed } from '../support/mounts.js'
import { namespaced } from '../support/namespaced.js'
import { serverOrSkip } from '../support/require-server.js'

const local = createLocalVantage({ env: process.env })
const signal = new AbortController().signal

it.each([
  [
    'counts what is reserved for root as neither used nor free',
    'stat 4096 100 50 40 20 5\n',
    { bytes: { used: 204_800, free: 163_840 }, inodes: { used: 15, free: 5 } },
  ],
  [
    'takes no inodes for not counted',
    'stat 4096 100 50 40 0 0\n',
    { bytes: { used: 204_800, free: 163_840 }, inodes: undefined },
  ],
  ['takes no blocks for not counted', 'stat 4096 0 0 0 0 0\n', { bytes: undefined, inodes: undefined }],
  [
    'reads df where the name of the device holds blanks',
    'Filesystem 1024-blocks Used Available Capacity Mounted on\n//nas/my share 100 60 40 60% /srv/my files\ninodes\nFilesystem Inodes IUsed IFree IUse% Mounted on\n//nas/my share 0 0 0 - /srv/my files\n',
    { bytes: { used: 61_440, free: 40_960 }, inodes: undefined },
  ],
  [
    'takes less than nothing for nothing',
    'Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/x 100 100 -5 105% /\ninodes\n',
    { bytes: { used: 102_400, free: 0 }, inodes: undefined },
  ],
])('%s', (_, output, room) => {
  expect(parseRoom(output)).toMatchObject(room)
})

it.each([[''], ['stat: not a number\n'], ['Filesystem\n']])('makes nothing of %j', (output) => {
  expect(parseRoom(output)).toBeUndefined()
})

it('says the same as df', async () => {
  const room = await filesystemRoom(local, '/', { signal })
  const [size, used] =
    execFileSync('df', ['--output=size,used', '-B1', '/'], { encoding: 'utf8' })
      .split('\n')[1]
      ?.trim()
      .split(/\s+/)
      .map(Number) ?? []
  expect(room?.method).toBe('stat -f')
  expect(Math.abs((room?.bytes?.used ?? 0) - (used ?? -1))).toBeLessThan((size ?? 0) / 100)
})

it('has no room to tell of a path that is not there', async () => {
  expect(await filesystemRoom(local, '/nowhere/at/all', { signal })).toBeUndefined()
})

it('takes a path for data whatever it looks like', async () => {
  const trace = join(tmpdir(), `postflight-oops-${process.pid}`)
  expect(await filesystemRoom(local, `/$(touch ${trace}); -f`, { signal })).toBeUndefined()
  expect(existsSync(trace)).toBe(false)
})

it('asks df where stat knows no file systems', async () => {
  const without: Vantage = {
    ...local,
    start: (argv, options) =>
      local.start(
        argv.map((word) => word.replace('stat -f', 'false -f')),
        options,
      ),
  }
  const [asked, told] = await Promise.all([
    filesystemRoom(local, '/', { signal }),
    filesystemRoom(without, '/', { signal }),
  ])
  expect(told?.method).toBe('df')
  expect(Math.abs((told?.inodes?.free ?? 0) - (asked?.inodes?.free ?? -1e9))).toBeLessThan(10_000)
})

it('says which path hung, within its deadline', async () => {
  const hung: Vantage = { ...local, start: (_, options) => local.start(['sleep', '60'], options) }
  const started = Date.now()
  await expect(
    withDeadline(signal, 1000, (inner) => filesystemRoom(hung, '/mnt/nas', { signal: inner })),
  ).rejects.toThrow('local: /mnt/nas gave no answer within 500ms')
  expect(Date.now() - started).toBeLessThan(2000)
})

serverOrSkip('right to mount', mountsAllowed())('file systems of one purpose', () => {
  const at = mkdtempSync(join(tmpdir(), 'postflight-room-'))
  afterAll(() => rmdirSync(at))

  it('sees a full tmpfs, and inodes that ran out while bytes are left', async () => {
    const full = namespaced(
      `mount -t tmpfs -o size=64k,nr_inodes=8 none ${at}; for n in 1 2 3 4 5 6 7 8 9; do touch ${at}/$n 2>/dev/null || break; done`,
    )
    expect(await filesystemRoom(full, at, { signal })).toMatchObject({
      bytes: { used: 0, free: 65_536 },
      inodes: { used: 8, free: 0 },
    })
  })

  it('counts neither where a tmpfs has no limit', async () => {
    const unlimited = namespaced(`mount -t tmpfs -o size=0,nr_inodes=0 none ${at}`)
    expect(await filesystemRoom(unlimited, at, { signal })).toMatchObject({ bytes: undefined, inodes: undefined })
  })
})
