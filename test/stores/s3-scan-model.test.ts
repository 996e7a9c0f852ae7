import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Key, keyFromLatin1, keyFromText } from '../../src/lib/key.js'
import { pageOf, takeMemory } from '../../src/stores/packed.js'
import { createScanner } from '../../src/stores/s3/scan-listing.js'
import type { Entry } from '../../src/stores/store.js'

interface Written {
  readonly key: string
  readonly size: number | undefined
  readonly modified: number | undefined
  readonly storage: string | undefined
  readonly etag: string
  readonly checksum: string
  /** Of the elements behind the key, and whether that comes among them. */
  readonly order: readonly number[]
  readonly between: string
}

const unit = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...'abcxyzAZ059-_./') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('%', '+', '%41', '&', '<', '>', '"', ' ', '~', '!', '=', 'é', '€', '😀', '\t'),
  },
)
const text = fc.string({ unit, minLength: 1, maxLength: 40 })
const object: fc.Arbitrary<Written> = fc.record({
  key: text,
  size: fc.option(fc.oneof(fc.constant(0), fc.maxSafeNat()), { nil: undefined, freq: 9 }),
  modified: fc.option(fc.integer({ min: -1e12, max: 5e12 }), { nil: undefined, freq: 9 }),
  storage: fc.constantFrom('STANDARD', 'STANDARD', undefined, 'GLACIER', 'GLACIER_IR', 'DEEP_ARCHIVE', 'STANDARD_IA'),
  etag: fc.constantFrom(
    `<ETag>&quot;${'0'.repeat(32)}&quot;</ETag>`,
    `<ETag>"${'f'.repeat(32)}-12"</ETag>`,
    '<ETag></ETag>',
    '',
  ),
  checksum: fc.constantFrom(
    '',
    '<ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>',
    '<Checksum>?</Checksum>',
  ),
  order: fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }),
  between: fc.oneof({ weight: 9, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fc.constant('\n  ') }),
})

const escapeXml = (key: string) => key.replace(/[<&]/g, (one) => (one === '<' ? '&lt;' : '&amp;'))
const escapeUrl = (key: string) => encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+')

function xmlOf({ key, size, modified, storage, etag, checksum, order, between }: Written, encoded: boolean): string {
  const parts = [
    modified === undefined ? '' : `<LastModified>${new Date(modified).toISOString()}</LastModified>`,
    etag,
    checksum,
    size === undefined ? '' : `<Size>${size}</Size>`,
    storage === undefined ? '' : `<StorageClass>${storage}</StorageClass>`,
  ]
  const shown = [`<Key>${(encoded ? escapeUrl : escapeXml)(key)}</Key>`, ...order.map((index) => parts[index])]
  return `<Contents>${shown.join(between)}</Contents>`
}

/** What is to be told of it, without a thought of speed. */
function entryOf({ size, modified, storage = '' }: Written, key: Key): Entry {
  return {
    key,
    ...(size === undefined ? {} : { size }),
    ...(modified === undefined ? {} : { modified }),
    ...(storage === 'GLACIER' || storage === 'DEEP_ARCHIVE' ? { archived: storage } : {}),
    ...(size === 0 && key.endsWith('/') ? { placeholder: true } : {}),
  }
}

it('whatever stands in an answer, it is read as a plain reader would, and cut anywhere it is an error', () => {
  const label = 'media'
  const world = fc.record({
    objects: fc.array(object, { maxLength: 12 }),
    prefix: fc.oneof(fc.constant(''), fc.constantFrom('a', 'b/', 'é', '+'), text),
    below: fc.boolean(),
    encoded: fc.boolean(),
    sorted: fc.boolean(),
    cut: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  })
  fc.assert(
    fc.property(world, ({ objects, prefix, below, encoded, sorted, cut }) => {
      const all = objects.map((one) => ({ ...one, key: below ? prefix + one.key : one.key }))
      if (sorted) all.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
      const said = `<IsTruncated>false</IsTruncated>${encoded ? '<EncodingType>url</EncodingType>' : ''}`
      const contents = all.map((one) => xmlOf(one, encoded)).join('')
      const xml = Buffer.from(
        `<ListBucketResult>${said}<KeyCount>${all.length}</KeyCount>${contents}</ListBucketResult>`,
      )
      const { scan, supply } = createScanner({ label, prefix: keyFromText(prefix) })
      const expected = all.flatMap((one) => {
        const [key, beginning] = [keyFromText(one.key), keyFromText(prefix)]
        if (!key.startsWith(beginning) || key === beginning) return []
        return [entryOf(one, keyFromLatin1(key.slice(beginning.length)))]
      })
      const disorder = expected.findIndex(({ key }, index) => index > 0 && key <= (expected[index - 1]?.key ?? key))
      for (let time = 0; time < 2; time++) {
        const { objects: read } = scan(xml)
        expect(pageOf(read.packed(0, read.count)).entries).toEqual(expected)
        expect(read.disorder).toBe(disorder < 0 ? undefined : disorder)
        expect(() => scan(xml.subarray(0, Math.floor(cut * xml.length)))).toThrow('the listing is incomplete')
        // The second time it is read into the memory of the first.
        supply(takeMemory(read.packed(0, read.count)))
      }
    }),
    { numRuns: 2000 },
  )
})
