import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import * as plays from '../../fixtures/servers/s3.js'
import { type Key, keyFromBytes, keyFromLatin1, keyFromText } from '../../src/lib/key.js'
import { type Store, UnorderedError } from '../../src/stores/store.js'
import { type Bed, LIMITED, openBed, signal } from './s3-bed.js'

const PAGE = 10
const KEYS = Array.from(
  { length: 800 },
  (_, index) => `d${index % 7}/${index % 3 === 0 ? 'é ' : ''}${String(index).padStart(4, '0')}`,
)
const SORTED = KEYS.map(keyFromText).sort()
const PAGES = KEYS.length / PAGE

let bed: Bed
beforeAll(async () => {
  bed = await openBed({ pageSize: PAGE })
  for (const key of KEYS) bed.server.put('many', key, 'x')
})
afterEach(() => bed.tidy())
afterAll(() => bed.stop())

const quantiles = (parts: number): Key[] =>
  Array.from({ length: parts - 1 }, (_, index) => SORTED[Math.floor(((index + 1) * SORTED.length) / parts)] as Key)

const many = (set: Record<string, unknown> = {}) => bed.storeOf({ bucket: 'many', ...set })
const requests = () => bed.server.requests().length

async function keysOf(store: Store, splits?: readonly Key[]): Promise<readonly Key[]> {
  const keys: Key[] = []
  for await (const page of store.list({ signal, splits })) keys.push(...page.entries.map(({ key }) => key))
  return keys
}

const PARTS = quantiles(16)
const LIST = { operations: ['ListObjectsV2'] } as const

describe('a listing in ranges', () => {
  it.each([1, 2, 16, 100])('gives every key once and in order, %d requests at once', async (limit) => {
    expect(await keysOf(many({ limit }), PARTS)).toEqual(SORTED)
  })

  it('costs a request more at most for each range, and none where one request goes at once', async () => {
    await keysOf(many(), PARTS)
    expect(requests()).toBeLessThanOrEqual(PAGES + PARTS.length + 1)
    bed.server.forgetRequests()
    await keysOf(many({ limit: 1 }), PARTS)
    expect(requests()).toBe(PAGES)
  })

  it.each<[string, readonly Key[]]>([
    ['before all keys', ['\x01', 'a', 'b', 'c'].map(keyFromText)],
    ['behind all keys', ['x', 'y', 'z'].map(keyFromText)],
    ['all in one place', Array.from({ length: 40 }, (_, index) => keyFromText(`d3/~${index}`))],
    ['the same again', [...PARTS, ...PARTS].sort()],
    ['not ascending', [...PARTS].reverse()],
    [
      'bytes that are no text',
      [keyFromBytes(Uint8Array.of(0x64, 0x33, 0xff)), keyFromBytes(Uint8Array.of(0xf0, 0x9f))],
    ],
    ['no text between two keys', [keyFromLatin1('d3/\xc3'), keyFromLatin1('d3/\xc3\xa9 \xc3')]],
    ['empty', [keyFromText('')]],
    ['longer than a key', [keyFromText(`d3/${'x'.repeat(2000)}`)]],
  ])('cut %s is the same, and each cut costs a request at most', async (_, splits) => {
    expect(await keysOf(many(), splits)).toEqual(SORTED)
    expect(requests()).toBeLessThanOrEqual(PAGES + splits.length + 2)
  })

  it('pays for every page where the requester is to pay', async () => {
    bed.server.bucket('paid', { requesterPays: true })
    for (const key of KEYS.slice(0, 100)) bed.server.put('paid', key, '')
    const store = bed.storeOf({ ...LIMITED, bucket: 'paid', requester_pays: true })
    expect(await keysOf(store, PARTS)).toHaveLength(100)
    expect(bed.server.requests().every(({ status }) => status === 200)).toBe(true)
  })

  it('begins everywhere at once where much is known to be there', async () => {
    bed.server.play({ ...LIST, effect: { type: 'hang' } })
    const stop = new AbortController()
    const first = many({ limit: 4 })
      .list({ signal: stop.signal, splits: quantiles(20) })
      .next()
    try {
      await expect.poll(requests).toBe(4)
      expect(new Set(bed.server.requests().map(({ query }) => query['start-after'])).size).toBe(4)
    } finally {
      stop.abort()
      await first.catch(() => undefined)
    }
  })

  it('of few keys is one request, wherever it was to be cut', async () => {
    await keysOf(bed.storeOf(), PARTS)
    expect(requests()).toBe(1)
  })

  it.each(['e', 'd3/~'])(
    'passes over what is known to be empty, however often it was to be cut there: %s',
    async (start) => {
      const nowhere = Array.from({ length: 400 }, (_, index) => keyFromText(start + String(index).padStart(4, '0')))
      expect(await keysOf(many(), nowhere)).toEqual(SORTED)
      expect(requests()).toBeLessThanOrEqual(PAGES + 40)
    },
  )

  it.each([
    [{ prefix: 'd3/' }],
    [{ prefix: 'd3/é' }],
    [{ after: 'd2/0500', before: 'd4/0100' }],
    [{ prefix: 'd3/', after: 'd3/0100', before: 'd3/0300' }],
  ])('of a part, %j', async (asked) => {
    const { prefix = '', after = '', before = '~' } = asked as Record<string, string>
    const range = { prefix: keyFromText(prefix), after: keyFromText(after), before: keyFromText(before) }
    const found: Key[] = []
    for await (const { entries } of many().list({ ...range, splits: PARTS, signal }))
      found.push(...entries.map(({ key }) => key))
    expect(found).toEqual(
      SORTED.filter((key) => key.startsWith(range.prefix) && key > range.after && key < range.before),
    )
    expect(found.length).toBeGreaterThan(0)
  })

  it('below a prefix of the store cuts the keys below it', async () => {
    const below = SORTED.filter((key) => key.startsWith('d3/')).map((key) => keyFromLatin1(key.slice(3)))
    expect(
      await keysOf(
        many({ prefix: 'd3/' }),
        below.filter((_, index) => index % 20 === 10),
      ),
    ).toEqual(below)
  })

  it.each([
    ['in ranges', quantiles(40)],
    ['in one', undefined],
  ])('holds no more ahead than it may, however slow the reader is, %s', async (_, splits) => {
    const pages = many({ limit: 2 }).list({ signal, splits })
    await pages.next()
    const seen: number[] = []
    await expect.poll(() => seen.push(requests()) > 1 && seen.at(-1) === seen.at(-2), { interval: 300 }).toBe(true)
    // Sixteen pages held, some that held nothing of their own, and the first: of more than a hundred.
    expect(requests()).toBeLessThanOrEqual(30)
    await pages.return()
  })
})

