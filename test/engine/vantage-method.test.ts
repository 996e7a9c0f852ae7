import { expect, it } from 'vitest'
import { CheckError } from '../../src/lib/errors.js'
import { createLocalVantage } from '../../src/vantage/local.js'
import { type Observer, runFakes, sees } from './fake.js'

const nothing = () => {
  throw new Error('this test opens no connection')
}
const from = { container: 'web' } as const
const told = async (observe: Observer, method: () => Promise<string>, at: typeof from | 'local' = from) => {
  const { endOf } = await runFakes([{ id: 'a', from: at, observe }], {
    seenFrom: () => ({
      connections: {
        postgres: nothing,
        sql: nothing,
        store: nothing,
        redis: nothing,
        bucket: nothing,
        writer: nothing,
      },
      vantage: { ...createLocalVantage({ env: {} }), method },
      vantageAt: nothing,
      offer: nothing,
    }),
  })
  return endOf('a').method
}
const docker = async () => 'docker exec'
// biome-ignore lint/correctness/useYield: an observer with nothing to yield
const broken: Observer = async function* () {
  throw new CheckError('no such file')
}

const cases: readonly (readonly [string, () => Promise<unknown>, string | undefined])[] = [
  ['is told', () => told(sees({ missing: 0 }), docker), 'docker exec'],
  [
    'stands beside that of the kind',
    () => told(sees({ missing: 0 }, { method: 'count' }), docker),
    'count, docker exec',
  ],
  ['is not told twice', () => told(sees({ missing: 0 }, { method: 'stat, docker exec' }), docker), 'stat, docker exec'],
  ['is told with an error', () => told(broken, docker), 'docker exec'],
  [
    'is not told of a check that looks from here',
    () => told(sees({ missing: 0 }), async () => 'local', 'local'),
    undefined,
  ],
  [
    'that cannot be told is none',
    () => told(sees({ missing: 0 }), () => Promise.reject(new CheckError('gone'))),
    undefined,
  ],
]

it.each(cases)('the way to where a check looks from %s', async (_, use, method) => {
  expect(await use()).toBe(method)
})
