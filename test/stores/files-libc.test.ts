// Directories read and files looked at through the C library: the same as through Node, and as careful.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Key, keyFromText } from '../../src/lib/key.js'
import { createGetdents } from '../../src/stores/files/getdents.js'
import { type Libc, loadLibc } from '../../src/stores/files/libc.js'
import { openRoot, type Root } from '../../src/stores/files/look.js'
import { createReadStored } from '../../src/stores/files/name-runs.js'
import { type NameList, nameAt, nameCount, nameList, type Piece } from '../../src/stores/files/names.js'
import { createOpenDirectories } from '../../src/stores/files/open-directories.js'
import { createReadDirectorySync, type ReadOptions } from '../../src/stores/files/read-directory.js'
import { syncCalls, walkSync } from '../../src/stores/files/run-sync.js'
import { pageOf } from '../../src/stores/packed.js'

const EIO = 5
const ENOSYS = 38
const ROOT: Piece = { directory: keyFromText(''), names: nameList(['']), count: 1, directories: 1 }

describe.skipIf(process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch))('the C library', () => {
  let libc: Libc
  beforeAll(() => {
    const loaded = loadLibc()
    if (loaded === undefined) throw new Error('koffi is not installed, or its calls do not work')
    libc = loaded
  })
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'files-libc-'))
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  const bytesOf = (path: string): Buffer => Buffer.from(join(directory, path), 'latin1')
  function put(path: string, content = 'x'): void {
    const slash = path.lastIndexOf('/')
    if (slash > 0) mkdirSync(bytesOf(path.slice(0, slash)), { recursive: true })
    writeFileSync(bytesOf(path), content)
  }
  const rootOf = () => openRoot({ path: keyFromText(directory), label: 'files', symlinks: 'inside' })
  const getdents = (root: Root) => createGetdents(libc, root, createOpenDirectories(libc, root))
  async function walked(
    calls: Libc | undefined,
    looks: boolean,
    range = { from: keyFromText(''), to: undefined as Key | undefined },
  ) {
    const root = await rootOf()
    const rules = { range, looks, most: 100_000 }
    const place = { root, rules, scratch: undefined }
    const { page, vanished } = walkSync([ROOT], place, syncCalls(calls, place))
    return { entries: pageOf(page).entries, gaps: page.gaps, vanished }
  }

  it('gives of any tree what Node gives', async () => {
    // Few letters, so that names are often the beginning of others, and what sorts around the slash.
    const name = fc.stringMatching(/^[ab.\-0\n\xff\xe9]{1,3}$/).filter((text) => !/^\.{1,2}$/.test(text))
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'))
    const kind = fc.constantFrom('file', 'file', 'file', 'link', 'directory')
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(path, kind), { maxLength: 30, selector: ([one]) => one }),
        path,
        fc.boolean(),
        async (all, from, looks) => {
          rmSync(directory, { recursive: true })
          mkdirSync(directory)
          for (const [one, is] of all.filter(([one]) => !all.some(([other]) => other.startsWith(`${one}/`)))) {
            put(`${one}/in`.slice(0, is === 'directory' ? undefined : one.length), one)
            if (is === 'link') symlinkSync('a', bytesOf(`${one}\xfe`))
          }
          const range = { from: keyFromText(from), to: undefined }
          expect(await walked(libc, looks)).toEqual(await walked(undefined, looks))
          expect(await walked(libc, looks, range)).toEqual(await walked(undefined, looks, range))
        },
      ),
      { numRuns: 80 },
    )
  })

  it('tells pipes, sizes beyond 32 bits and times before 1970 as Node does', async () => {
    execFileSync('mkfifo', [join(directory, 'pipe')])
    put('large')
    truncateSync(join(directory, 'large'), 5_000_000_001)
    execFileSync('touch', ['--date', '1969-12-31T23:59:58.250Z', join(directory, 'old')])
    const found = await walked(libc, true)
    expect(found).toEqual(await walked(undefined, true))
    expect(found.entries).toMatchObject([
      { key: 'large', size: 5_000_000_001 },
      { key: 'old', modified: -1750 },
      { key: 'pipe', unreadable: 'a named pipe' },
    ])
  })

  describe('a directory of many names', () => {
    const names = Array.from(
      { length: 9000 },
      (_, n) => `${((n * 2_654_435_761) % 2 ** 32).toString(16)}-photo-${n}.jpg`,
    )
    const options = (given: Partial<ReadOptions>): ReadOptions => ({
      size: 64,
      scratch: undefined,
      mostBytes: Number.POSITIVE_INFINITY,
      ...given,
    })
    const textsOf = (list: NameList) => Array.from({ length: nameCount(list) }, (_, n) => nameAt(list, n))
    beforeEach(() => {
      for (const one of names) put(one)
    })

    it.each([
      ['is held where there is no room beside', {}, false],
      ['goes to disk in runs', { run: 1000 }, true],
    ])('%s', async (_, given, stored) => {
      const scratch = stored ? join(directory, 'scratch') : undefined
      const readStored = createReadStored()
      const root = await rootOf()
      for (const read of [getdents(root), createReadDirectorySync(root)]) {
        const found = read(keyFromText(''), options({ ...given, scratch }))
        if (found === undefined) throw new Error('refused')
        expect('pieces' in found).toBe(stored)
        const lists =
          'names' in found
            ? [found.names]
            : found.pieces.map((piece) => ('file' in piece.names ? readStored(piece.names) : piece.names))
        expect(lists.flatMap(textsOf).filter((one) => one !== 'scratch/')).toEqual(names.toSorted())
      }
    })

    it('is left to others where it takes more than it may', async () => {
      expect(getdents(await rootOf())(keyFromText(''), options({ mostBytes: 10_000 }))).toBeUndefined()
    })

    it('whose reading fails half way is a gap, never a short listing', async () => {
      mkdirSync(join(directory, 'more'))
      put('more/x')
      let calls = 0
      const failing: Libc = {
        ...libc,
        // The second call for the root succeeds no more.
        getdents: (fd, into, from) => (calls++ === 1 ? -EIO : libc.getdents(fd, into, from)),
      }
      await expect(walked(failing, false)).rejects.toMatchObject({ code: 'EIO' })
    })
  })

  it('a directory below whose reading fails at its end is a gap', async () => {
    put('a/x')
    put('b')
    let calls = 0
    // Two for the root and one for what is in `a` have gone well.
    const ends: Libc = { ...libc, getdents: (fd, into, from) => (calls++ === 3 ? -EIO : libc.getdents(fd, into, from)) }
    const { entries, gaps } = await walked(ends, false)
    expect(entries.map(({ key }) => key)).toEqual(['b'])
    expect(gaps).toEqual([{ from: 'a/', to: 'a0', code: 'unreadable', reason: 'input/output error' }])
  })

  it('what it refuses to tell of a file is asked of Node', async () => {
    put('a/x', 'four')
    const refusing: Libc = { ...libc, statx: () => -ENOSYS }
    expect((await walked(refusing, true)).entries).toMatchObject([{ key: 'a/x', size: 4 }])
  })

  function counting() {
    const seen = { open: 0, most: 0 }
    const counted: Libc = {
      ...libc,
      open: (...given) => {
        const fd = libc.open(...given)
        if (fd >= 0) seen.most = Math.max(seen.most, ++seen.open)
        return fd
      },
      close: (fd) => {
        seen.open--
        return libc.close(fd)
      },
    }
    return { seen, counted }
  }

  it.each([false, true])('is done with every directory it opens (looks: %s)', async (looks) => {
    const { seen, counted } = counting()
    for (const path of ['a/b/c', 'a/d', 'e/f', 'g']) put(path)
    await walked(counted, looks)
    expect(seen).toMatchObject({ open: 0 })
  })

  it('opens a directory anew that is read twice', async () => {
    const { seen, counted } = counting()
    put('a/b')
    const directories = createOpenDirectories(counted, await rootOf())
    for (const one of ['', 'a/', 'a/']) directories.open(keyFromText(one))
    expect(seen.open).toBe(2)
    directories.close()
    expect(seen.open).toBe(0)
  })

  it.each([false, true])(
    'goes down further than it holds directories open, and comes up again (looks: %s)',
    async (looks) => {
      const { seen, counted } = counting()
      // The same name in each, of another size: looked for in a directory above, it would be found.
      const names = ['b', 'n', 'z/z']
      for (let depth = 1; depth <= 80; depth++)
        for (const name of names) put(`${'m/'.repeat(depth)}${name}`, 'x'.repeat(depth))
      expect(await walked(counted, looks)).toEqual(await walked(undefined, looks))
      expect(seen.open).toBe(0)
      expect(seen.most).toBeGreaterThan(10)
      expect(seen.most).toBeLessThanOrEqual(32)
    },
  )
})
