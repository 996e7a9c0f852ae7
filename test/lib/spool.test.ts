import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CheckError } from '../../src/lib/errors.js'
import { type Key, keyFromBytes, keyFromLatin1 } from '../../src/lib/key.js'
import type { Rec } from '../../src/lib/records.js'
import { createPlainSpool, createSpool } from '../../src/lib/spool.js'
import { mountsAllowed } from '../support/mounts.js'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'spool-test-'))
})
afterAll(() => rm(dir, { recursive: true }))

const DIRECTORY = Buffer.from('2024-05/')
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 12 }),
  fc.array(fc.constantFrom(0, 10, 13, 0x2f, 0x61, 0xff), { maxLength: 4 }).map((list) => Uint8Array.from(list)),
  // As keys of one directory are: alike for longer than is compared at a time.
  fc.array(fc.constantFrom(0, 0x2f, 0x61, 0xff), { maxLength: 6 }).map((list) => Uint8Array.of(...DIRECTORY, ...list)),
)
const record: fc.Arbitrary<Rec> = fc
  .tuple(bytes, bytes)
  .map(([key, rest]) => ({ key: keyFromBytes(key), rest: keyFromBytes(rest) }))

const sorted = (records: readonly Rec[]) =>
  [...records].sort((a, b) => Buffer.compare(Buffer.from(a.key, 'latin1'), Buffer.from(b.key, 'latin1')))

async function fill(records: readonly Rec[], runBytes: number) {
  const spool = createSpool({ dir, runBytes })
  for (const { key, rest } of records) await spool.add(key, rest)
  return spool.finish()
}

async function all(pages: AsyncGenerator<readonly Rec[]>): Promise<Rec[]> {
  const records: Rec[] = []
  for await (const page of pages) {
    expect(page.length).toBeGreaterThan(0)
    records.push(...page)
  }
  return records
}

