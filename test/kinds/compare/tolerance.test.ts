/** Values that may differ by something: as numbers, and in tables of real databases. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compare } from '../../../src/kinds/compare/kind.js'
import { parseTolerance, type Tolerance, within } from '../../../src/kinds/compare/tolerance.js'
import { keysOf, openTwo, type TwoDatabases } from './two-databases.js'

test.each<readonly [number | string, string | null, string | null, boolean]>([
  [0.01, '1.25', '1.26', true],
  [0.01, '1.25', '1.2600000000000001', false],
  [0.01, '-0.005', '0.005', true],
  [0.01, '123456789012345678.91', '123456789012345678.92', true],
  [0.01, '123456789012345678.91', '123456789012345678.93', false],
  [1e-7, '1e-7', '0', true],
  [1e-7, '1.1e-7', '0', false],
  [1, '1e+308', '1e+308', true],
  [1, 'NaN', 'NaN', true],
  [1, 'NaN', '1', false],
  [1, 'Infinity', '-Infinity', false],
  [1, null, null, true],
  [1, null, '0', false],
  ['1%', '100', '99', true],
  ['1%', '100', '98.99', false],
  ['1%', '-100', '-101', true],
  ['0.1%', '0', '0.0001', false],
  ['2s', '1700000000000000', '1700000002000000', true],
  ['2s', '1700000000000000', '1700000002000001', false],
  ['2s', 'infinity', '1700000002000001', false],
])('within %s: %s and %s is %s', (given, a, b, same) => {
  const tolerance = parseTolerance(given) as Tolerance
  expect([within(tolerance, a, b), within(tolerance, b, a)]).toEqual([same, same])
})

test.each([-1, '1', 'much', '-1%', Number.NaN])('%s is no tolerance', (given) => {
  expect(parseTolerance(given)).toBeUndefined()
})

let two: TwoDatabases
beforeAll(async () => {
  two = await openTwo()
})
afterAll(() => two?.close())

const TABLE = `drop table if exists t; create table t (id int primary key, price numeric, rate float8, at timestamptz, day date, a text);
  insert into t select i, i * 1.5, i / 3.0, timestamptz '1969-12-31 23:59:59.999999+00' + i * interval '1.000001 s',
    date '2024-01-01' + i, 'x' from generate_series(1, 500) i;
  insert into t values (501, null, 'NaN', 'infinity', null, 'y')`
const tolerance = { price: 0.01, rate: '0.1%', at: '500ms', day: '1d' }

describe.each(['auto', 'portable'])('digest %s', (digest) => {
  test('what differs by no more is the same, and what differs by more is found, with its columns', async () => {
    await two.both(TABLE)
    await two.target.client.query(`
      update t set price = price + 0.01, rate = rate * 1.0005, at = at + interval '500 ms', day = day + 1 where id <= 400;
      update t set price = price + 0.0101 where id = 450; update t set rate = rate * 1.01, a = 'z' where id = 451;
      update t set at = at - interval '500.001 ms' where id = 452; update t set day = day + 2 where id = 453;
      update t set price = null where id = 454; update t set a = 'z' where id = 1; delete from t where id = 455;
      update t set rate = 1, at = now() where id = 501`)
    const ran = await two.compare({ tolerance, digest })
    expect(keysOf(ran)).toEqual({ changed: ['1', '450', '451', '452', '453', '454', '501'], missing: ['455'] })
    const columns = ran.findings.map(({ key, actual }) => [key, actual?.['columns']])
    expect(Object.fromEntries(columns)).toMatchObject({
      1: ['a'],
      450: ['price'],
      451: ['a', 'rate'],
      452: ['at'],
      453: ['day'],
      501: ['at', 'rate'],
    })
    expect(ran.observation).toMatchObject({ subjects: { rows: 501, matched: 493, changed: 7 } })
    expect(ran.observation.notes).toContainEqual(expect.stringContaining('"price" (0.01)'))
  })
})

test('rows of one key are matched as well as they can be', async () => {
  await two.both('drop table if exists t; create table t (id int, n numeric); insert into t values (1, 1), (1, 2)')
  // 1 is near both, 2 near the first alone: taken in their order, 2 would be left over.
  await two.target.client.query('delete from t; insert into t values (1, 1.5), (1, 0.5)')
  expect(keysOf(await two.compare({ key: ['id'], tolerance: { n: 0.5 } }))).toEqual({})
  expect(keysOf(await two.compare({ key: ['id'], tolerance: { n: 0.4 } }))).toEqual({ changed: ['1', '1'] })
})

test('a float that became a numeric', async () => {
  await two.source.client.query(
    'drop table if exists t; create table t (id int primary key, n float4); insert into t values (1, 0.1), (2, 3.25)',
  )
  await two.target.client.query(
    'drop table if exists t; create table t (id int primary key, n numeric(10,2)); insert into t values (1, 0.1), (2, 3.26)',
  )
  expect(keysOf(await two.compare({ tolerance: { n: 0.001 } }))).toEqual({ changed: ['2'] })
})

test.each([
  ['of text', { a: 0.1 }, '"a" is of type text, and the tolerance is one of a number'],
  [
    'of time, for a number',
    { price: '1s' },
    '"price" is of type numeric, and the tolerance is one of a date or a timestamp',
  ],
  ['of a column there is not', { nothing: 1 }, 'there is no column "nothing" in t'],
  ['of the key', { id: 1 }, '"id" is a column of the key, so it can have no tolerance'],
])('a tolerance %s is refused', async (_, given, message) => {
  await two.both(TABLE)
  await expect(two.compare({ tolerance: given })).rejects.toThrow(message)
})

test('a table without a key has none', async () => {
  await two.both('drop table if exists t; create table t (n int); insert into t values (1)')
  await expect(two.compare({ tolerance: { n: 1 } })).rejects.toThrow('rows without a key')
})

test('lint refuses one that is no tolerance, and one of a column that is transformed', () => {
  const sides = { source: { connection: 'old', table: 't' }, target: { connection: 'new', table: 't' } }
  expect(compare.schema.safeParse({ ...sides, tolerance: { n: 'a bit' } }).success).toBe(false)
  const spec = compare.schema.parse({ ...sides, tolerance: { n: 1 }, transform: { n: { source: 'n * 2' } } })
  expect(compare.lint?.(spec)).toMatchObject([{ level: 'error', path: ['tolerance', 'n'] }])
})
