/** Tables that are written to while they are compared, and findings looked at again later. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { keysOf, openTwo, type TwoDatabases } from './two-databases.js'

let two: TwoDatabases
beforeAll(async () => {
  two = await openTwo()
})
afterAll(() => two?.close())
beforeEach(() =>
  two.both(`drop table if exists t; create table t (id int primary key, a text);
    insert into t select i, 'x' from generate_series(1, 1000) i`),
)

test('what arrived before it was looked at again is in flight, and no finding', async () => {
  await two.target.client.query('delete from t where id in (7, 8)')
  let arrived: Promise<unknown> | undefined
  // Between the two looks the source is asked how far its log has got; then the row arrives.
  const ran = await two.compare(
    {},
    {
      beforeAgain: async () => {
        arrived ??= two.target.client.query("insert into t values (7, 'x')")
        await arrived
      },
    },
  )
  expect(keysOf(ran)).toEqual({ missing: ['8'] })
  expect(ran.observation.subjects).toMatchObject({ missing: 1, in_flight: 1, matched: 999 })
})

test('it says whether the source was written to', async () => {
  const noted = async () => (await two.compare()).observation.notes?.[0]
  await expect.poll(noted).toContain('wrote nothing while')
})

test('a finding is looked at again by its key', async () => {
  await two.target.client.query("delete from t where id in (7, 8); update t set a = 'y' where id = 9")
  const { findings } = await two.compare()
  expect(findings).toHaveLength(3)
  await two.target.client.query("insert into t values (8, 'x'); update t set a = 'x' where id = 9")
  const again = await two.recheck(findings)
  expect(findings.map(({ finding, key }, index) => [finding, key, again[index]?.stands])).toEqual([
    ['missing', '7', true],
    ['missing', '8', false],
    ['changed', '9', false],
  ])
})
