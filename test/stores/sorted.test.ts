import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOrderCheck } from '../../src/compare/order.js'
import { connectionSchema, type S3Spec } from '../../src/connections/schema.js'
import { keyFromText } from '../../src/lib/key.js'
import { createS3Store } from '../../src/stores/s3/s3.js'
import { sortedStore } from '../../src/stores/sorted.js'
import type { Entry, Page, Store } from '../../src/stores/store.js'
import { listen } from './listen.js'

const { signal } = new AbortController()
let scratch: string
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sorted-'))
})
afterAll(() => rm(scratch, { recursive: true }))

describe('sortedStore', () => {
  it('puts a directory bucket (a server of the test: none is at hand) in byte order, any range of it', async () => {
    const keys = Array.from({ length: 2300 }, (_, index) => `in/${String((index * 37) % 2300).padStart(4, '0')}`)
    const { origin, close } = await listen(createServer(listUnordered([...keys, 'inside'])))
    const credentials = { access_key: 'any', secret_key: 'any' }
    const spec = { type: 's3', bucket: 'media--use1-az4--x-s3', endpoint: origin, ...credentials }
    const plain = createS3Store('media', connectionSchema.parse(spec) as S3Spec, {})
    expect(plain.features.order).toBe('none')
    const store = sortedStore(plain, scratch)
    try {
      const listed = async (options = {}) => {
        const inOrder = createOrderCheck({ label: store.label, repeats: false })
        const entries: Entry[] = []
        for await (const page of store.list({ signal, ...options })) {
          inOrder(page.entries)
          entries.push(...page.entries)
        }
        return entries
      }
      expect((await listed()).map(({ key }) => key)).toEqual([...keys.toSorted(), 'inside'])
      const [prefix, after, before] = ['in/1', 'in/1010', 'in/1013'].map(keyFromText)
      expect((await listed({ prefix, after, before })).map(({ key }) => key)).toEqual(['in/1011', 'in/1012'])
      // Not sorted for that: one page of the server's own order.
      expect(await store.extent?.({ signal })).toEqual({ entries: 1000, bytes: 1000, more: true, gaps: [] })
      expect((await listed({ prefix: keyFromText('ins') })).at(0)).toMatchObject({ key: 'inside', size: 1 })
    } finally {
      await store.close()
      await close()
    }
    expect(await readdir(scratch)).toEqual([])
  })

  it('keeps everything of an entry, and gives gaps first (a store of the test)', async () => {
    const b: Entry = { key: keyFromText('b'), size: 1, modified: 2, archived: 'GLACIER', unreadable: 'é' }
    const a: Entry = { key: keyFromText('a\né'), placeholder: true }
    const gap = { from: keyFromText('c'), to: undefined, code: 'forbidden' as const, reason: 'no' }
    const store = sortedStore(fakeStore([{ entries: [b] }, { entries: [a], gaps: [gap] }]), scratch)
    const pages: Page[] = []
    for await (const page of store.list({ signal })) pages.push(page)
    expect(pages).toEqual([{ entries: [], gaps: [gap] }, { entries: [a, b] }])
  })

  it('leaves a store in byte order as it is', () => {
    const store = { ...fakeStore([]), features: { list: true, order: 'bytes', size: true } as const }
    expect(sortedStore(store, scratch)).toBe(store)
  })
})

/** As a directory bucket lists: in no order, without start-after, and only prefixes that end in a slash. */
function listUnordered(keys: readonly string[]): RequestListener {
  return (request, response) => {
    const query = new URL(request.url ?? '', 'http://server').searchParams
    const prefix = query.get('prefix') ?? ''
    const from = Number(query.get('continuation-token') ?? 0)
    if (query.has('start-after') || !/^$|\/$/.test(prefix)) response.writeHead(400).end()
    const found = keys.filter((key) => key.startsWith(prefix))
    const page = found.slice(from, from + 1000).map((key) => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`)
    const more = from + 1000 < found.length
    const token = more ? `<NextContinuationToken>${from + 1000}</NextContinuationToken>` : ''
    response.end(`<ListBucketResult><IsTruncated>${more}</IsTruncated>${token}${page.join('')}</ListBucketResult>`)
  }
}

function fakeStore(pages: readonly Page[]): Store {
  return {
    label: 'fake',
    features: { list: true, order: 'none', size: true },
    probe: async () => undefined,
    refuse: () => undefined,
    list: async function* () {
      yield* pages
    },
    stat: async () => undefined,
    open: () => Promise.reject(new Error('nothing to open')),
    close: async () => undefined,
  }
}
