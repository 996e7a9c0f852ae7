/** Names of directories lie in memory that is used again: all of it comes back, wherever a walk ends. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBytesPool } from '../../src/lib/bytes-pool.js'
import { keyFromText } from '../../src/lib/key.js'
import { loadLibc } from '../../src/stores/files/libc.js'
import { openRoot, type Root } from '../../src/stores/files/look.js'
import { createReadStored } from '../../src/stores/files/name-runs.js'
import { nameList, type Piece } from '../../src/stores/files/names.js'
import { syncCalls, type WalkPlace, walkSync } from '../../src/stores/files/run-sync.js'
import { type KeyRange, prefixRange } from '../../src/stores/range.js'

const dir = mkdtempSync(join(tmpdir(), 'names-pool-'))
afterAll(() => rmSync(dir, { recursive: true }))
let root: Root
beforeAll(async () => {
  for (const at of ['a', 'a/b', 'a/b/c', 'd', 'e', 'empty']) {
    mkdirSync(join(dir, at), { recursive: true })
    if (at !== 'empty') for (let n = 0; n < (at === 'd' ? 200 : 30); n++) writeFileSync(join(dir, at, `file-${n}`), '')
  }
  root = await openRoot({ path: keyFromText(dir), label: 'files', symlinks: 'inside' })
})

const EVERYTHING = { from: keyFromText(''), to: undefined }
const whole: Piece = { directory: keyFromText(''), names: nameList(['']), count: 1, directories: 1 }

interface Way {
  readonly most: number
  readonly mostBytes?: number
  readonly range?: KeyRange
}

test.each<[string, Way]>([
  ['to its end', { most: 1000 }],
  ['in the middle', { most: 50 }],
  ['before a directory left to others', { most: 1000, mostBytes: 5000 }],
  ['to the end of a range', { most: 1000, range: prefixRange(keyFromText('a/b/')) }],
])('a walk %s', (_, { most, mostBytes, range = EVERYTHING }) => {
  const place: WalkPlace = { root, scratch: undefined, rules: { range, looks: false, most } }
  for (const libc of [loadLibc(), undefined]) {
    const lent = new Set<ArrayBufferLike>()
    let lists = 0
    const inner = createBytesPool()
    const pool: typeof inner = {
      take: (bytes, starts) => {
        const taken = inner.take(bytes, starts)
        expect(lent).not.toContain(taken.bytes.buffer)
        lent.add(taken.bytes.buffer)
        lists++
        return taken
      },
      give: (strings) => {
        expect(lent.delete(strings.bytes.buffer)).toBe(true)
        inner.give(strings)
      },
    }
    const calls = { ...syncCalls(libc, place), pool, readStored: createReadStored(pool) }
    walkSync([whole], place, calls, mostBytes)
    expect(lent).toEqual(new Set())
    expect(lists).toBeGreaterThan(0)
  }
})
