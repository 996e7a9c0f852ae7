import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Recorded, recordShop } from './shop.js'

let shop: Recorded

beforeAll(async () => {
  shop = await recordShop()
})
afterAll(() => shop.end())

/** What breaks, how it is told, and how it is mended. Those of one round are of different objects. */
const FAULTS: readonly (readonly [fault: string, told: string, mend: string])[] = [
  [
    'drop index shop.orders_customer',
    'vanished index shop.orders_customer',
    'create index orders_customer on shop.orders (customer)',
  ],
  [
    'alter table shop.orders drop constraint orders_customer_fkey',
    'vanished constraint shop.orders.orders_customer_fkey',
    'alter table shop.orders add constraint orders_customer_fkey foreign key (customer) references shop.customers (id)',
  ],
  [
    'alter table shop.customers drop constraint customers_email_key',
    'vanished constraint shop.customers.customers_email_key',
    'alter table shop.customers add unique (email)',
  ],
  [
    'alter table shop.customers alter name drop default',
    'changed column shop.customers.name',
    `alter table shop.customers alter name set default ''`,
  ],
  [
    'alter table shop.customers alter name drop not null',
    'changed column shop.customers.name',
    'alter table shop.customers alter name set not null',
  ],
  [
    'alter table shop.customers disable row level security',
    'changed table shop.customers',
    'alter table shop.customers enable row level security',
  ],
  [
    'drop policy own on shop.customers',
    'vanished policy shop.customers.own',
    'create policy own on shop.customers for select using (name = current_user)',
  ],
  [
    'alter table shop.orders disable trigger orders_touch',
    'changed trigger shop.orders.orders_touch',
    'alter table shop.orders enable trigger orders_touch',
  ],
  [
    'drop view shop.open_orders',
    'vanished view shop.open_orders',
    `create view shop.open_orders as select id, trim(both ' ' from padded) as padded from shop.orders where state = 'open'`,
  ],
  [
    'refresh materialized view shop.totals with no data',
    'changed view shop.totals',
    'refresh materialized view shop.totals',
  ],
  [
    'drop rule empty_says on shop.empty',
    'vanished rule shop.empty.empty_says',
    'create rule empty_says as on insert to shop.empty do also notify empty',
  ],
  [
    'alter table shop.late_orders no inherit shop.empty',
    'changed table shop.late_orders',
    'alter table shop.late_orders inherit shop.empty',
  ],
  [
    'drop statistics shop.orders_stats',
    'vanished statistics shop.orders_stats',
    'create statistics shop.orders_stats on customer, state from shop.orders',
  ],
  [
    `select setval('shop.invoice_number', 2000)`,
    'sequences_behind sequence shop.invoice_number',
    `select setval('shop.invoice_number', 5000)`,
  ],
  [
    `select setval('shop.orders_id_seq', 1, false)`,
    'sequences_behind sequence shop.orders_id_seq',
    `select setval('shop.orders_id_seq', 5000)`,
  ],
  [
    'alter function shop.touch() security definer',
    'changed function shop.touch()',
    'alter function shop.touch() security invoker',
  ],
  [
    'grant select on shop.orders to public',
    'appeared grant table shop.orders for PUBLIC',
    'revoke select on shop.orders from public',
  ],
  ['create table shop.extra (id int primary key)', 'appeared table shop.extra', 'drop table shop.extra'],
  ['alter table shop.empty add more text', 'appeared column shop.empty.more', 'alter table shop.empty drop more'],
  ['insert into shop.empty values (1)', 'rows_differ table shop.empty', 'delete from shop.empty'],
  [
    'update shop.orders set amount = amount + 0.01 where id = 77',
    'content_differs table shop.orders',
    'update shop.orders set amount = amount - 0.01 where id = 77',
  ],
  [
    `update shop.orders set note = '{"a": 2, "b": 1}' where id = 5`,
    'content_differs table shop.orders',
    `update shop.orders set note = '{"b": 1, "a": 2}' where id = 5`,
  ],
  [
    `update shop.events set kind = null where kind = 'k1' and at < '2024-06-03'`,
    'content_differs table shop.events',
    `update shop.events set kind = 'k1' where kind is null`,
  ],
  [
    `delete from shop.sessions where token = (select min(token) from shop.sessions)`,
    'rows_differ table shop.sessions',
    `insert into shop.sessions select md5(i::text), '2024-01-01' from generate_series(1, 50) i where md5(i::text) not in (select token from shop.sessions)`,
  ],
  [
    'select lo_unlink(oid) from pg_largeobject_metadata',
    'changed large objects',
    `select lo_from_bytea(0, 'a large object')`,
  ],
]
const SECOND = /name drop not null|invoice_number|note = |id_seq/

