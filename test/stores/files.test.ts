import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { installed } from '../../fixtures/servers/installed.js'
import { connectionSchema, type FilesSpec } from '../../src/connections/schema.js'
import { type Key, keyFromText } from '../../src/lib/key.js'
import { createFilesStore } from '../../src/stores/files/files.js'
import type { Entry, Gap, Store } from '../../src/stores/store.js'
import { mountsAllowed } from '../support/mounts.js'
import { serverOrSkip } from '../support/require-server.js'
import { lookInChild } from './run-child.js'

const { signal } = new AbortController()
const isRoot = process.getuid?.() === 0
const NOBODY = 65_534

let directory: string
let root: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'files-store-'))
  await chmod(directory, 0o755)
  root = join(directory, 'root')
  await mkdir(root)
})
afterEach(() => rm(directory, { recursive: true, force: true }))

async function put(...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(directory, path)), { recursive: true })
    await writeFile(join(directory, path), path)
  }
}

function storeOf(spec: Partial<FilesSpec> = {}): Store {
  return createFilesStore('files', connectionSchema.parse({ type: 'files', root, ...spec }) as FilesSpec)
}

async function listed(store: Store, prefix = ''): Promise<{ entries: readonly Entry[]; gaps: readonly Gap[] }> {
  const entries: Entry[] = []
  const gaps: Gap[] = []
  for await (const page of store.list({ prefix: keyFromText(prefix), signal })) {
    entries.push(...page.entries)
    gaps.push(...(page.gaps ?? []))
  }
  return { entries, gaps }
}

const stat = (store: Store, key: string) => store.stat(keyFromText(key), { signal })

describe('keys that are never looked up', () => {
  it.each(['../secret', 'a/../../secret', '..', '/etc/passwd', 'nul\0'])('%j', async (key) => {
    await put('secret')
    const store = storeOf()
    expect(store.refuse(keyFromText(key))).toMatch(/./)
    expect(await stat(store, key)).toBeUndefined()
    await expect(store.open(keyFromText(key), { signal })).rejects.toMatchObject({ code: 'forbidden' })
  })

  it.each(['..a', 'a..', '...', 'a/..b'])('but %j is a name like any other', async (key) => {
    await put(`root/${key}`)
    expect(storeOf().refuse(keyFromText(key))).toBeUndefined()
    expect(await stat(storeOf(), key)).toMatchObject({ key })
  })
})

