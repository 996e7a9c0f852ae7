import { afterAll, beforeAll, expect, it } from 'vitest'
import { take } from '../../snapshot/record.js'
import { type Recorded, recordShop } from './shop.js'

const ROWS = ', level: row'
const KEYS = `${ROWS}, keep_keys: true`
const EXTRA = `create table shop.pairs (a int, b text, v int, primary key (a, b)); insert into shop.pairs values (1, 'x y', 1), (2, 'z', 2)`

let shop: Recorded

beforeAll(async () => {
  shop = await recordShop({ more: ROWS, extra: EXTRA })
  shop.check(KEYS)
  expect((await take(shop.here(), { output: 'keys.snapshot' })).code).toBe(0)
})
afterAll(() => shop.end())

it('tells of nothing where all is as it was', async () => {
  const { code, list, ends } = await shop.told()
  expect([code, list]).toEqual([0, []])
  expect(ends['kept']?.subjects).toMatchObject({ rows: 5953, rows_vanished: 0, rows_changed: 0, rows_appeared: 0 })
})

it('names the rows that changed or appeared, and those that are gone where it was to keep keys', async () => {
  const { client } = shop.database
  await client.query(`
    alter table shop.orders disable trigger user;
    update shop.orders set padded = 'lost' where id = 77;
    update shop.orders set id = 6000 where id = 10;
    update shop.pairs set v = 3 where a = 1;
    delete from shop.pairs where a = 2;
    insert into shop.events values ('2024-07-01', 'new');
    delete from shop.events where kind = 'k1' and at = '2024-06-02';
  `)
  const rowsOf = ({ list }: { readonly list: readonly string[] }) =>
    list.filter((one) => /^rows_(v|c|a)/.test(one)).map((one) => one.replace(/#[0-9a-f]{16}$/, '#'))
  const told = await shop.told()
  expect(told.code).toBe(1)
  expect(rowsOf(told)).toEqual([
    'rows_vanished shop.events #',
    'rows_vanished shop.orders #',
    'rows_vanished shop.pairs #',
    'rows_changed shop.orders 77',
    'rows_changed shop.pairs (1,"x y")',
    'rows_appeared shop.events #',
    'rows_appeared shop.orders 6000',
  ])
  expect(told.ends['kept']?.subjects).toMatchObject({ rows_vanished: 3, rows_changed: 2, rows_appeared: 2 })
  const keyed = await shop.told(KEYS, { flags: { baseline: 'keys.snapshot' } })
  expect(rowsOf(keyed).slice(0, 3)).toEqual([
    'rows_vanished shop.events #',
    'rows_vanished shop.orders 10',
    'rows_vanished shop.pairs (2,z)',
  ])
})

it('cannot count rows by a record that does not list them, and is not asked to where nothing is said', async () => {
  shop.check()
  expect((await take(shop.here(), { output: 'plain.snapshot' })).code).toBe(0)
  const { code, ends } = await shop.told(`${ROWS}, expect: { rows_vanished: 0 }`, {
    flags: { baseline: 'plain.snapshot' },
  })
  expect(code).toBe(3)
  expect(ends['kept']?.unobserved).toHaveProperty('rows_vanished', 'the record was not taken with `level: row`')
  expect((await shop.told('', { flags: { baseline: 'plain.snapshot' } })).code).toBe(0)
})

it('keeps no key that holds a secret of the check file', async () => {
  await shop.database.client.query(`insert into shop.pairs select 3, $1`, [shop.database.url])
  shop.check(KEYS)
  const { code, stdout } = await take(shop.here(), { output: 'secret.snapshot' })
  expect(code).toBe(3)
  expect(JSON.parse(stdout).unobserved[0].reason).toBe('1 table could not be read whole: shop.pairs')
})