it.each([false, true])('tells of each kind of loss by its name (second round: %s)', async (second) => {
  const { client } = shop.database
  const faults = FAULTS.filter(([fault]) => SECOND.test(fault) === second)
  await client.query('alter table shop.orders disable trigger user; begin')
  for (const [fault] of faults) await client.query(fault)
  if (!second) await client.query('alter table shop.orders disable trigger orders_touch')
  else await client.query('alter table shop.orders enable trigger user')
  await client.query('commit')
  const held = await shop.told()
  expect(held.list.toSorted()).toEqual(faults.map(([, one]) => one).toSorted())
  expect(held.code).toBe(1)
  await client.query('alter table shop.orders disable trigger user')
  for (const [, , mend] of faults.toReversed()) await client.query(mend)
  await client.query('alter table shop.orders enable trigger user')
})

it('is all as it was, when all of that is mended', async () => {
  expect((await shop.told()).list).toEqual([])
})

it('tells of a table that is gone once, and not of all that was part of it', async () => {
  await shop.database.client.query('alter table shop.events rename to events_of_before')
  try {
    expect((await shop.told()).list.filter((one) => !one.includes('of_before')).toSorted()).toEqual([
      'vanished table shop.events',
    ])
    const renamed = ', expected: [{ change: renamed, object: shop.events, to: shop.events_of_before, reason: SHOP-1 }]'
    expect((await shop.told(renamed)).list).toEqual([])
  } finally {
    await shop.database.client.query('alter table shop.events_of_before rename to events')
  }
})

// Pairs whose sum of hashes stays the same where the hash of the row is not seeded with that of its key.
it('tells of values that changed places between rows', async () => {
  const swap = (one: number, other: number) =>
    shop.database.client.query(
      'update shop.customers c set name = o.name from shop.customers o where c.id = $1 and o.id = $2 or c.id = $2 and o.id = $1',
      [one, other],
    )
  for (const [one, other] of [
    [10, 30],
    [12, 31],
  ] as const) {
    await swap(one, other)
    try {
      expect((await shop.told()).list).toEqual(['content_differs table shop.customers'])
    } finally {
      await swap(one, other)
    }
  }
})

it('tells of a partition that is gone, and of the rows that were in it', async () => {
  await shop.database.client.query('create table public.aside as table shop.events_2024; drop table shop.events_2024')
  try {
    const ignored = ', schemas: [shop]'
    expect((await shop.told(ignored)).ends['kept']?.message).toContain('the record was taken of all schemas')
    const { list } = await shop.told(', expected: [{ change: added table, object: public.aside, reason: the test }]')
    expect(list).toEqual(['vanished table shop.events_2024', 'rows_differ table shop.events'])
  } finally {
    await shop.database.client.query(`
      create table shop.events_2024 partition of shop.events for values from ('2024-01-01') to ('2025-01-01');
      insert into shop.events table public.aside;
      drop table public.aside`)
  }
  expect((await shop.told()).list).toEqual([])
})

it('tells of a whole schema that is gone', async () => {
  await shop.database.client.query('alter schema shop rename to shop_of_before')
  try {
    const { list, code } = await shop.told()
    expect(code).toBe(1)
    expect(list).toContain('vanished schema shop')
    expect(list).toContain('vanished table shop.orders')
  } finally {
    await shop.database.client.query('alter schema shop_of_before rename to shop')
  }
})