describe('links', () => {
  beforeEach(async () => {
    await put('root/file', 'root/dir/inner', 'outside/file')
    const links = [
      ['file', 'to-file'],
      ['dir/../file', 'to-file-by-dots'],
      ['to-file', 'to-link'],
      [join('..', 'outside', 'file'), 'leaves'],
      [join(directory, 'outside'), 'leaves-to-dir'],
      ['dir', 'to-dir'],
      ['nothing', 'broken'],
      ['loop', 'loop'],
    ] as const
    for (const [target, name] of links) await symlink(target, join(root, name))
  })

  it('inside: a link to a file below the root is that file, any other is unreadable, none is followed to a directory', async () => {
    const { entries, gaps } = await listed(storeOf())
    expect(entries.map(({ key, size, unreadable }) => [key, unreadable ?? size])).toEqual([
      ['broken', 'a broken link'],
      ['dir/inner', 14],
      ['file', 9],
      ['leaves', 'a link that leaves the root'],
      ['leaves-to-dir', 'a link that leaves the root'],
      ['loop', 'a link: too many links one after another'],
      ['to-dir', 'a link to a directory'],
      ['to-file', 9],
      ['to-file-by-dots', 9],
      ['to-link', 9],
    ])
    expect(gaps).toEqual([])
  })

  it('inside: stat says the same, and what lies behind a link to a directory is unreadable, not missing', async () => {
    const store = storeOf()
    for (const entry of (await listed(store)).entries) expect(await store.stat(entry.key, { signal })).toEqual(entry)
    for (const key of ['to-dir/inner', 'leaves-to-dir/file']) {
      await expect(stat(store, key)).rejects.toMatchObject({
        code: 'unreadable',
        message: expect.stringContaining(key),
      })
      await expect(store.open(keyFromText(key), { signal })).rejects.toMatchObject({ code: 'unreadable' })
    }
    await expect(store.open(keyFromText('leaves'), { signal })).rejects.toMatchObject({ code: 'unreadable' })
    expect(await stat(store, 'to-dir/nothing')).toBeUndefined()
  })

  it('inside: a prefix that leads through a link cannot be listed, and says so', async () => {
    expect(await listed(storeOf(), 'to-dir/')).toEqual({
      entries: [],
      gaps: [{ from: 'to-dir/', to: 'to-dir0', code: 'unreadable', reason: expect.stringContaining('to-dir') }],
    })
  })

  it('ignore: links are passed over', async () => {
    const store = storeOf({ symlinks: 'ignore' })
    expect((await listed(store)).entries.map(({ key }) => key)).toEqual(['dir/inner', 'file'])
    for (const key of ['to-file', 'leaves', 'to-dir/inner', 'leaves-to-dir/file']) {
      expect(await stat(store, key)).toBeUndefined()
    }
    expect(await listed(store, 'to-dir/')).toEqual({ entries: [], gaps: [] })
  })

  it('what else is known of a name is given where it is asked for', async () => {
    const facts = async (key: string) => (await storeOf().stat(keyFromText(key), { facts: true, signal }))?.facts
    expect(await facts('to-file')).toMatchObject({ type: 'a link' })
    expect(await facts('file')).toMatchObject({ type: 'a file', owner: `${process.getuid?.()}:${process.getgid?.()}` })
    expect(await facts('missing')).toBeUndefined()
    expect(await stat(storeOf(), 'file')).not.toHaveProperty('facts')
  })

  it('the root itself may be one', async () => {
    await symlink(root, join(directory, 'linked-root'))
    const store = storeOf({ root: join(directory, 'linked-root') })
    await store.probe({ signal })
    expect(await stat(store, 'to-file')).toMatchObject({ size: 9 })
    expect(await stat(store, 'dir/inner')).toMatchObject({ size: 14 })
  })
})

describe('what is no file', () => {
  it('a socket and a pipe are entries nobody can read', async () => {
    execFileSync('mkfifo', [join(root, 'pipe')])
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(join(root, 'socket'), resolve))
    const { entries } = await listed(storeOf())
    expect(entries.map(({ key, unreadable }) => [key, unreadable])).toEqual([
      ['pipe', 'a named pipe'],
      ['socket', 'a socket'],
    ])
    await expect(storeOf().open('pipe' as Key, { signal })).rejects.toMatchObject({ code: 'unreadable' })
    await new Promise((resolve) => server.close(resolve))
  })

  it('a directory under the key of a file is no file', async () => {
    await put('root/a/x')
    expect(await stat(storeOf(), 'a')).toBeUndefined()
    await expect(storeOf().open('a' as Key, { signal })).rejects.toMatchObject({ code: 'absent' })
  })
})

describe('probe', () => {
  it.each([
    ['a root that is not there', 'nothing', 'absent', /does not exist/],
    ['a file', 'file', 'unreadable', /not a directory/],
  ])('%s', async (_, path, code, message) => {
    await put('file')
    const store = storeOf({ root: join(directory, path) })
    await expect(store.probe({ signal })).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })

  it('a root that vanishes after it was looked at is not an empty listing', async () => {
    const store = storeOf()
    await store.probe({ signal })
    await rm(root, { recursive: true })
    await expect(listed(store)).rejects.toMatchObject({ code: 'absent' })
  })
})

describe('a disk that goes away while it is read (its root replaced by an empty directory)', () => {
  const replaceRoot = async () => {
    await rename(root, join(directory, 'old'))
    await mkdir(root)
  }

  it.each(['flat', 'deep/er'])('ends a listing of %s, which would be short otherwise', async (place) => {
    await put(...Array.from({ length: 2100 }, (_, index) => `root/${place}/${index}`), 'root/z/file')
    const pages = storeOf().list({ signal })
    await pages.next()
    await replaceRoot()
    const rest = (async () => {
      for await (const _ of pages);
    })()
    await expect(rest).rejects.toMatchObject({ code: 'absent', message: expect.stringMatching(/replaced/) })
  })

  it('is no empty listing', async () => {
    await put('root/file')
    const store = storeOf()
    await store.probe({ signal })
    await replaceRoot()
    await expect(listed(store)).rejects.toMatchObject({ code: 'absent', message: expect.stringMatching(/replaced/) })
  })

  it('is not a missing file', async () => {
    await put('root/file')
    const store = storeOf()
    expect(await stat(store, 'file')).toMatchObject({ size: 9 })
    expect(await stat(store, 'missing')).toBeUndefined()
    await replaceRoot()
    await expect(stat(store, 'file')).rejects.toMatchObject({
      code: 'absent',
      message: expect.stringMatching(/replaced/),
    })
  })
})

