import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Recorded, recordShop } from './shop.js'

let shop: Recorded

beforeAll(async () => {
  shop = await recordShop()
})
afterAll(() => shop.end())

it.each([
  ['alter table shop.empty add more text', 'added column, object: shop.empty.more', 'alter table shop.empty drop more'],
  [
    'drop index shop.orders_customer',
    'dropped index, object: "shop.orders_*"',
    'create index orders_customer on shop.orders (customer)',
  ],
  ['insert into shop.empty values (1)', 'may grow by, by: 1, object: shop.empty', 'delete from shop.empty'],
  ['insert into shop.empty values (1)', 'changed content, object: shop.empty', 'delete from shop.empty'],
  [
    'alter table shop.empty rename id to number',
    'renamed, object: shop.empty.id, to: shop.empty.number',
    'alter table shop.empty rename number to id',
  ],
])('lets through %s where that was expected', async (change, expected, back) => {
  await shop.database.client.query(change)
  try {
    expect((await shop.told()).code).toBe(1)
    const held = await shop.told(`, expected: [{ change: ${expected}, reason: SHOP-1 }]`)
    expect(held.list).toEqual([])
    expect(held.code).toBe(0)
  } finally {
    await shop.database.client.query(back)
  }
})

it('says what was expected and never seen', async () => {
  const { ends } = await shop.told(', expected: [{ change: dropped table, object: shop.nowhere, reason: SHOP-1 }]')
  expect(ends['kept']?.notes).toContain('expected and not seen: dropped table shop.nowhere')
})

it('fails growth beyond what was expected, and a loss', async () => {
  const grows = ', expected: [{ change: may grow by, by: 1, object: shop.events, reason: SHOP-1 }]'
  await shop.database.client.query(`insert into shop.events values ('2024-06-01', 'new'), ('2024-06-01', 'new')`)
  expect((await shop.told(grows)).list).toEqual(['rows_differ table shop.events'])
  await shop.database.client.query(`delete from shop.events where kind = 'new'`)
  expect((await shop.told(grows)).list).toEqual([])
})
