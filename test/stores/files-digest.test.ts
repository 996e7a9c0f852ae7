import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createHasher } from '../../src/compare/digest.js'
import { connectionSchema, type FilesSpec } from '../../src/connections/schema.js'
import { type Key, keyFromBytes, keyFromText } from '../../src/lib/key.js'
import { createDirectCheck, type DigestRoot, digestFile, type Reader } from '../../src/stores/files/digest-file.js'
import { createFilesStore } from '../../src/stores/files/files.js'
import { MOUNT_TABLES, type MountTables } from '../../src/stores/files/mounts.js'
import { ALGORITHMS, type Algorithm, type Digested, type Store, StoreError } from '../../src/stores/store.js'
import { lookInChild } from './run-child.js'

const BUFFER = 256 * 1024
const LARGE = Buffer.alloc(2 * BUFFER + 77, 'postflight')
const RAW = keyFromBytes(Uint8Array.of(0x63, 0x61, 0xe9, 0x0a, 0x5c))
const { signal } = new AbortController()
let root: string
let store: Store

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'files-digest-'))
  mkdirSync(join(root, 'in/sub'), { recursive: true })
  const outside = mkdtempSync(join(root, 'outside-'))
  writeFileSync(join(outside, 'secret'), 'secret')
  for (const [name, content] of [
    ['empty', ''],
    ['small', 'small'],
    ['a buffer full', LARGE.subarray(0, BUFFER)],
    ['large', LARGE],
    ['sub/below', 'below'],
  ] as const) {
    writeFileSync(join(root, 'in', name), content)
  }
  writeFileSync(Buffer.concat([Buffer.from(join(root, 'in/')), Buffer.from(RAW, 'latin1')]), 'raw')
  symlinkSync('small', join(root, 'in/link'))
  symlinkSync(join(outside, 'secret'), join(root, 'in/link out'))
  symlinkSync(outside, join(root, 'in/directory out'))
  symlinkSync('sub', join(root, 'in/link to directory'))
  symlinkSync('nowhere', join(root, 'in/broken'))
  makeFifo(join(root, 'in/pipe'))
  store = open()
})
afterAll(async () => {
  await store.close()
  rmSync(root, { recursive: true })
})

function open(spec: object = {}, tables: MountTables = MOUNT_TABLES): Store {
  const parsed = connectionSchema.parse({ type: 'files', root: join(root, 'in'), ...spec }) as FilesSpec
  return createFilesStore('uploads', parsed, { tables })
}

function makeFifo(path: string): void {
  execFileSync('mkfifo', [path])
}

async function digests(keys: readonly Key[], algorithms: readonly Algorithm[], from = store, stop = signal) {
  const requests = keys.map((key) => ({ key, algorithms }))
  return (await from.digester?.digest(requests, { signal: stop })) ?? []
}

async function toldOf(key: string, from = store): Promise<string> {
  return told((await digests([keyFromText(key)], ['md5'], from))[0], `uploads (${root}/in) ${JSON.stringify(key)}`)
}

function told(digested: Digested, where: string): string {
  if (!(digested instanceof StoreError)) return digested === undefined ? 'not here' : `${digested.bytes} bytes`
  return `${digested.code}: ${digested.message.replace(where, '…')}`
}

test('contents of every length, by every algorithm at once, in the order of the requests', async () => {
  const contents = [Buffer.alloc(0), Buffer.from('small'), LARGE.subarray(0, BUFFER), LARGE]
  const found = await digests(['empty', 'small', 'a buffer full', 'large'].map(keyFromText), ALGORITHMS)
  expect(found).toEqual(
    contents.map((content) => ({
      bytes: content.length,
      digests: Object.fromEntries(ALGORITHMS.map((algorithm) => [algorithm, digestOf(algorithm, content)])),
    })),
  )
})

function digestOf(algorithm: Algorithm, content: Buffer): string {
  if (algorithm !== 'crc32c' && algorithm !== 'crc64nvme') return createHash(algorithm).update(content).digest('hex')
  const hasher = createHasher(algorithm)
  hasher.update(content)
  return hasher.hex()
}

