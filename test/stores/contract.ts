/** What every store promises, run by each backend's test against a real one. */
import { createHash } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOrderCheck } from '../../src/compare/order.js'
import { type Key, keyFromBytes, keyFromLatin1, keyFromText } from '../../src/lib/key.js'
import type { Entry, ListOptions, Store } from '../../src/stores/store.js'
import { StoreError } from '../../src/stores/store.js'

export interface Subject {
  readonly store: Store
  /** Another store of the same kind that is not there, where a store of this kind can be told to be absent. */
  readonly absent?: Store
  readonly close: () => Promise<void>
}

export interface Backend {
  /** Puts the objects somewhere and opens a store on them. */
  readonly open: (objects: ReadonlyMap<Key, string>) => Promise<Subject>
  /** Whether such a key can be put there at all. */
  readonly holds: (key: Key) => boolean
  readonly lists?: boolean
  /** How many more objects make several pages. */
  readonly many: number
  /** Things of the process that a reader left early must not leave behind: files, sockets. */
  readonly inUse?: () => Promise<number>
}

export const AWKWARD: readonly Key[] = [
  ...[
    'plain.txt',
    'with space.txt',
    ' leading and trailing ',
    'quote\'s and "double"',
    'tab\there',
    'line\nfeed',
    'carriage\rreturn',
    'back\\slash',
    '-rf',
    '--help',
    '.hidden',
    '..two dots',
    'a',
    'a-b/x',
    'a.txt',
    'a/x',
    'a/x-y/z',
    'a/x.txt',
    'ab',
    'deep/er/and/deeper/file',
    'emoji 😀.png',
    '～ after the emoji in UTF-16.png',
    'nfc caf\u00e9.txt',
    'nfd cafe\u0301.txt',
    'percent%2Fslash',
    '100%',
    'plus+and plus',
    'a&b=c?d#e;f',
    '<xml>&amp;]]>',
    '*[glob]{a,b}?',
    '$HOME `id` $(id)',
    'bell\x07 escape\x1b[31m',
    '\u202egnp.exe',
    'Case',
    'case',
    '日本語/ファイル.txt',
    'x'.repeat(200),
    'directory/empty file',
  ].map(keyFromText),
  keyFromBytes(Uint8Array.of(0x63, 0x61, 0x66, 0xe9)),
  keyFromBytes(Uint8Array.of(0xff, 0xfe, 0x2f, 0x80)),
]