describe('a bucket nobody knows the keys of', () => {
  const count = 30_000
  const name = (index: number) => `${((index * 2654435761) % 2 ** 32).toString(16).padStart(8, '0')}.jpg`
  it('is cut by what was seen of it, and costs next to nothing more', async () => {
    const large = await openBed()
    try {
      for (let index = 0; index < count; index++) large.server.put('large', `x/${name(index)}`, '')
      const keys: Key[] = []
      for await (const { entries } of large.storeOf({ bucket: 'large' }).list({ signal })) {
        keys.push(...entries.map(({ key }) => key))
      }
      expect(keys).toEqual(Array.from({ length: count }, (_, index) => keyFromText(`x/${name(index)}`)).sort())
      expect(large.server.requests().length).toBeLessThanOrEqual(count / 1000 + 6)
      expect(large.server.requests().filter(({ query }) => query['start-after'] !== undefined).length).toBeGreaterThan(
        1,
      )
    } finally {
      await large.tidy()
      await large.stop()
    }
  })
})

describe('a fault within a listing is got over, and no key is lost or told twice', () => {
  const later = (effect: plays.Effect, set: Partial<plays.Play> = {}): plays.Play => ({
    ...LIST,
    after: 20,
    times: 5,
    effect,
    ...set,
  })
  const failing = (status: number, code: string): plays.Effect => ({ type: 'error', status, code })
  it.each<[string, plays.Play]>([
    ['503 SlowDown', later(failing(503, 'SlowDown'))],
    ['429', later(failing(429, 'TooManyRequests'))],
    ['500', later(failing(500, 'InternalError'))],
    ['connections that are reset', later({ type: 'reset' })],
    ['connections that end within an answer', later({ type: 'cut', bytes: 700 })],
    ['XML that ends in the middle', later({ type: 'truncate', bytes: 700 })],
    ['answers without a body', later({ type: 'truncate', bytes: 0 })],
    ['tokens that have expired', later(failing(400, 'InvalidArgument'), { asking: 'continuation-token', times: 30 })],
    ['every answer by the short way', { ...LIST, effect: { type: 'chunks', bytes: 100 } }],
  ])('%s', async (_, play) => {
    bed.server.play(play)
    expect(await keysOf(many({ limit: 4 }), PARTS)).toEqual(SORTED)
  })

  it('many requests at once refused, until fewer are made', async () => {
    bed.server.play({ ...LIST, after: 5, times: 40, effect: { type: 'error', status: 503, code: 'SlowDown' } })
    expect(await keysOf(many({ limit: 32 }), quantiles(80))).toEqual(SORTED)
  })
})

