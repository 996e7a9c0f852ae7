// How contents are verified: in which order, side by side with what, and how far a budget reaches.
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { type BudgetLimits, createBudget, shareOf } from '../../../src/kinds/artifacts/budget.js'
import { createFairCount } from '../../../src/kinds/artifacts/fair-count.js'
import { createLanes, mapAhead } from '../../../src/kinds/artifacts/lanes.js'
import { type Verdict, verifyContents } from '../../../src/kinds/artifacts/verify.js'
import type { ToVerify } from '../../../src/kinds/artifacts/verify-plan.js'
import { keyFromText } from '../../../src/lib/key.js'
import { type Digester, type Store, StoreError } from '../../../src/stores/store.js'

const { signal } = new AbortController()
const UNLIMITED = { bytes: undefined, ms: undefined }
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** Every content is its key. */
function storeOf(change: Partial<Store> = {}): Store {
  return {
    label: 'made up',
    features: { list: false, order: 'none', size: true },
    probe: async () => undefined,
    refuse: () => undefined,
    list: async function* () {},
    stat: async (key) => ({ key, size: key.length }),
    open: async (key) => Readable.from([Buffer.from(key)]),
    close: async () => undefined,
    ...change,
  }
}

const item = (name: string, size = name.length): ToVerify => ({
  key: keyFromText(name),
  refs: 1,
  digests: [`sha256:${sha256(name)}`],
  size,
})

async function verdictsOf(
  items: readonly ToVerify[],
  store: Store,
  limits: BudgetLimits = UNLIMITED,
  stop: AbortSignal = signal,
): Promise<readonly string[]> {
  async function* pages() {
    for (const one of items) yield [one]
  }
  const told: [number, string][] = []
  const budget = createBudget(limits, stop)
  await verifyContents(pages(), { store, budget, signal: stop }, ({ key }, { index, mark, reached }) => {
    told.push([index, `${key} ${mark?.finding ?? 'verified'}${reached ? '' : ', not reached'}`])
    return undefined
  })
  return told.sort(([a], [b]) => a - b).map(([, text]) => text)
}

const NAMES = Array.from({ length: 20 }, (_, index) => `f${index}`)
const VERIFIED = NAMES.map((name) => `${name} verified`)

describe('each is told of once', () => {
  const digesterOf = (digest: Digester['digest']): Digester => ({ parallel: 2, keys: 3, bytes: 1000, digest })
  const right: Digester['digest'] = async (requests) =>
    requests.map(({ key }) => ({ bytes: key.length, digests: { sha256: sha256(key) } }))

  test.each([
    ['read one by one', storeOf()],
    ['hashed where they lie', storeOf({ digester: digesterOf(right) })],
    [
      'hashed where they lie, some of them',
      storeOf({
        digester: digesterOf(async (requests, options) =>
          (await right(requests, options)).map((one, index) => (index % 2 === 0 ? undefined : one)),
        ),
      }),
    ],
    [
      'by what the store knows, some of them',
      storeOf({
        features: { list: false, order: 'none', size: true, digests: true },
        stat: async (key) => ({
          key,
          size: key.length,
          ...(key.endsWith('1') ? { digests: { sha256: sha256(key) } } : {}),
        }),
        open: async (key) => Readable.from([Buffer.from(key.endsWith('1') ? 'not opened' : key)]),
      }),
    ],
  ])('%s', async (_, store) => {
    expect(
      await verdictsOf(
        NAMES.map((name) => item(name, undefined)),
        store,
      ),
    ).toEqual(VERIFIED)
  })

  test('an error about one is told of that one', async () => {
    const store = storeOf({
      digester: digesterOf(async (requests, options) =>
        (await right(requests, options)).map((one, index) => {
          const key = requests[index]?.key ?? ''
          if (key === 'f3') return new StoreError('absent', 'gone')
          return key === 'f4' ? new StoreError('unavailable', 'changed') : one
        }),
      ),
    })
    const told = await verdictsOf(
      NAMES.map((name) => item(name)),
      store,
    )
    expect(told.filter((text) => !text.endsWith('verified'))).toEqual(['f3 missing', 'f4 unverifiable'])
  })

  test('a store that is gone ends it', async () => {
    const gone = digesterOf(async () => {
      throw new StoreError('absent', 'the store was unmounted')
    })
    await expect(
      verdictsOf(
        NAMES.map((name) => item(name)),
        storeOf({ digester: gone }),
      ),
    ).rejects.toThrow('unmounted')
  })

  test('a stream that ends early gives no digest', async () => {
    const store = storeOf({ open: async () => Readable.from([Buffer.from('f')]) })
    expect(await verdictsOf([item('f1')], store)).toEqual(['f1 unverifiable'])
  })
})