export function storeContract({ open, holds, many, inUse, lists = true }: Backend): void {
  const objects = new Map<Key, string>()
  for (const key of AWKWARD.filter(holds)) objects.set(key, key === 'directory/empty file' ? '' : `content of ${key}`)
  for (let index = 0; index < many; index++) {
    objects.set(keyFromText(`many/${index % 7}/${String(index).padStart(5, '0')}.jpg`), 'x')
  }
  const keys = [...objects.keys()].sort((a, b) => Buffer.compare(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1')))
  const { signal } = new AbortController()
  let subject: Subject
  beforeAll(async () => {
    subject = await open(objects)
  })
  afterAll(() => subject?.close())

  async function listed(options: Partial<ListOptions> = {}, store = subject.store): Promise<Entry[]> {
    const inOrder = createOrderCheck({ label: store.label, repeats: false })
    const entries: Entry[] = []
    for await (const page of store.list({ signal, ...options })) {
      inOrder(page.entries)
      expect(page.gaps ?? []).toEqual([])
      entries.push(...page.entries)
    }
    return entries
  }

  describe.runIf(lists)('list', () => {
    it('gives every key once, in byte order, with its size and time', async () => {
      const entries = await listed()
      expect(entries.map(({ key }) => key)).toEqual(keys)
      for (const { key, size, modified, unreadable, archived, placeholder } of entries) {
        expect({ key, size }).toEqual({ key, size: objects.get(key)?.length })
        expect(Math.abs(Date.now() - (modified ?? 0))).toBeLessThan(3_600_000)
        expect({ unreadable, archived, placeholder }).toEqual({})
      }
    })

    it('is the same wherever it is to be split', async () => {
      const splits = keys.filter((_, index) => index % 150 === 149)
      expect((await listed({ splits })).map(({ key }) => key)).toEqual(keys)
    })

    it('of any range is that part of the whole', async () => {
      const edge = fc.oneof(
        fc.constantFrom(...keys.filter((key) => !key.startsWith('many/')), keyFromText('many/3/')),
        fc.constantFrom(...keys).chain((key) => fc.nat(key.length).map((end) => keyFromLatin1(key.slice(0, end)))),
        fc.constantFrom(...['a/', 'a/x/', 'a0', 'many', 'many/3/00100', 'nothing/', 'zzz'].map(keyFromText)),
        fc.constantFrom(keyFromBytes(Uint8Array.of(0x6d, 0xff)), keyFromBytes(Uint8Array.of(0xf0, 0x9f))),
      )
      const optional = fc.option(edge, { nil: undefined })
      await fc.assert(
        fc.asyncProperty(optional, optional, optional, async (prefix, after, before) => {
          const expected = keys.filter(
            (key) =>
              key.startsWith(prefix ?? '') &&
              (after === undefined || key > after) &&
              (before === undefined || key < before),
          )
          expect((await listed({ prefix, after, before })).map(({ key }) => key)).toEqual(expected)
        }),
        { numRuns: 60 },
      )
    })

    it('may be left early, and leaves nothing behind', async () => {
      const before = await inUse?.()
      for (let round = 0; round < 20; round++) {
        for await (const page of subject.store.list({ signal })) {
          expect(page.entries.length).toBeGreaterThan(0)
          break
        }
      }
      if (before !== undefined) await expect.poll(async () => inUse?.()).toBeLessThanOrEqual(before)
    })

    it('ends promptly at the signal, with its reason', async () => {
      const stop = new AbortController()
      const reading = (async () => {
        for await (const _ of subject.store.list({ signal: stop.signal })) stop.abort(new Error('enough'))
      })()
      await expect(reading).rejects.toThrow('enough')
      await expect(subject.store.list({ signal: stop.signal }).next()).rejects.toThrow('enough')
    })
  })

  describe.runIf(lists)('extent', () => {
    it.each([undefined, 'many/3/', 'a', 'nothing/'])(
      'below %j is the count, or says that there is more',
      async (below) => {
        const prefix = below === undefined ? undefined : keyFromText(below)
        const expected = keys.filter((key) => key.startsWith(prefix ?? ''))
        const extent = await subject.store.extent?.({ prefix, signal })
        if (extent === undefined) return expect.fail('a store that lists can tell how much it would list')
        const { entries, bytes, more, gaps } = extent
        expect(gaps).toEqual([])
        if (more) expect([entries > 0, entries < expected.length]).toEqual([true, true])
        else {
          const size = expected.reduce((sum, key) => sum + (objects.get(key)?.length ?? 0), 0)
          expect([entries, bytes]).toEqual([expected.length, size])
        }
        expect(more && expected.length < 1000).toBe(false)
      },
    )

    it('ends at the signal, and says that a store is absent', async () => {
      const aborted = AbortSignal.abort(new Error('enough'))
      await expect(subject.store.extent?.({ signal: aborted })).rejects.toThrow('enough')
      if (subject.absent !== undefined) {
        await expect(subject.absent.extent?.({ signal })).rejects.toMatchObject({ code: 'absent' })
      }
    })
  })

  describe('stat', () => {
    it('knows every key, its size and time', async () => {
      for (const key of keys.filter((key) => !key.startsWith('many/'))) {
        const entry = await subject.store.stat(key, { signal })
        expect({ key: entry?.key, size: entry?.size }).toEqual({ key, size: objects.get(key)?.length })
        expect(Math.abs(Date.now() - (entry?.modified ?? 0))).toBeLessThan(3_600_000)
        expect({ unreadable: entry?.unreadable, archived: entry?.archived }).toEqual({})
      }
    })

    const nowhere = [
      'missing',
      'a/missing',
      'plain.txt/below a file',
      'a//x',
      './a',
      'a/',
      'deep',
      'deep/er',
      'nfd caf\u00e9.txt',
      'with%20space.txt',
      'percent/slash',
      'plus and plus',
      'CASE',
      '',
      'x'.repeat(1100),
      `${'y/'.repeat(3000)}z`,
    ]
    it.each(nowhere.map((key) => ({ key, name: key.slice(0, 30) })))('has nothing under "$name"', async ({ key }) => {
      expect(await subject.store.stat(keyFromText(key), { signal })).toBeUndefined()
    })

    it('has nothing under bytes that are no UTF-8 unless they were put there', async () => {
      expect(await subject.store.stat(keyFromBytes(Uint8Array.of(0x61, 0xe9)), { signal })).toBeUndefined()
    })

    it('ends at the signal', async () => {
      const aborted = AbortSignal.abort(new Error('enough'))
      await expect(subject.store.stat(keyFromText('a'), { signal: aborted })).rejects.toThrow('enough')
    })
  })

  describe('open', () => {
    it('gives the bytes', async () => {
      for (const key of keys.filter((key) => !key.startsWith('many/'))) {
        const content = await text((await subject.store.open(key, { signal })).setEncoding('latin1'))
        expect(content).toBe(objects.get(key))
      }
    })

    it('gives a part, as much of it as there is', async ({ skip }) => {
      if (subject.store.features.ranges !== true) return skip()
      const key = keyFromText('日本語/ファイル.txt')
      const content = Buffer.from(objects.get(key) ?? '', 'latin1')
      for (const [start, end] of [
        [0, 1],
        [3, 11],
        [content.length - 2, content.length],
        [content.length - 2, content.length + 100],
        [content.length + 5, content.length + 9],
      ] as const) {
        const part = await subject.store.open(key, { signal, range: { start, end } })
        expect(await text(part.setEncoding('latin1'))).toBe(content.subarray(start, end).toString('latin1'))
      }
    })

    it('ends at the signal', async () => {
      const aborted = AbortSignal.abort(new Error('enough'))
      const key = keyFromText('日本語/ファイル.txt')
      await expect(subject.store.open(key, { signal: aborted })).rejects.toThrow('enough')
      const stop = new AbortController()
      const content = await subject.store.open(key, { signal: stop.signal })
      stop.abort(new Error('enough'))
      const read = async () => {
        for await (const _ of content) await setImmediate()
      }
      await expect(read()).rejects.toThrow()
      expect(content.destroyed).toBe(true)
    })

    it('of nothing is a StoreError that names the key', async () => {
      const opened = subject.store.open(keyFromText('missing one'), { signal })
      await expect(opened).rejects.toThrow(/missing one/)
      await expect(subject.store.open(keyFromText('missing one'), { signal })).rejects.toMatchObject({ code: 'absent' })
    })
  })

  describe('digester', () => {
    it('gives the digests of each content, whatever its name, in the order asked', async ({ skip }) => {
      const { digester } = subject.store
      if (digester === undefined) return skip()
      const asked = [...keys.filter((key) => !key.startsWith('many/')), keyFromText('missing one'), keys[0] as Key]
      const requests = asked.map((key) => ({ key, algorithms: ['sha256', 'md5'] as const }))
      const found = await digester.digest(requests, { signal })
      for (const [index, key] of asked.entries()) {
        const content = objects.get(key)
        if (content === undefined) expect(found[index]).toMatchObject({ code: 'absent' })
        else expect({ key, ...found[index] }).toEqual({ key, bytes: content.length, digests: digestsOf(content) })
      }
    })

    it('leaves to others what it cannot do, and ends at the signal', async ({ skip }) => {
      const { digester } = subject.store
      if (digester === undefined) return skip()
      const key = keyFromText('plain.txt')
      const [one] = await digester.digest([{ key, algorithms: ['crc32c'] }], { signal })
      if (one !== undefined) expect(one).toMatchObject({ bytes: objects.get(key)?.length })
      const aborted = AbortSignal.abort(new Error('enough'))
      await expect(digester.digest([{ key, algorithms: ['md5'] }], { signal: aborted })).rejects.toThrow('enough')
    })
  })

  describe('probe', () => {
    it('passes where the store is', () => subject.store.probe({ signal }))

    it('says that a store is absent, and so does listing it', async ({ skip }) => {
      const { absent } = subject
      if (absent === undefined) return skip()
      const error = await absent.probe({ signal }).catch((cause: unknown) => cause)
      expect(error).toBeInstanceOf(StoreError)
      expect(error).toMatchObject({ code: 'absent' })
      expect((error as StoreError).message).toContain(absent.label)
      await expect(listed({}, absent)).rejects.toMatchObject({ code: 'absent' })
    })
  })
}

function digestsOf(content: string) {
  const of = (algorithm: string) => createHash(algorithm).update(content, 'latin1').digest('hex')
  return { sha256: of('sha256'), md5: of('md5') }
}