describe('a store that does not do as it is asked', () => {
  it('and begins every list at its beginning is listed in one range', async () => {
    bed.server.play(plays.startAfterIgnored())
    expect(await keysOf(many(), PARTS)).toEqual(SORTED)
    expect(requests()).toBeLessThanOrEqual(PAGES + 20)
  })

  it.each([1, 16])('and breaks off, too, is listed from its beginning again, %d requests at once', async (limit) => {
    bed.server.play(plays.startAfterIgnored())
    bed.server.play({ ...LIST, after: 30, times: 1, effect: { type: 'reset' } })
    expect(await keysOf(many({ limit }), PARTS)).toEqual(SORTED)
  })

  it.each<[string, plays.Play]>([
    ['within pages', plays.unorderedList()],
    ['from page to page', plays.scattered()],
    ['from page to page, and leaves out by bytes', plays.scattered('bytes')],
    ['directory by directory', plays.byDirectory()],
  ])('and lists in another order, %s, is an error, and lists all when it need not', async (_, play) => {
    // Behind all other keys by bytes, and before them by directories.
    for (const key of ['d1-x', 'd3.x', 'd6 x']) bed.server.put('many', key, 'x')
    bed.server.play(play)
    try {
      await expect(keysOf(many(), PARTS)).rejects.toThrow(UnorderedError)
      await expect(keysOf(many({ limit: 1 }))).rejects.toThrow(UnorderedError)
      const all = [...SORTED, ...['d1-x', 'd3.x', 'd6 x'].map(keyFromText)].sort()
      bed.server.forgetRequests()
      expect([...(await keysOf(many({ order: 'none' }), PARTS))].sort()).toEqual(all)
      expect(requests()).toBe(Math.ceil(all.length / PAGE))
    } finally {
      for (const key of ['d1-x', 'd3.x', 'd6 x']) bed.server.remove('many', key)
    }
  })

  it('and goes directory by directory is seen to, wherever it is cut', async () => {
    // All are longer than a page, so that no page shows it; only where ranges meet it can be seen.
    for (let index = 0; index < 60; index++) {
      bed.server.put('walked', `a/${index + 100}`, 'x')
      bed.server.put('walked', `img/${index + 100}`, 'x')
      bed.server.put('walked', `img-a/${index + 100}`, 'x')
    }
    bed.server.play(plays.byDirectory())
    const walked = bed.storeOf({ bucket: 'walked' })
    for (const cut of ['img-a/130', 'img/', 'img/105', 'img/130', 'img/158']) {
      await expect(keysOf(walked, [keyFromText(cut)]), cut).rejects.toThrow(UnorderedError)
    }
  })

  it('but only changes where two ranges meet is listed all the same', async () => {
    // Ranges are asked for first when the key they begin with is not there yet.
    const change = (xml: string) => xml.replace(/<Contents>.*?<\/Contents>/s, '').replace('<KeyCount>10', '<KeyCount>9')
    bed.server.play({ ...LIST, asking: 'start-after', times: 3, effect: { type: 'rewrite', change } })
    expect(await keysOf(many(), PARTS)).toEqual(SORTED)
  })

  it('and goes on with the same page is an error', async () => {
    bed.server.play({ ...plays.stuckToken(), after: 3 })
    await expect(keysOf(many({ limit: 1 }))).rejects.toThrow(/again and again/)
  })
})

describe('what does not pass is an error, after what lies before it', () => {
  it.each<[string, plays.Play, RegExp]>([
    ['credentials that have expired', plays.expiredCredentials(40), /the credentials have expired \(ExpiredToken\)/],
    [
      'a right that was taken away',
      { after: 40, effect: { type: 'error', status: 403, code: 'AccessDenied' } },
      /s3:ListBucket/,
    ],
    [
      'a bucket that was deleted',
      { after: 40, effect: { type: 'error', status: 404, code: 'NoSuchBucket' } },
      /no such bucket/,
    ],
    ['answers that stay cut short', { after: 40, effect: { type: 'truncate', bytes: 300 } }, /incomplete/],
  ])('%s', async (_, play, says) => {
    bed.server.play(play)
    const keys: Key[] = []
    const reading = (async () => {
      for await (const { entries } of many().list({ signal, splits: PARTS }))
        keys.push(...entries.map(({ key }) => key))
    })()
    await expect(reading).rejects.toMatchObject({ name: 'StoreError', message: expect.stringMatching(says) })
    expect(keys).toEqual(SORTED.slice(0, keys.length))
    expect(keys.length).toBeGreaterThan(0)
  })
})

it('credentials that somebody gives are asked for anew when they have expired', async () => {
  const store = many()
  bed.server.play({ ...plays.expiredCredentials(40), times: 3 })
  expect(await keysOf(store, PARTS)).toEqual(SORTED)
})
