/** What the store at a vantage says of what is no plain file: the same, word for word, as the store that looks itself. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Key, keyFromText, keyToText } from '../../../src/lib/key.js'
import { createFilesStore } from '../../../src/stores/files/files.js'
import type { Store } from '../../../src/stores/store.js'
import { createLocalVantage } from '../../../src/vantage/local.js'
import type { Vantage } from '../../../src/vantage/vantage.js'
import { filesSpec, storeAt } from './bed.js'

const { signal } = new AbortController()
const local = createLocalVantage({ env: process.env })
const as = (user: string): Vantage => ({ ...local, start: (argv, options) => local.start(argv, { ...options, user }) })

let directory: string
let root: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'files-same-'))
  chmodSync(directory, 0o755)
  root = join(directory, 'root')
  mkdirSync(join(root, 'sub/deeper'), { recursive: true })
  writeFileSync(join(root, 'file'), 'content')
  writeFileSync(join(root, 'sub/other'), 'other')
  writeFileSync(join(directory, 'outside'), 'outside')
  symlinkSync('file', join(root, 'to-file'))
  symlinkSync('../file', join(root, 'sub/up'))
  symlinkSync(join(root, 'file'), join(root, 'absolute'))
  symlinkSync('sub', join(root, 'to-directory'))
  symlinkSync('nowhere', join(root, 'broken'))
  symlinkSync('loop', join(root, 'loop'))
  symlinkSync('../outside', join(root, 'leaves'))
  symlinkSync('/etc/passwd', join(root, 'leaves-far'))
  spawnSync('mkfifo', [join(root, 'pipe')])
})
afterEach(() => rmSync(directory, { recursive: true }))

async function all(store: Store, prefix?: Key) {
  const entries: unknown[] = []
  const gaps: unknown[] = []
  for await (const page of store.list({ signal, prefix })) {
    gaps.push(...(page.gaps ?? []))
    entries.push(...page.entries.map(({ key, size, unreadable }) => ({ key: keyToText(key), size, unreadable })))
  }
  return { entries, gaps }
}

for (const symlinks of ['inside', 'ignore'] as const) {
  describe(`with links ${symlinks}`, () => {
    const both = () => ({
      here: createFilesStore('uploads', filesSpec(root, { symlinks })),
      there: storeAt(local, root, directory, { symlinks }),
    })

    it.each([undefined, 'sub/', 'to-directory/', 'to-directory/o', 'file/', 'nothing/', 'su'])(
      'lists the same below %j',
      async (below) => {
        const { here, there } = both()
        const prefix = below === undefined ? undefined : keyFromText(below)
        expect(await all(there, prefix)).toEqual(await all(here, prefix))
      },
    )

    it.each([
      'file',
      'to-file',
      'sub/up',
      'absolute',
      'to-directory',
      'to-directory/other',
      'broken',
      'loop',
      'leaves',
      'leaves-far',
      'pipe',
      'sub',
      'sub/',
      'file/below',
      'nothing',
      'sub//other',
      'to-directory/nothing',
    ])('says the same of %s', async (name) => {
      const { here, there } = both()
      const look = async (store: Store) =>
        store.stat(keyFromText(name), { signal }).then(
          (entry) => entry && { size: entry.size, unreadable: entry.unreadable },
          (error: Error & { code?: string }) => [error.name, error.code, error.message.replace(/\(.*?\)/, '')],
        )
      expect(await look(there)).toEqual(await look(here))
    })
  })
}

describe('says why', () => {
  it.runIf(process.getuid?.() === 0)('a directory that may not be read is a gap', async () => {
    chmodSync(join(root, 'sub'), 0o700)
    const { entries, gaps } = await all(storeAt(as('65534'), root, directory, { symlinks: 'ignore' }))
    expect(gaps).toEqual([{ from: 'sub/', to: 'sub0', code: 'forbidden', reason: 'permission denied' }])
    expect(entries.map((entry) => (entry as { key: string }).key)).toEqual(['file', 'pipe'])
  })

  it.runIf(process.getuid?.() === 0)('a file below it cannot be told from one that is not there', async () => {
    chmodSync(join(root, 'sub'), 0o700)
    const entry = await storeAt(as('65534'), root, directory).stat(keyFromText('sub/other'), { signal })
    expect(entry).toMatchObject({ unreadable: 'permission denied' })
  })

  it.runIf(process.getuid?.() === 0)('a root that may not be read', async () => {
    chmodSync(root, 0o700)
    const store = storeAt(as('65534'), root, directory)
    await expect(store.probe({ signal })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(all(store)).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('a root that is a file', async () => {
    await expect(storeAt(local, join(root, 'file'), directory).probe({ signal })).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringContaining('not a directory'),
    })
  })

  it('a root that is no mount point where it should be one', async () => {
    const store = storeAt(local, root, directory, { mounted: true })
    await expect(store.probe({ signal })).rejects.toMatchObject({
      code: 'absent',
      message: expect.stringMatching(/not mounted/),
    })
  })

  it('a root that was replaced since', async () => {
    const store = storeAt(local, root, directory)
    await store.probe({ signal })
    renameSync(root, `${root}-old`)
    mkdirSync(root)
    await expect(store.stat(keyFromText('file'), { signal })).rejects.toMatchObject({ code: 'absent' })
    await expect(all(store)).rejects.toMatchObject({ code: 'absent', message: expect.stringMatching(/replaced/) })
  })

  it('a relative root', async () => {
    await expect(storeAt(local, 'here', directory).probe({ signal })).rejects.toThrow(/absolute path/)
  })

  it('that there are no tools', async () => {
    mkdirSync(join(directory, 'bin'))
    symlinkSync('/bin/sh', join(directory, 'bin/sh'))
    const bare = createLocalVantage({ env: { PATH: join(directory, 'bin') } })
    await expect(all(storeAt(bare, root, directory))).rejects.toThrow(/no stat/)
  })
})

it('looks at many keys with few scripts', async () => {
  let started = 0
  const counting: Vantage = {
    ...local,
    start: (argv, options) => {
      started++
      return local.start(argv, options)
    },
  }
  const store = storeAt(counting, root, directory)
  const keys = Array.from({ length: 2000 }, (_, index) => keyFromText(index % 2 === 0 ? 'file' : `missing ${index}`))
  const found = await Promise.all(keys.map((key) => store.stat(key, { signal })))
  expect(found.filter((entry) => entry !== undefined)).toHaveLength(1000)
  expect(started).toBeLessThanOrEqual(3)
})
