import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/lib/errors.js'
import type { Book } from '../../../src/tui/findings/book.js'
import { openLiveBook } from '../../../src/tui/findings/live.js'
import { checkFinding } from '../../support/findings-book.js'
import { mountsAllowed } from '../../support/mounts.js'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'live-book-test-'))
})
afterAll(() => rm(dir, { recursive: true }))

async function withBook<T>(use: (book: Book) => Promise<T> | T): Promise<T> {
  const book = await openLiveBook({ scratch: dir })
  try {
    return await use(book)
  } finally {
    await book.close()
  }
}

const missing = (key: string) => checkFinding('a', { finding: 'missing', key })

describe('the book of a run under way', () => {
  it('has what was added at once', async () => {
    await withBook(async (book) => {
      void book.add(missing('Straße'))
      expect([book.at(0), book.counts('a')]).toEqual([{ finding: 'missing', key: 'Straße' }, { missing: 1 }])
    })
  })

  it('has what went to the disk, what is on its way there and what is in memory', async () => {
    await withBook(async (book) => {
      const keys = Array.from({ length: 9000 }, (_, number) => `${'ß'.repeat(number % 90)}${number}`)
      for (const [number, key] of keys.entries()) {
        const behind = book.add(missing(key))
        if (number % 2000 === 0)
          expect(keys.slice(0, number + 1).every((one, at) => book.at(at).key === one)).toBe(true)
        await behind
      }
      expect(keys.map((_, number) => book.at(number).key)).toEqual(keys)
    })
  })

  it('has a finding larger than what it writes at once', async () => {
    await withBook(async (book) => {
      const keys = ['a', 'ß'.repeat(2 ** 20), 'b']
      for (const key of keys) await book.add(missing(key))
      expect(keys.map((_, number) => book.at(number).key)).toEqual(keys)
    })
  })

  it('makes whoever adds wait where the disk is behind', async () => {
    await withBook(async (book) => {
      const waits = Array.from({ length: 3000 }, () => book.add(missing('x'.repeat(1000))))
      expect(waits[0]).toBeUndefined()
      expect(waits.at(-1)).toBeInstanceOf(Promise)
      await Promise.all(waits)
      expect(book.add(missing('x'))).toBeUndefined()
    })
  })

  it('forgets those of a check that is looked at again, and no others', async () => {
    await withBook(async (book) => {
      await book.add(missing('old'))
      await book.add(checkFinding('b', { finding: 'missing', key: 'other' }))
      book.forget('a')
      await book.add(missing('new'))
      const found = await book.find({ check: 'a', sort: 'found' }, { signal: new AbortController().signal })
      expect([[...found].map((number) => book.at(number).key), book.counts('b')]).toEqual([['new'], { missing: 1 }])
    })
  })

  it('keeps what was forgotten readable, for somebody may have it before him', async () => {
    await withBook(async (book) => {
      await book.add(missing('old'))
      book.forget('a')
      await book.add(missing('new'))
      expect(book.at(0).key).toBe('old')
    })
  })

  it.each<[string, (book: Book) => unknown, string[]]>([
    ['takes up again what was set aside', (book) => book.putBack('a'), ['old']],
    ['goes on with what came since', () => undefined, ['new']],
    ['takes up nothing else', (book) => book.putBack('b'), ['new']],
    ['takes it up through another attempt', (book) => [book.forget('a'), book.putBack('a')], ['old']],
    ['takes up only the last', (book) => [book.setAside('a'), book.putBack('a')], ['new']],
  ])('%s', async (_, then, keys) => {
    await withBook(async (book) => {
      await book.add(missing('old'))
      book.setAside('a')
      expect(book.counts('a')).toEqual({})
      await book.add(missing('new'))
      then(book)
      const found = await book.find({ check: 'a', sort: 'found' }, { signal: new AbortController().signal })
      expect([[...found].map((number) => book.at(number).key), book.counts('a')]).toEqual([keys, { missing: 1 }])
    })
  })

  it('leaves no file, even while it is open', async () => {
    await withBook(async (book) => {
      await book.add(missing('x'))
      expect(await readdir(dir)).toEqual([])
    })
  })

  it('says where it cannot be kept', async () => {
    const error = await openLiveBook({ scratch: join(dir, 'none') }).catch((cause: Error) => cause)
    expect(error).toBeInstanceOf(UsageError)
    expect((error as UsageError).message).toContain(`findings cannot be kept in ${join(dir, 'none')}`)
  })

  it('never goes through what somebody else has put in its place', async () => {
    const theirs = join(dir, 'theirs')
    await writeFile(theirs, 'theirs')
    await symlink(theirs, join(dir, 'findings.ndjson'))
    await expect(openLiveBook({ scratch: dir })).rejects.toThrow(/EEXIST/)
    expect(await readFile(theirs, 'utf8')).toBe('theirs')
    await rm(theirs)
    await rm(join(dir, 'findings.ndjson'))
  })

  const full = fileURLToPath(new URL('live-until-full.ts', import.meta.url))
  it.skipIf(!mountsAllowed())(
    'goes on where the disk is full, and says what it does not have [needs root, for a small disk]',
    async () => {
      const mount = `mount -t tmpfs -o size=4m none "${dir}"; exec "$@"`
      const node = [process.execPath, '--import', 'tsx', full, dir]
      const inside = ['--mount', '--propagation', 'private', 'sh', '-ec', mount, 'sh', ...node]
      const { stdout } = await promisify(execFile)('unshare', inside)
      expect(JSON.parse(stdout)).toEqual({
        full: {
          lost: 11,
          incomplete: expect.stringMatching(/^11 findings could not be kept to be shown here: ENOSPC: no space left/),
          found: true,
          first: 0,
          last: 0,
        },
        again: {
          afterA: expect.stringMatching(/^10 findings could not be kept/),
          incomplete: 'complete',
          counts: { missing: 2000 },
          last: true,
        },
      })
    },
  )
})
