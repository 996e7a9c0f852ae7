import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createManifestWriter,
  type ManifestEntry,
  readManifestEntries,
} from '../../../src/kinds/artifacts/manifest-form.js'
import { type Key, keyFromBytes, keyFromLatin1 } from '../../../src/lib/key.js'

function written(entries: readonly ManifestEntry[]): Buffer {
  const writer = createManifestWriter()
  const blocks = entries.flatMap((entry) => writer.add(entry) ?? [])
  return Buffer.concat([...blocks, writer.rest()])
}

async function* cut(bytes: Buffer, at: readonly number[]) {
  let from = 0
  for (const to of [...at.map((part) => part % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]) {
    yield bytes.subarray(from, to)
    from = to
  }
}

async function read(bytes: Buffer, at: readonly number[] = []): Promise<readonly ManifestEntry[]> {
  const entries: ManifestEntry[] = []
  for await (const page of readManifestEntries(cut(bytes, at))) entries.push(...page)
  return entries
}

const entry = (key: string, more: Partial<ManifestEntry> = {}): ManifestEntry => ({
  key: keyFromLatin1(key),
  size: 1,
  digest: '',
  odd: false,
  ...more,
})

const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((b) => Buffer.from(b).toString('hex'))
const digest = fc.oneof(
  fc.constant(''),
  hex(32).map((sum) => `sha256:${sum}`),
  hex(16).map((sum) => `md5:${sum}`),
  hex(4).map((sum) => `crc32c:${sum}`),
  fc.string({ unit: 'binary' }).map((why) => `!${why}`),
)
const size = fc.option(fc.maxSafeInteger().map(Math.abs), { nil: undefined })
const key = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes): Key => keyFromBytes(bytes))

describe('a manifest', () => {
  it('comes back as it was, whatever its keys and however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.record({ key, size, digest }), { selector: (one) => one.key }),
        fc.array(fc.nat()),
        async (records, at) => {
          const entries = records.map((one) => ({ ...one, odd: false })).toSorted((a, b) => (a.key < b.key ? -1 : 1))
          expect(await read(written(entries), at)).toEqual(entries)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('keeps what could not be taken for a file, and nothing more of it', async () => {
    const odd = entry('socket', { odd: true, size: undefined })
    expect(await read(written([odd]))).toEqual([odd])
  })

  it('writes of a key only what the one before does not begin with', () => {
    const keys = Array.from({ length: 1000 }, (_, n) => `a/long/directory/name/${String(n).padStart(4, '0')}.jpg`)
    expect(written(keys.map((one) => entry(one))).length).toBeLessThan(1000 * 12)
  })

  it('that breaks off is none', async () => {
    const bytes = written([entry('a'), entry('b', { digest: `md5:${'0'.repeat(32)}` })])
    for (const length of [bytes.length - 1, bytes.length - 17, bytes.length - 18])
      await expect(read(bytes.subarray(0, length)), String(length)).rejects.toThrow('breaks off')
  })

  it('whose keys do not ascend is none', async () => {
    await expect(read(written([entry('b'), entry('a')]))).rejects.toThrow('does not ascend')
  })
})