test('each with algorithms of its own', async () => {
  const found = await store.digester?.digest(
    [
      { key: keyFromText('small'), algorithms: ['sha1'] },
      { key: RAW, algorithms: ['sha256', 'md5'] },
    ],
    { signal },
  )
  expect(found).toEqual([
    { bytes: 5, digests: { sha1: digestOf('sha1', Buffer.from('small')) } },
    { bytes: 3, digests: { sha256: digestOf('sha256', Buffer.from('raw')), md5: digestOf('md5', Buffer.from('raw')) } },
  ])
})

describe('what is under the key', () => {
  test.each([
    ['a file below a directory', 'sub/below', '5 bytes'],
    ['nothing', 'missing', 'absent: … does not exist'],
    ['nothing, below a file', 'small/x', 'absent: … does not exist'],
    ['a directory', 'sub', 'absent: … does not exist'],
    ['another spelling of a path', 'sub//below', 'absent: … does not exist'],
    ['a way out', '../in/small', 'forbidden: …: a .. segment leads out of the root'],
    ['an absolute path', '/etc/passwd', 'forbidden: …: an absolute path'],
    ['a link', 'link', '5 bytes'],
    ['a link out of the root', 'link out', 'unreadable: … is a link that leaves the root'],
    ['a file behind a link out of the root', 'directory out/secret', 'unreadable: … lies behind a link to a directory'],
    ['a link to a directory', 'link to directory', 'unreadable: … is a link to a directory'],
    ['a broken link', 'broken', 'unreadable: … is a broken link'],
    ['a pipe nobody writes to', 'pipe', 'unreadable: … is a named pipe'],
  ])('%s', async (_, key, expected) => {
    expect(await toldOf(key)).toBe(expected)
  })

  test.each(['link', 'link out', 'link to directory/below'])('links that are to be ignored: %s', async (key) => {
    const ignoring = open({ symlinks: 'ignore' })
    expect(await toldOf(key, ignoring)).toBe('absent: … does not exist')
    await ignoring.close()
  })
})

test('what may not be read is forbidden, and what may is read', async () => {
  chmodSync(root, 0o755)
  const closed = join(root, 'in/closed')
  writeFileSync(closed, 'closed', { mode: 0 })
  const uid = process.getuid?.() === 0 ? { uid: 65_534 } : {}
  const { digest } = await lookInChild({ spec: { root: join(root, 'in') }, ...uid, digest: ['closed', 'small'] })
  expect(digest).toEqual([expect.stringMatching(/^forbidden: .*"closed": permission denied$/), 5])
  unlinkSync(closed)
})

test('the sparse rest of a file beyond what 31 bits count', async () => {
  const path = join(root, 'in/sparse')
  writeFileSync(path, '')
  truncateSync(path, 2 ** 31 + 1)
  // openssl dgst -sha256
  const sha256 = 'b8030a8ab89280935633d8d991da3d9907c0f12e8b6fc3bfc515f4d440872b6e'
  expect(await digests([keyFromText('sparse')], ['sha256'])).toEqual([{ bytes: 2 ** 31 + 1, digests: { sha256 } }])
  unlinkSync(path)
})

test('a signal ends it at once, and the threads go on with what else is asked', async () => {
  const path = join(root, 'in/endless')
  writeFileSync(path, '')
  truncateSync(path, 2 ** 42)
  const stop = new AbortController()
  const reading = digests([keyFromText('endless')], ['sha256'], store, stop.signal)
  expect(await toldOf('small')).toBe('5 bytes')
  stop.abort(new Error('enough'))
  await expect(reading).rejects.toThrow('enough')
  await expect(digests([keyFromText('small')], ['md5'], store, stop.signal)).rejects.toThrow('enough')
  expect(await Promise.all(['small', 'small', 'small', 'small'].map((key) => toldOf(key)))).toHaveLength(4)
  unlinkSync(path)
})

