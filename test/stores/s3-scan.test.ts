import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyFromText } from '../../src/lib/key.js'
import { pageOf } from '../../src/stores/packed.js'
import { createScanner } from '../../src/stores/s3/scan-listing.js'

const TIME = '2024-02-29T23:59:59.123Z'
const PLAIN = `<LastModified>${TIME}</LastModified><ETag>&quot;${'0'.repeat(32)}&quot;</ETag><Size>7</Size><StorageClass>STANDARD</StorageClass>`
const object = (key: string, rest = PLAIN) => `<Contents><Key>${key}</Key>${rest}</Contents>`
const ENCODED = '<EncodingType>url</EncodingType>'
const END = '<IsTruncated>false</IsTruncated>'
const listing = (inner: string, root = 'ListBucketResult') =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</${root}>`

function scan(xml: string, prefix = '') {
  const found = createScanner({ label: 'media', prefix: keyFromText(prefix) }).scan(Buffer.from(xml))
  return { ...found, entries: pageOf(found.objects.packed(0, found.objects.count)).entries }
}
const keysOf = (xml: string, prefix = '') => scan(xml, prefix).entries.map(({ key }) => key)
const A = { key: 'a', size: 7, modified: Date.parse(TIME) }

describe('one object is read the same however it is written', () => {
  const pretty = (xml: string) => xml.replaceAll('><', '>\n  <')
  it.each([
    ['as S3 writes it', object('a')],
    ['with space between the elements', pretty(object('a'))],
    [
      'in another order',
      `<Contents><StorageClass>STANDARD</StorageClass><Size>7</Size><Key>a</Key><LastModified>${TIME}</LastModified></Contents>`,
    ],
    [
      'with checksums',
      object('a', `<ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>${PLAIN}`),
    ],
    ['with several algorithms', object('a', `${'<ChecksumAlgorithm>SHA1</ChecksumAlgorithm>'.repeat(2)}${PLAIN}`)],
    ['with an ETag of several parts', object('a', PLAIN.replace('&quot;</ETag>', '-12&quot;</ETag>'))],
    ['with a short ETag', object('a', PLAIN.replace(/<ETag>.*<\/ETag>/, '<ETag>"x"</ETag>'))],
    ['without an ETag', object('a', PLAIN.replace(/<ETag>.*<\/ETag>/, ''))],
    ['with its owner', object('a', `${PLAIN}<Owner><ID>1</ID><DisplayName/></Owner>`)],
    ['with what nobody knows', object('a', `<New at="1"><Key>b</Key></New>${PLAIN}`)],
    ['with comments', object('a<!-- <Key>b</Key> -->', `<!-- -->${PLAIN}`)],
    ['as CDATA', object('<![CDATA[a]]>')],
    ['as a character by number', object('&#97;')],
    [
      'with a prefix of its namespace',
      object('a')
        .replaceAll('</', '</s3:')
        .replaceAll(/<(?=\w)/g, '<s3:'),
    ],
    ['with attributes', object('a').replace('<Key>', '<Key a="1" b=\'/>\' >').replace('<Size>', '<Size x:y="">')],
    [
      'with a time of whole seconds',
      object('a', PLAIN.replace('.123Z', 'Z')),
      { modified: Date.parse('2024-02-29T23:59:59Z') },
    ],
    ['of another class', object('a', PLAIN.replace('STANDARD', 'INTELLIGENT_TIERING'))],
    ['without a class', object('a', PLAIN.replace(/<StorageClass>.*/, ''))],
    [
      'of more bytes than a number holds',
      object('a', PLAIN.replace('>7<', '>12345678901234567890<')),
      { size: Number('12345678901234567890') },
    ],
    ['without a size', object('a', PLAIN.replace('<Size>7</Size>', '')), { size: undefined }],
  ])('%s', (_, contents, but: object = {}) => {
    expect(scan(listing(ENCODED + END + contents)).entries).toEqual([{ ...A, ...but }])
  })

  it.each([
    ['1970-01-01T00:00:00.000Z'],
    ['1999-12-31T23:59:59.999Z'],
    ['2000-02-29T12:00:00.001Z'],
    ['2100-03-01T00:00:00.000Z'],
    ['1969-12-31T23:59:59.000Z'],
    ['2024-02-30T00:00:00.000Z'],
    ['2024-02-29T24:00:00.000Z'],
    ['2024-02-29T10:00:00+02:00'],
  ])('with the time %s', (time) => {
    expect(scan(listing(END + object('a', PLAIN.replace(TIME, time)))).entries[0]?.modified).toBe(Date.parse(time))
  })

  it.each([
    '2024-13-01T00:00:00.000Z',
    '2024-02-29T25:00:00.000Z',
    '2024-02-29T23:60:00.000Z',
    'yesterday at ten o’clock',
  ])('without a time, where it is %s', (time) => {
    const [first, second] = scan(listing(END + object('a') + object('b', PLAIN.replace(TIME, time)))).entries
    expect(first?.modified).toBe(A.modified)
    expect(second).toEqual({ key: 'b', size: 7 })
  })

  it('each of its own time, beside whatever others', () => {
    const times = fc.array(fc.date({ min: new Date(-1e12), max: new Date(4e12), noInvalidDate: true }), {
      maxLength: 20,
    })
    fc.assert(
      fc.property(times, (dates) => {
        const contents = dates.map((date, index) => object(String(index), PLAIN.replace(TIME, date.toISOString())))
        expect(scan(listing(END + contents.join(''))).entries.map(({ modified }) => modified)).toEqual(
          dates.map((date) => date.getTime()),
        )
      }),
      { numRuns: 100 },
    )
  })
})

describe('keys', () => {
  it.each([
    ['a+b%2Bc', 'a b+c'],
    ['%E2%82%AC/%f0%9F%98%80', '€/😀'],
    ['%0A%01', '\n\x01'],
    ['100%25%2', '100%%2'],
    ['%zz%', '%zz%'],
    ['&lt;&amp;gt;&#x20AC;', '<&gt;€'],
    ['é', 'é'],
  ])('encoded: %s', (written, key) => {
    expect(keysOf(listing(ENCODED + END + object(written)))).toEqual([keyFromText(key)])
  })

  it.each(['a+b%2Bc', '100%', '%41'])('not encoded: %s', (key) => {
    expect(keysOf(listing(END + object(key) + object('z')))).toEqual([key, 'z'])
  })

  it('are decoded as it is said behind them', () => {
    expect(keysOf(listing(END + object('a+b') + ENCODED))).toEqual(['a b'])
  })

  it('are told without the prefix, and only below it', () => {
    const keys = ['img%20s/', 'img%20s/a', 'img%20s/b+c', 'img%20sx', 'img']
    expect(keysOf(listing(ENCODED + END + keys.map((key) => object(key)).join('')), 'img s/')).toEqual(['a', 'b c'])
  })

  it('of two thousand objects, and of more bytes than there was room for', () => {
    const keys = Array.from({ length: 2100 }, (_, index) => `${'%C3%A9'.repeat(40)}${String(index).padStart(5, '0')}`)
    const read = keysOf(listing(ENCODED + END + keys.map((key) => object(key)).join('')))
    expect(read).toEqual(keys.map((key) => keyFromText(decodeURIComponent(key))))
  })

  it('longer than any of S3', () => {
    const keys = ['a', 'b'.repeat(4095), 'c'.repeat(4096), 'd'.repeat(50_000), 'e']
    expect(keysOf(listing(END + keys.map((key) => object(key)).join('')))).toEqual(keys)
    expect(keysOf(listing(ENCODED + END + object(`${'%41'.repeat(2000)}`) + object('a')))).toEqual([
      'A'.repeat(2000),
      'a',
    ])
  })

  it('below a prefix, whatever they and it hold, are told without it', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', '+', '%', ' ', 'é', '&', '<'), maxLength: 4 })
    fc.assert(
      fc.property(text, fc.uniqueArray(text, { maxLength: 8 }), fc.boolean(), (prefix, texts, encoded) => {
        const escaped = (key: string) => key.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
        const write = encoded ? (key: string) => encodeURIComponent(key).replaceAll('%2F', '/') : escaped
        const contents = texts.map((key) => object(write(key))).join('')
        const below = texts.filter((key) => key.startsWith(prefix) && key !== prefix)
        const read = keysOf(listing(`${encoded ? ENCODED : ''}${END}${contents}`), prefix)
        expect(read).toEqual(below.map((key) => keyFromText(key.slice(prefix.length))))
      }),
      { numRuns: 300 },
    )
  })

  it('whatever they hold, encoded or as they are, are read as they were', () => {
    const escaped = (key: string) => key.replace(/[<&]/g, (character) => (character === '<' ? '&lt;' : '&amp;'))
    const texts = fc.uniqueArray(
      fc.string({ unit: 'grapheme', minLength: 1 }).filter((key) => [...key].every((one) => one >= ' ')),
      { maxLength: 8 },
    )
    fc.assert(
      fc.property(texts, fc.boolean(), fc.boolean(), (keys, encoded, pretty) => {
        const write = encoded ? (key: string) => encodeURIComponent(key).replaceAll('%20', '+') : escaped
        const contents = keys.map((key) => object(write(key))).join(pretty ? '\n' : '')
        const read = keysOf(listing(`${encoded ? ENCODED : ''}${END}${contents}`))
        expect(read).toEqual(keys.map(keyFromText))
      }),
      { numRuns: 300 },
    )
  })
})

it.each([
  ['of S3', '1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM='],
  ['that is a key', 'd/é €'],
  ['that is a key with blanks at its ends', ' d/é '],
  ['with what XML escapes', 'a<&>"b'],
])('a token %s is given as it was', (_, token) => {
  const escaped = token.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  const xml = `<IsTruncated>true</IsTruncated><NextContinuationToken>${escaped}</NextContinuationToken>`
  expect(scan(listing(xml + object('a'))).token).toBe(token)
})

describe('an object in the archive', () => {
  const glacier = (rest = '') => object('a', PLAIN.replace('STANDARD', 'GLACIER') + rest)
  const restored = (busy: boolean, expires = '') =>
    `<RestoreStatus><IsRestoreInProgress>${busy}</IsRestoreInProgress>${expires}</RestoreStatus>`
  const EXPIRES = `<RestoreExpiryDate>${TIME}</RestoreExpiryDate>`
  it.each([
    ['is one', glacier(), 'GLACIER'],
    ['being restored is one', glacier(restored(true)), 'GLACIER'],
    ['restored is not', glacier(restored(false, EXPIRES)), undefined],
    ['that can be read at once is not', glacier().replace('GLACIER', 'GLACIER_IR'), undefined],
    ['of the deepest is one', glacier().replace('GLACIER', 'DEEP_ARCHIVE'), 'DEEP_ARCHIVE'],
  ])('%s', (_, contents, archived) => {
    expect(scan(listing(END + contents)).entries[0]?.archived).toBe(archived)
  })
})

it('a part of a page is what it would be of its entries', () => {
  const contents = ['a', 'b/', 'c', 'd/', 'e'].map((key, index) =>
    object(
      key,
      PLAIN.replace('>7<', key.endsWith('/') ? '>0<' : `>${index}1<`).replace(
        'STANDARD',
        index === 2 ? 'GLACIER' : 'STANDARD',
      ),
    ),
  )
  const { objects, entries } = scan(listing(END + contents.join('')))
  expect(entries.map(({ key, archived, placeholder }) => [key, archived, placeholder])).toEqual([
    ['a', undefined, undefined],
    ['b/', undefined, true],
    ['c', 'GLACIER', undefined],
    ['d/', undefined, true],
    ['e', undefined, undefined],
  ])
  for (let from = 0; from <= 5; from++)
    for (let to = from; to <= 5; to++)
      expect(pageOf(objects.packed(from, to)).entries, `${from} to ${to}`).toEqual(entries.slice(from, to))
})

describe('what is no whole listing is an error', () => {
  const whole = listing(`<Name>b</Name><KeyCount>2</KeyCount>${ENCODED}${END}${object('a')}${object('b')}`)

  it('wherever it is cut', () => {
    expect(keysOf(whole)).toEqual(['a', 'b'])
    for (let end = 0; end < whole.length; end++)
      expect(() => keysOf(whole.slice(0, end)), `cut at ${end}`).toThrow('incomplete')
  })

  it('and the next one is read as if nothing had been', () => {
    const { scan } = createScanner({ label: 'media', prefix: keyFromText('') })
    const count = (xml: string) => scan(Buffer.from(xml)).objects.count
    expect(() => count(whole.slice(0, -30))).toThrow('incomplete')
    expect(count(whole)).toBe(2)
  })

  const more = END.replace('false', 'true')
  it.each([
    ['another root', listing(END, 'Error'), /not a listing/],
    ['a page of the web', '<!DOCTYPE html><html></html>', /not a listing/],
    ['nothing', '', /not a listing/],
    ['no word on whether there is more', listing(object('a')), /whether there is more/],
    ['another word on it', listing('<IsTruncated>maybe</IsTruncated>'), /whether there is more/],
    ['more, and no token', listing(more), /no token/],
    ['fewer keys than counted', listing(`${END}<KeyCount>2</KeyCount>${object('a')}`), /2 keys were promised, 1 came/],
    ['a count that is none', listing(`${END}<KeyCount>x</KeyCount>`), /no number/],
    ['an object without a key', listing(`${END}<Contents>${PLAIN}</Contents>`), /without a key/],
    ['something behind its end', `${listing(END)}<more/>`, /follows its end/],
    ['text between the elements', listing(`${END}text${object('a')}`), /no sound XML/],
    ['tags that do not match', listing(END + object('a').replace('</Size>', '</size>')), /no sound XML/],
    ['an entity of its own', listing(END + object('&secret;')), /no sound XML/],
    ['a surrogate by number', listing(END + object('&#xD800;')), /no sound XML/],
  ])('%s', (_, xml, says) => {
    expect(() => keysOf(xml)).toThrow(says)
  })

  it('elements in elements without an end', () => {
    expect(() => keysOf(listing(END + '<a>'.repeat(5000) + '</a>'.repeat(5000)))).toThrow(/no sound XML/)
  })

  it('but space and comments may follow it', () => {
    expect(keysOf(`${whole}\n<!-- served by a cache -->\n`)).toEqual(['a', 'b'])
  })
})

describe('order', () => {
  it.each([
    [['a', 'b', 'b-c', 'b/c'], undefined],
    [['a', 'c', 'b'], 2],
    [['a', 'a'], 1],
    [['ab', 'a'], 1],
    [['～', '😀'], undefined],
    [['😀', '～'], 1],
  ])('of %j is broken at %s', (keys, at) => {
    expect(scan(listing(END + keys.map((key) => object(key)).join(''))).objects.disorder).toBe(at)
  })

  it('is broken where the bytes of a key are not behind those of the one before', () => {
    const key = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '€'), minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(fc.array(key, { maxLength: 6 }), fc.boolean(), (keys, sorted) => {
        if (sorted) keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
        const at = keys.findIndex((one, index) => index > 0 && one.length > 0 && !behind(one, keys[index - 1] ?? ''))
        const { disorder } = scan(listing(END + keys.map((one) => object(one)).join(''))).objects
        expect(disorder).toBe(at < 0 ? undefined : at)
      }),
      { numRuns: 500 },
    )
    function behind(one: string, before: string): boolean {
      return Buffer.compare(Buffer.from(one), Buffer.from(before)) > 0
    }
  })
})
