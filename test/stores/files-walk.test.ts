// The parts of the walk, on real directories: what cannot be met from outside, or only by chance.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Key, keyFromText } from '../../src/lib/key.js'
import { createCallCrew } from '../../src/stores/files/calls.js'
import type { Outcome } from '../../src/stores/files/crew.js'
import { explain } from '../../src/stores/files/errors.js'
import { openRoot, type Root } from '../../src/stores/files/look.js'
import { createNameRuns, createReadStored, ScratchError } from '../../src/stores/files/name-runs.js'
import { type NameList, nameAt, nameCount, nameList, type Piece } from '../../src/stores/files/names.js'
import { createPending } from '../../src/stores/files/pending.js'
import { syncCalls, type WalkPlace, walkSync } from '../../src/stores/files/run-sync.js'
import { createThreadCrew } from '../../src/stores/files/threads.js'
import { walk } from '../../src/stores/files/walk.js'
import type { Walked } from '../../src/stores/files/walk-some.js'
import { buffersOf, pageOf } from '../../src/stores/packed.js'

const ROOT: Piece = { directory: keyFromText(''), names: nameList(['']), count: 1, directories: 1 }
const EVERYTHING = { from: keyFromText(''), to: undefined }

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'files-walk-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function put(...paths: readonly string[]): void {
  for (const path of paths) {
    const file = Buffer.from(join(directory, path), 'latin1')
    mkdirSync(Buffer.from(dirname(join(directory, path)), 'latin1'), { recursive: true })
    writeFileSync(file, 'x')
  }
}

const rootOf = (path = directory): Promise<Root> =>
  openRoot({ path: keyFromText(path), label: 'files', symlinks: 'inside' })
const placeOf = (root: Root, most: number, looks = true) => ({
  root,
  scratch: undefined,
  rules: { range: EVERYTHING, looks, most },
})
const walkOnce = (pieces: readonly Piece[], place: WalkPlace) => walkSync(pieces, place, syncCalls(undefined, place))
const keysOf = ({ page }: Walked): readonly Key[] => pageOf(page).entries.map(({ key }) => key)

describe('what changes between reading a directory and looking at what is in it', () => {
  it('what vanishes is left out, and a file that becomes a directory is a gap', async () => {
    put('b/x', 'c', 'd', 'e/x', 'f')
    const root = await rootOf()
    const first = walkOnce([ROOT], placeOf(root, 1))
    expect(keysOf(first)).toEqual([])
    for (const path of ['b', 'd', 'f']) rmSync(join(directory, path), { recursive: true })
    put('f/x')
    const second = walkOnce(first.rest, placeOf(root, 100))
    expect(keysOf(second)).toEqual(['c', 'e/x'])
    expect(second.vanished).toBe(true)
    expect(second.page.gaps).toEqual([
      { from: 'f/', to: 'f0', code: 'unreadable', reason: 'became a directory while it was listed' },
    ])
  })
})