describe('what may not be read', () => {
  const uid = isRoot ? { uid: NOBODY } : {}

  it('an unreadable directory is a gap in its place, and the rest is listed', async () => {
    await put('root/a.txt', 'root/closed/x', 'root/deep/closed/x', 'root/deep/open', 'root/z')
    for (const path of ['closed', 'deep/closed']) await chmod(join(root, path), 0)
    const { list, stat } = await lookInChild({ spec: { root }, ...uid, stat: ['a.txt', 'closed/x', 'closed/y'] })
    expect(list).toEqual({
      keys: ['a.txt', 'deep/open', 'z'],
      gaps: [
        { from: 'closed/', to: 'closed0', code: 'forbidden', reason: 'permission denied' },
        { from: 'deep/closed/', to: 'deep/closed0', code: 'forbidden', reason: 'permission denied' },
      ],
    })
    const refused = /^forbidden: files \(.*\) "closed\/.": permission denied$/
    expect(stat).toEqual([10, expect.stringMatching(refused), expect.stringMatching(refused)])
    const rest = await lookInChild({ spec: { root }, ...uid, after: 'deep/d' })
    expect(rest.list, 'what is out of range is not even looked at').toEqual({ keys: ['deep/open', 'z'], gaps: [] })
    for (const path of ['closed', 'deep/closed']) await chmod(join(root, path), 0o755)
  })

  it.each([
    ['', {}],
    [', where names would do', { names: true }],
    [', where names would do and with calls of Node', { names: true, libc: false }],
  ])('a directory that can be read but not entered gives its names, as unreadable%s', async (_, asked) => {
    await put('root/names/x')
    await chmod(join(root, 'names'), 0o444)
    const { list } = await lookInChild({ spec: { root }, ...uid, ...asked })
    expect(list).toEqual({ keys: ['names/x: permission denied'], gaps: [] })
    await chmod(join(root, 'names'), 0o755)
  })

  it('an unreadable root fails, in probe and in list', async () => {
    await chmod(root, 0)
    const { probe, list } = await lookInChild({ spec: { root }, ...uid })
    expect(probe).toMatch(/^forbidden: files \(.*\): permission denied$/)
    expect(list).toMatch(/^forbidden: /)
    await chmod(root, 0o755)
  })
})

describe.skipIf(!mountsAllowed())('mounts [need root]', () => {
  it('mounted: true takes a root that is a mount point', async () => {
    const mount = `mount -t tmpfs none "${root}"; echo 12345 > "${root}/file"`
    expect(await lookInChild({ spec: { root, mounted: true } }, mount)).toEqual({
      list: { keys: ['file'], gaps: [] },
      stat: [],
      digest: [],
    })
  })

  serverOrSkip('mkfs.ext4', installed('mkfs.ext4'))('an ext4', () => {
    it.each([true, false])(
      'a file system that does not tell types while listing is listed all the same (libc: %s)',
      async (libc) => {
        const image = join(directory, 'image')
        const mount = `
      truncate -s 8M "${image}"; mkfs.ext4 -q -F -O ^filetype "${image}"; mount -o loop "${image}" "${root}"
      rmdir "${root}/lost+found"; mkdir "${root}/dir"; touch "${root}/dir/x" "${root}/dir.txt" "$(printf '${root}/\\351')"`
        expect(await lookInChild({ spec: { root, mounted: true }, libc }, mount)).toMatchObject({
          list: { keys: ['dir.txt', 'dir/x', '\u00e9'], gaps: [] },
        })
      },
    )
  })
})