test('another directory in the place of the root is no store full of missing files', async () => {
  const replaced = open()
  expect(await toldOf('small', replaced)).toBe('5 bytes')
  renameSync(join(root, 'in'), join(root, 'moved'))
  mkdirSync(join(root, 'in'))
  try {
    await expect(toldOf('small', replaced)).rejects.toThrow('was unmounted or replaced while it was read')
  } finally {
    rmSync(join(root, 'in'), { recursive: true })
    renameSync(join(root, 'moved'), join(root, 'in'))
    await replaced.close()
  }
})

test.each([
  ['nfs4', 'not here'],
  ['fuse.sshfs', 'not here'],
  ['ext4', '5 bytes'],
])('on %s', async (type, expected) => {
  const mountinfo = join(root, 'mountinfo')
  writeFileSync(
    mountinfo,
    `27 1 254:0 / / rw - ext4 /dev/vda rw\n28 27 0:40 / ${join(root, 'in/sub')} rw - ${type} somewhere rw\n`,
  )
  const mounted = open({}, { ...MOUNT_TABLES, mountinfo })
  expect(await toldOf('small', mounted)).toBe(expected)
  await mounted.close()
})

// Between two pieces of a content, and between the look at a path and its opening, the test gets its turn.
describe('changed meanwhile', () => {
  const path = () => join(root, 'in/changing')
  const place = (): DigestRoot => ({ path: join(root, 'in'), real: join(root, 'in'), symlinks: 'inside' })
  const cases: readonly {
    readonly name: string
    readonly change: () => void
    readonly times: number
    readonly expected: unknown
  }[] = [
    {
      name: 'grown once: read again',
      change: () => appendFileSync(path(), 'more'),
      times: 1,
      expected: { bytes: LARGE.length + 4 },
    },
    {
      name: 'grown all the time: told',
      change: () => appendFileSync(path(), 'more'),
      times: 100,
      expected: { problem: 'changed' },
    },
    { name: 'shortened: read again', change: () => truncateSync(path(), 9), times: 1, expected: { bytes: 9 } },
    {
      name: 'replaced by another: read again',
      change: () => {
        writeFileSync(`${path()}.new`, 'another')
        renameSync(`${path()}.new`, path())
      },
      times: 1,
      expected: { bytes: 7 },
    },
    { name: 'deleted', change: () => unlinkSync(path()), times: 1, expected: { problem: 'absent' } },
    {
      name: 'replaced by a pipe',
      change: () => {
        unlinkSync(path())
        makeFifo(path())
      },
      times: 1,
      expected: { entry: 'a named pipe' },
    },
    {
      name: 'replaced by a link that leads out',
      change: () => {
        unlinkSync(path())
        symlinkSync('/etc/passwd', path())
      },
      times: 1,
      expected: { entry: 'a link that leaves the root' },
    },
  ]

  test.each(cases)('while it is read: $name', ({ change, times, expected }) => {
    expect(looked('stopped', change, times)).toMatchObject(expected as object)
  })

  test.each(cases.slice(2))('before it is opened: $name', ({ change, times, expected }) => {
    expect(looked('isDirect', change, times)).toMatchObject(expected as object)
  })

  function looked(turn: 'stopped' | 'isDirect', change: () => void, times: number) {
    rmSync(path(), { force: true })
    mkdirSync(join(root, 'in'), { recursive: true })
    writeFileSync(path(), LARGE)
    let left = times
    const mine = () => {
      if (left-- > 0) change()
    }
    const isDirect = createDirectCheck()
    const reader: Reader = {
      buffer: Buffer.alloc(BUFFER),
      stopped: () => {
        if (turn === 'stopped') mine()
        return false
      },
      isDirect: (from, directory) => {
        if (turn === 'isDirect') mine()
        return isDirect(from, directory)
      },
    }
    // Below a directory that is one: only then is it asked whether that is reached without links.
    const from = turn === 'isDirect' ? { ...place(), path: root, real: root } : place()
    const key = turn === 'isDirect' ? 'in/changing' : 'changing'
    try {
      return digestFile(from, { key, algorithms: ['crc32c'] }, reader)
    } finally {
      rmSync(path(), { force: true })
    }
  }
})