describe('a walk in parts', () => {
  const name = fc.stringMatching(/^[a-c.\-\u00e9]{1,3}$/).filter((text) => !/^\.+$/.test(text))
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'))

  it('gives every file once and in order, however it is cut and whoever is first', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(path, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 12 }),
        fc.boolean(),
        fc.array(fc.nat(), { minLength: 1, maxLength: 8 }),
        async (paths, most, looks, picks) => {
          rmSync(directory, { recursive: true })
          mkdirSync(directory)
          const files = paths.filter((one) => !paths.some((other) => other.startsWith(`${one}/`)))
          put(...files)
          const place = placeOf(await rootOf(), most, looks)
          const pending = createPending(keyFromText(''), most)
          const open: ReturnType<typeof pending.take>[] = []
          const keys: Key[] = []
          for (let turn = 0; pending.first() !== undefined; turn++) {
            for (let first = pending.first(); first?.state === 'walked'; first = pending.first()) {
              keys.push(...keysOf(first.walked))
              pending.shift()
            }
            for (let taken = pending.take(); taken !== undefined; taken = pending.take()) open.push(taken)
            const [next] = open.splice((picks[turn % picks.length] ?? 0) % Math.max(1, open.length), 1)
            if (next !== undefined) pending.put(next.at, { walked: walkOnce(next.pieces, place) })
          }
          expect(keys).toEqual([...files].sort())
          expect(pending.held()).toBe(0)
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('a crew', () => {
  const given = (crew: ReturnType<typeof createThreadCrew>) =>
    new Promise<Outcome>((done) => {
      crew.give([ROOT], done)
    }).finally(() => crew.close())

  it.each([
    ['threads', createThreadCrew],
    ['calls', createCallCrew],
  ])('of %s finds what is there', async (_, create) => {
    put('a/b', 'a.txt', 'caf\u00e9')
    const outcome = await given(create(placeOf(await rootOf(), 100), 2, true))
    expect('walked' in outcome && pageOf(outcome.walked.page).entries).toMatchObject([
      { key: 'a.txt', size: 1 },
      { key: 'a/b', size: 1 },
      { key: 'caf\u00e9', size: 1 },
    ])
  })

  it.each([
    ['threads', createThreadCrew],
    ['calls', createCallCrew],
  ])('of %s tells what the file system says of a root that has gone', async (_, create) => {
    const root = await rootOf()
    rmSync(directory, { recursive: true })
    const outcome = await given(create(placeOf(root, 100), 2, true))
    expect('failed' in outcome && explain(outcome.failed)).toEqual({ code: 'absent', reason: 'does not exist' })
  })
})

describe('the whole walk', () => {
  const options = {
    prefix: keyFromText(''),
    range: EVERYTHING,
    want: { size: true, modified: true },
    scratch: undefined,
  }
  const { signal } = new AbortController()
  const walkBy = async (by: 'threads' | 'calls') => walk(await rootOf(), { ...options, by, limit: 2, few: 0, signal })
  const files = Array.from({ length: 400 }, (_, n) => `${n % 7}/${n % 3 === 0 ? `${n % 5}-b/` : ''}${n}.jpg`)

  it.each(['threads', 'calls'] as const)('by %s gives every file once and in order', async (by) => {
    put(...files)
    const keys: Key[] = []
    for await (const page of await walkBy(by)) keys.push(...pageOf(page).entries.map(({ key }) => key))
    expect(keys).toEqual(files.toSorted())
  })

  it('gives pages that cannot be read any more once their memory has gone on', async () => {
    put(...files)
    for await (const packed of await walkBy('threads')) {
      const page = pageOf(packed)
      structuredClone(packed, { transfer: buffersOf(packed) })
      expect(() => page.entries).toThrow('read after the next')
    }
    expect.assertions(1)
  })

  it('ended early leaves no thread behind', async () => {
    put(...files)
    const walking = await walkBy('threads')
    await walking.next()
    await walking.return()
    expect(process.getActiveResourcesInfo().filter((name) => /Port|Worker/.test(name))).toEqual([])
  })

  it('fails with the reason of the signal, whatever a thread is at', async () => {
    put(...files)
    const stop = new AbortController()
    const walking = walk(await rootOf(), { ...options, by: 'threads', limit: 2, few: 0, signal: stop.signal })
    const first = walking.next()
    stop.abort(new Error('enough'))
    await expect(first).rejects.toThrow('enough')
  })
})

describe('names beyond what memory should hold', () => {
  const where = (scratch: string | undefined, run: number) => ({
    size: 64,
    scratch,
    run,
  })

  it.each([1000, 1001, 3])('come back sorted and each once: %d of them', (number) => {
    const runs = createNameRuns(keyFromText('many/'), where(join(directory, 'own'), 100))
    const names = Array.from({ length: number }, (_, n) => `${((n * 2_654_435_761) % 2 ** 32).toString(16)}-${n}`)
    for (const one of names) runs.add(one)
    const kept = runs.finish()
    const back = 'names' in kept ? textsOf(kept.names) : kept.pieces.flatMap((piece) => namesIn(piece))
    expect('pieces' in kept).toBe(number > 100)
    expect(back).toEqual(names.toSorted())
  })

  it('are held where there is no room beside', () => {
    const runs = createNameRuns(keyFromText('many/'), where(undefined, 2))
    for (const one of ['c', 'a', 'b']) runs.add(one)
    const kept = runs.finish()
    expect('names' in kept && textsOf(kept.names)).toEqual(['a', 'b', 'c'])
  })

  it('fail with the disk they are to be kept on, not with the directory they are of', () => {
    const runs = createNameRuns(keyFromText('many/'), where(join(directory, 'gone', 'deeper'), 2))
    runs.add('a')
    expect(() => runs.add('b')).toThrow(ScratchError)
  })

  function namesIn({ names }: Piece): readonly string[] {
    return textsOf('file' in names ? createReadStored()(names) : names)
  }
  function textsOf(names: NameList): readonly string[] {
    return Array.from({ length: nameCount(names) }, (_, n) => nameAt(names, n))
  }
})