describe('a budget', () => {
  test('of bytes ends at the first that no longer fits, and what exceeds all of it ends nothing', async () => {
    const items = [item('aa'), item('too large', 11), item('b'.repeat(5)), item('c'.repeat(4)), item('d')]
    expect(await verdictsOf(items, storeOf(), { bytes: 10, ms: undefined })).toEqual([
      'aa verified',
      'too large unverifiable',
      'bbbbb verified',
      'cccc unverifiable, not reached',
      'd unverifiable, not reached',
    ])
  })

  test('of bytes is not begun where the size is unknown', async () => {
    const items = [{ ...item('a'), size: undefined }]
    expect(await verdictsOf(items, storeOf(), { bytes: 10, ms: undefined })).toEqual(['a unverifiable'])
  })

  test('of bytes is not spent on what the store knows', async () => {
    const store = storeOf({
      features: { list: false, order: 'none', size: true, digests: true },
      stat: async (key) => ({ key, size: 1000, digests: { sha256: sha256(key) } }),
    })
    expect(
      await verdictsOf(
        NAMES.map((name) => item(name)),
        store,
        { bytes: 1, ms: undefined },
      ),
    ).toEqual(VERIFIED)
  })

  test.each([
    ['reading', storeOf({ open: (_, options) => untilAborted(options.signal) })],
    [
      'hashing',
      storeOf({
        digester: { parallel: 2, keys: 3, bytes: 9, digest: (_, options) => untilAborted(options.signal) },
      }),
    ],
    [
      'looking',
      storeOf({
        features: { list: false, order: 'none', size: true, digests: true },
        stat: (_, options) => untilAborted(options.signal),
      }),
    ],
  ])('of time ends what is under way, and all that follows: %s', async (_, store) => {
    const told = await verdictsOf(
      NAMES.map((name) => item(name)),
      store,
      { bytes: undefined, ms: 1 },
    )
    expect(told).toEqual(NAMES.map((name) => `${name} unverifiable, not reached`))
    const stop = new AbortController()
    const stopped = verdictsOf(
      NAMES.map((name) => item(name)),
      store,
      UNLIMITED,
      stop.signal,
    )
    stop.abort(new Error('enough'))
    await expect(stopped).rejects.toThrow('enough')
  })

  test('is shared out by keys', () => {
    expect(shareOf({ bytes: 1000, ms: 60 }, 25, 100)).toEqual({ bytes: 250, ms: 15 })
    expect(shareOf(UNLIMITED, 25, 100)).toEqual(UNLIMITED)
    expect(shareOf({ bytes: 1000, ms: 60 }, 0, 0)).toEqual({ bytes: 1000, ms: 60 })
    const budget = createBudget({ bytes: 1000, ms: undefined }, signal, { share: { bytes: 250, ms: undefined } })
    expect([budget.take(200), budget.take(60), budget.taken()]).toEqual([
      undefined,
      { reached: false, reason: 'not reached within the budget of 1000 B' },
      200,
    ])
  })

  test('is used up by what was read before, be it more than all of it', () => {
    const budget = createBudget({ bytes: 10, ms: undefined }, signal, { spent: 12 })
    expect(budget.take(1)).toMatchObject({ reached: false })
  })

  test('of more time than a timer can be set to is no shorter for it', async () => {
    const budget = createBudget({ bytes: undefined, ms: 30 * 24 * 60 * 60 * 1000 }, signal)
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(budget.over()).toBeUndefined()
  })
})

function untilAborted(stop: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(stop.reason)
    if (stop.aborted) end()
    else stop.addEventListener('abort', end, { once: true })
  })
}

test.each([
  ['all reached', ['0v', '1v', '2m', '3v'], 3],
  ['in another order', ['3v', '1v', '0v', '2v'], 4],
  ['one not reached, those behind it not counted', ['4v', '0v', '2x', '1m', '3v'], 1],
  ['none', ['0x', '1v'], 0],
])('a fair sample is what lies before the first that was not reached: %s', (_, verdicts, verified) => {
  const fair = createFairCount()
  for (const [index, kind] of verdicts.map((text) => [Number(text[0]), text[1]] as const)) {
    const mark = kind === 'v' ? undefined : ({ finding: 'unverifiable' } as const)
    fair.take({ index, mark, bytes: 0, reached: kind !== 'x' } satisfies Verdict)
  }
  expect(fair.verified()).toBe(verified)
})

test('lanes run so many at once, and begin nothing after a failure', async () => {
  const lanes = createLanes(2)
  let running = 0
  let most = 0
  for (let index = 0; index < 6; index++) {
    await lanes.start(async () => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      running--
    })
  }
  await lanes.finish()
  expect(most).toBe(2)
  await lanes.start(() => Promise.reject(new Error('first')))
  await expect(lanes.finish()).rejects.toThrow('first')
  await expect(lanes.start(async () => expect.fail('begun'))).rejects.toThrow('first')
})

test('what is mapped ahead comes in order, and what is left early is waited for', async () => {
  const done: number[] = []
  const mapped = mapAhead([1, 2, 3, 4, 5], 3, async (number) => {
    for (let turn = 0; turn < 5 - number; turn++) await Promise.resolve()
    done.push(number)
    return number * 2
  })
  expect((await mapped.next()).value).toBe(2)
  await mapped.return()
  expect(done.sort()).toEqual([1, 2, 3])
})