describe('createSpool', () => {
  it('equals Array.sort for any bytes and any budget, and may be read in part and again', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { maxLength: 300 }),
        fc.constantFrom(1, 40, 400, 1e6),
        fc.option(bytes, { nil: undefined }),
        fc.option(bytes, { nil: undefined }),
        async (records, runBytes, low, high) => {
          const after = low && keyFromBytes(low)
          const before = high && keyFromBytes(high)
          const spool = await fill(records, runBytes)
          try {
            expect(spool.count).toBe(records.length)
            expect(await all(spool.read())).toEqual(sorted(records))
            expect(await all(spool.read({ after, before }))).toEqual(
              sorted(records).filter(
                ({ key }) => (after === undefined || key > after) && (before === undefined || key < before),
              ),
            )
          } finally {
            await spool.close()
          }
        },
      ),
      { numRuns: 200 },
    )
    expect(await readdir(dir)).toEqual([])
  })

  it('takes lines as they stand, and others between them, whatever becomes of each', async () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '\xc3'), minLength: 1, maxLength: 12 })
    const digits = fc.constantFrom('0', '7', '1234', '07', '-1', 'x', '')
    const pages = fc.array(fc.array(fc.tuple(name, digits), { minLength: 1, maxLength: 40 }), { maxLength: 8 })
    const isPlain = (key: string, size: string): boolean =>
      /^[ab][ab.]*(\/[ab][ab.]*)*$/.test(key) && /^(0|[1-9]\d*)$/.test(size)
    await fc.assert(
      fc.asyncProperty(pages, fc.constantFrom(1, 300, 1e6), async (cells, runBytes) => {
        const spool = createSpool({ dir, runBytes })
        const expected: Rec[] = []
        try {
          for (const rows of cells) {
            const bytes = Buffer.from(`head${rows.map((row) => `${row.join('\t')}\n`).join('')}`, 'latin1')
            const ends = [...bytes.entries()].filter(([, byte]) => byte === 0x0a).map(([at]) => at + 1)
            const spans = Uint32Array.from(ends.flatMap((end, n) => [ends[n - 1] ?? 4, end]))
            const lines = { bytes, spans, count: rows.length }
            for (let n = 0; n < rows.length; n++) {
              const from = n
              n = spool.addLines(lines, from, { sized: true, head: 0x72 })
              await spool.room()
              for (const [key, size] of rows.slice(from, n)) {
                expect(isPlain(key, size)).toBe(true)
                expected.push({ key: keyFromLatin1(key), rest: `r${size}` })
              }
              const [odd, size = ''] = rows[n] ?? []
              if (odd === undefined) continue
              expect(isPlain(odd, size)).toBe(false)
              // Longer than its line, as nothing is that is taken as it stands.
              const other = { key: keyFromLatin1(odd), rest: `other ${'x'.repeat(50)}` }
              expected.push(other)
              await spool.add(other.key, other.rest)
            }
          }
          const finished = await spool.finish()
          expect(finished.count).toBe(expected.length)
          expect(await all(finished.read())).toEqual(sorted(expected))
        } finally {
          await spool.close()
        }
      }),
      { numRuns: 200 },
    )
  })

  it('merges in passes beyond 64 runs, and keeps equal keys in the order of adding', async () => {
    const records = Array.from({ length: 9000 }, (_, index) => ({
      key: keyFromLatin1(String((index * 7919) % 97)),
      rest: String(index),
    }))
    const spool = await fill(records, 1000)
    const [folder = ''] = await readdir(dir)
    expect((await readdir(join(dir, folder))).length).toBeLessThanOrEqual(64)
    expect(await all(spool.read())).toEqual(sorted(records))
    await spool.close()
  })

  it('finds a range through the sparse index of a long run', async () => {
    const key = (index: number) => keyFromLatin1(String(index).padStart(7, '0'))
    const records = Array.from({ length: 60_000 }, (_, index) => ({ key: key(index), rest: 'x'.repeat(index % 50) }))
    const spool = await fill(records, 20_000)
    const [folder = ''] = await readdir(dir)
    expect(await readdir(join(dir, folder)), 'ascending input is one run').toHaveLength(1)
    for (const [from, to] of [
      [-1, 3],
      [12_345, 12_400],
      [59_990, 70_000],
    ] as const) {
      expect(await all(spool.read({ after: key(from), before: key(to) }))).toEqual(records.slice(from + 1, to))
    }
    await spool.close()
  })

  it('holds records larger than a block', async () => {
    const records = ['b', 'a'].map((name) => ({ key: keyFromLatin1(name.repeat(70_000)), rest: 'r'.repeat(2_000_000) }))
    const spool = await fill(records, 1)
    expect(await all(spool.read())).toEqual(sorted(records))
    await spool.close()
  })

  it('touches no disk while everything fits', async () => {
    const spool = await fill([{ key: keyFromLatin1('a'), rest: '' }], 1e6)
    expect(await readdir(dir)).toEqual([])
    await spool.close()
  })

  it.each([
    ['in memory', 1e7],
    ['in files', 300_000],
  ])('is cut into parts of about one size, however uneven what was sorted together is, %s', async (_, runBytes) => {
    const keys = Array.from({ length: 9100 }, (_, n) => keyFromLatin1(String(n).padStart(8, '0')))
    // So long that they are several chunks, and the last of them short.
    const rest = 'x'.repeat(150)
    const spool = await fill(
      keys.map((key) => ({ key, rest })),
      runBytes,
    )
    const ends = [...spool.splits(5).map((key) => Number(key)), keys.length]
    const sizes = ends.map((end, at) => end - (ends[at - 1] ?? 0))
    expect(sizes).toHaveLength(5)
    for (const size of sizes) expect(Math.abs(size - 1820)).toBeLessThan(1820 / 4)
    await spool.close()
  })

  it.each([2100, 9100, 70_000])('gives a sample that is spread evenly over %i records in memory', async (count) => {
    const spool = await fill(
      Array.from({ length: count }, (_, n) => ({ key: keyFromLatin1(String(n).padStart(8, '0')), rest: '' })),
      1e7,
    )
    const found = [0, ...spool.sample(1000).map(Number), count]
    expect(found.length).toBeGreaterThan(900)
    const gaps = found.slice(1).map((at, n) => at - (found[n] ?? 0))
    expect(Math.max(...gaps)).toBeLessThan((2.5 * count) / 1000)
    await spool.close()
  })

  it.each([
    ['in memory', 1e8, 0],
    // A block on disk holds 128 of them, which has the rhythm of two and of four; there are more than a hundred.
    ['on disk', 1_000_000, 502],
    ['in part on disk', 15_000_000, 502],
  ])('gives a sample with as much of each as there is, where keys come in turn (%s)', async (_, runBytes, long) => {
    for (const [count, kinds] of [
      [20_000, 2],
      [24_000, 3],
      [32_000, 4],
    ] as const) {
      const key = (n: number) => keyFromLatin1(`${String(n).padStart(8, '0')}-${n % kinds}`)
      const records = Array.from({ length: count }, (_, n) => ({ key: key(n), rest: 'x'.repeat(long) }))
      const spool = await fill(records, runBytes)
      const sample = spool.sample(1000)
      await spool.close()
      expect(sample.length).toBeGreaterThan(100)
      expect(sample.length).toBeLessThanOrEqual(1000)
      expect(new Set(sample).size).toBe(sample.length)
      for (let kind = 0; kind < kinds; kind++) {
        const share = sample.filter((one) => one.endsWith(`-${kind}`)).length / sample.length
        expect(Math.abs(share - 1 / kinds)).toBeLessThan(0.1)
      }
    }
  })

  it('keeps its files to their owner, and close removes them even without finish', async () => {
    const spool = createSpool({ dir, runBytes: 1 })
    await spool.add(keyFromLatin1('a'), '')
    const [folder = ''] = await readdir(dir)
    expect((await stat(join(dir, folder))).mode & 0o077).toBe(0)
    expect((await stat(join(dir, folder, '0.run'))).mode & 0o077).toBe(0)
    await spool.close()
    expect(await readdir(dir)).toEqual([])
  })

  it('says which directory cannot be written, and what to do', async () => {
    const spool = createSpool({ dir: join(dir, 'gone'), runBytes: 1 })
    const error = await Promise.resolve(spool.add(keyFromLatin1('a'), '')).catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(CheckError)
    expect(error).toMatchObject({ message: expect.stringContaining(join(dir, 'gone')), hint: expect.any(String) })
    await expect(spool.finish()).rejects.toThrow(CheckError)
    await spool.close()
  })

  const full = fileURLToPath(new URL('spool-until-full.ts', import.meta.url))
  it.skipIf(!mountsAllowed())(
    'says that there is no room left, and what to do [needs root, for a small disk]',
    async () => {
      const mount = `mount -t tmpfs -o size=64k none "${dir}"; exec "$@"`
      const node = [process.execPath, '--import', 'tsx', full, dir]
      const inside = ['--mount', '--propagation', 'private', 'sh', '-ec', mount, 'sh', ...node]
      const { stdout } = await promisify(execFile)('unshare', inside)
      expect(JSON.parse(stdout)).toEqual({
        name: 'CheckError',
        message: expect.stringContaining(`no space left in ${dir}`),
        hint: expect.stringMatching(/TMPDIR/),
        left: [],
      })
    },
  )

  it('stops at the signal', async () => {
    const stop = new AbortController()
    const spool = createSpool({ dir, runBytes: 1, signal: stop.signal })
    await spool.add(keyFromLatin1('a'), '')
    stop.abort(new Error('enough'))
    await expect(spool.add(keyFromLatin1('b'), '')).rejects.toThrow('enough')
    await spool.close()
  })

  it('closes its files when a reader stops early', async () => {
    const records = Array.from({ length: 5000 }, (_, index) => ({ key: keyFromLatin1(`${index}`), rest: '' }))
    const spool = await fill(records, 5000)
    const open = async () => (await readdir('/proc/self/fd')).length
    const before = await open()
    for await (const page of spool.read()) {
      expect(page.length).toBeGreaterThan(0)
      break
    }
    expect(await open()).toBe(before)
    await spool.close()
  })
})

describe('createPlainSpool', () => {
  it.each([1, 1000, 1e6])('keeps the order of adding, runBytes %d', async (runBytes) => {
    const records = ['b', 'a', '', 'c\n\0', 'a'].map((key, index) => ({ key: key as Key, rest: String(index) }))
    const spool = createPlainSpool({ dir, runBytes })
    for (const { key, rest } of records) await spool.add(key, rest)
    const done = await spool.finish()
    expect(done.count).toBe(records.length)
    expect(await all(done.read())).toEqual(records)
    expect(await all(done.read())).toEqual(records)
    await done.close()
    expect(await readdir(dir)).toEqual([])
  })
})
