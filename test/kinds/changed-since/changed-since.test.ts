import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresHome, startPostgres } from '../../../fixtures/servers/postgres.js'
import { decode, encode } from '../../../src/snapshot/format.js'
import { holdAgainst, take } from '../../snapshot/record.js'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { serverOrSkip } from '../../support/require-server.js'
import { directoryOf } from '../../support/run-cli.js'

const SHOP = readFileSync(join(import.meta.dirname, '../../../fixtures/kinds/changed-since/shop.sql'), 'utf8')
const FILE = (more = '') => `version: 1
name: shop
secrets: { url: { env: SHOP_URL } }
connections: { main: { type: postgres, url: "\${secret.url}" } }
defaults: { owner: team-shop, severity: high, remediation: Copy it again. }
checks:
  - { id: kept, kind: changed-since, connection: main${more} }
`

let database: TestDatabase
let place: ReturnType<typeof directoryOf>
const here = (env = { SHOP_URL: database.url }) => ({ cwd: place.path, env })
const check = (more = '') => writeFileSync(join(place.path, 'postflight.yaml'), FILE(more))
const snapshotFile = () => join(place.path, 'before.snapshot')

/** Finding class and key, of all that is told. */
async function told(more = '', env?: { SHOP_URL: string }, flags = {}) {
  check(more)
  const held = await holdAgainst(here(env), flags)
  return { ...held, list: (held.findings['kept'] ?? []).map(({ finding, key }) => `${finding} ${key}`) }
}

beforeAll(async () => {
  database = await createDatabase()
  place = directoryOf()
  await database.client.query(SHOP)
  check()
  const { code, stdout } = await take(here())
  expect(code, stdout).toBe(0)
})
afterAll(async () => {
  place.remove()
  await database.drop()
})

describe('on the server it was taken of', () => {
  it('is all as it was', async () => {
    const { code, list, ends } = await told()
    expect(list).toEqual([])
    expect(code).toBe(0)
    expect(ends['kept']?.subjects).toMatchObject({ tables: 6, rows: 5951, unverifiable: 0, expected: 0 })
    expect(ends['kept']?.notes).toContain('this is the server the record was taken of, or a physical copy of it')
  })

  it('keeps no value of a row', () => {
    const decoded = decode(readFileSync(snapshotFile()))
    const text = JSON.stringify('value' in decoded ? decoded.value : undefined)
    for (const value of ['example.net', 'Grüße', 'a large object', 'INSERT', 'extract'])
      expect(text).not.toContain(value)
  })

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
    const { client } = database
    const faults = FAULTS.filter(([fault]) => SECOND.test(fault) === second)
    await client.query('alter table shop.orders disable trigger user; begin')
    for (const [fault] of faults) await client.query(fault)
    if (!second) await client.query('alter table shop.orders disable trigger orders_touch')
    else await client.query('alter table shop.orders enable trigger user')
    await client.query('commit')
    const held = await told()
    expect(held.list.toSorted()).toEqual(faults.map(([, one]) => one).toSorted())
    expect(held.code).toBe(1)
    await client.query('alter table shop.orders disable trigger user')
    for (const [, , mend] of faults.toReversed()) await client.query(mend)
    await client.query('alter table shop.orders enable trigger user')
  })

  it('is all as it was, when all of that is mended', async () => {
    expect((await told()).list).toEqual([])
  })

  it('tells of a table that is gone once, and not of all that was part of it', async () => {
    await database.client.query('alter table shop.events rename to events_of_before')
    try {
      expect((await told()).list.filter((one) => !one.includes('of_before')).toSorted()).toEqual([
        'vanished table shop.events',
      ])
      const renamed =
        ', expected: [{ change: renamed, object: shop.events, to: shop.events_of_before, reason: SHOP-1 }]'
      expect((await told(renamed)).list).toEqual([])
    } finally {
      await database.client.query('alter table shop.events_of_before rename to events')
    }
  })

  // Pairs whose sum of hashes stays the same where the hash of the row is not seeded with that of its key.
  it('tells of values that changed places between rows', async () => {
    const swap = (one: number, other: number) =>
      database.client.query(
        'update shop.customers c set name = o.name from shop.customers o where c.id = $1 and o.id = $2 or c.id = $2 and o.id = $1',
        [one, other],
      )
    for (const [one, other] of [
      [10, 30],
      [12, 31],
    ] as const) {
      await swap(one, other)
      try {
        expect((await told()).list).toEqual(['content_differs table shop.customers'])
      } finally {
        await swap(one, other)
      }
    }
  })

  it('reads definitions the same whatever names the session finds by itself', async () => {
    await database.client.query(`alter database ${database.name} set search_path = shop, public`)
    try {
      expect((await told()).list).toEqual(['appeared role setting search_path of all roles'])
    } finally {
      await database.client.query(`alter database ${database.name} reset search_path`)
    }
  })

  it('tells of a partition that is gone, and of the rows that were in it', async () => {
    await database.client.query('create table public.aside as table shop.events_2024; drop table shop.events_2024')
    try {
      const ignored = ', schemas: [shop]'
      expect((await told(ignored)).ends['kept']?.message).toContain('the record was taken of all schemas')
      const { list } = await told(', expected: [{ change: added table, object: public.aside, reason: the test }]')
      expect(list).toEqual(['vanished table shop.events_2024', 'rows_differ table shop.events'])
    } finally {
      await database.client.query(`
        create table shop.events_2024 partition of shop.events for values from ('2024-01-01') to ('2025-01-01');
        insert into shop.events table public.aside;
        drop table public.aside`)
    }
    expect((await told()).list).toEqual([])
  })

  it.each([
    [
      'alter table shop.empty add more text',
      'added column, object: shop.empty.more',
      'alter table shop.empty drop more',
    ],
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
    await database.client.query(change)
    try {
      expect((await told()).code).toBe(1)
      const held = await told(`, expected: [{ change: ${expected}, reason: SHOP-1 }]`)
      expect(held.list).toEqual([])
      expect(held.code).toBe(0)
    } finally {
      await database.client.query(back)
    }
  })

  it('says what was expected and never seen', async () => {
    const { ends } = await told(', expected: [{ change: dropped table, object: shop.nowhere, reason: SHOP-1 }]')
    expect(ends['kept']?.notes).toContain('expected and not seen: dropped table shop.nowhere')
  })

  it('fails growth beyond what was expected, and a loss', async () => {
    const grows = ', expected: [{ change: may grow by, by: 1, object: shop.events, reason: SHOP-1 }]'
    await database.client.query(`insert into shop.events values ('2024-06-01', 'new'), ('2024-06-01', 'new')`)
    expect((await told(grows)).list).toEqual(['rows_differ table shop.events'])
    await database.client.query(`delete from shop.events where kind = 'new'`)
    expect((await told(grows)).list).toEqual([])
  })

  it('cannot tell where the hash functions are not those of the record', async () => {
    const bytes = readFileSync(snapshotFile())
    const decoded = decode(bytes)
    const value = ('value' in decoded ? decoded.value : undefined) as {
      checks: { kept: { kept: { vectors: Record<string, string> } } }
    }
    value.checks.kept.kept.vectors['numeric'] = '1'
    writeFileSync(snapshotFile(), encode(value).bytes)
    try {
      const { code, list, ends, findings } = await told()
      expect(code).toBe(3)
      expect(list).toHaveLength(4)
      expect(new Set(list.map((one) => one.split(' ')[0]))).toEqual(new Set(['unverifiable']))
      expect(findings['kept']?.[0]?.reason).toContain('take the record again with `digest: portable`')
      expect(ends['kept']?.subjects).toMatchObject({ rows_differ: 0, content_differs: 0 })
    } finally {
      writeFileSync(snapshotFile(), bytes)
    }
  })

  it('cannot tell of what the role may not read, then or now', async () => {
    const role = `reader_${database.name}`
    const url = new URL(database.url)
    url.username = role
    url.password = 'x'
    const env = { SHOP_URL: url.href }
    await database.client.query(`create role ${role} login password 'x'; grant usage on schema shop to ${role}`)
    try {
      const { code, list } = await told(', ignore: [grant, role]', env)
      expect(code).toBe(3)
      expect(list).toContain('unverifiable table shop.orders')
      expect(list).toContain('unverifiable sequence shop.invoice_number')
      const taken = await take(here(env), { output: 'forbidden.snapshot' })
      expect(taken.code).toBe(3)
      expect(JSON.parse(taken.stdout).unobserved[0].reason).toContain('could not be read whole')
    } finally {
      await database.client.query(`drop owned by ${role}; drop role ${role}`)
    }
  })

  it.each([
    [', schemas: [shop, shpo]', 'there is no schema "shpo"'],
    [', exclude: [shop.sesions]', 'there is no table or column shop.sesions to be excluded'],
  ])('takes no record with%s', async (more, words) => {
    check(more)
    const { code, stdout } = await take(here(), { output: 'misspelt.snapshot', force: true })
    expect(code).toBe(3)
    expect(JSON.parse(stdout).unobserved[0].reason).toBe(words)
  })

  it('tells of a whole schema that is gone', async () => {
    await database.client.query('alter schema shop rename to shop_of_before')
    try {
      const { list, code } = await told()
      expect(code).toBe(1)
      expect(list).toContain('vanished schema shop')
      expect(list).toContain('vanished table shop.orders')
    } finally {
      await database.client.query('alter schema shop_of_before rename to shop')
    }
  })

  it('is no check without a record', async () => {
    expect((await told('', undefined, { baseline: undefined })).code).toBe(3)
    const dropped = await told('', undefined, { baseline: undefined, 'no-baseline': true })
    expect(dropped.ends['kept']).toMatchObject({ outcome: 'skip' })
  })
})

serverOrSkip('PostgreSQL 13', postgresHome(13) !== undefined)('from PostgreSQL 13 to 18', () => {
  let old: Awaited<ReturnType<typeof startPostgres>>
  let source: TestDatabase

  beforeAll(async () => {
    old = await startPostgres({ major: 13 })
    source = await createDatabase(old.url)
    await source.client.query(SHOP)
  })
  afterAll(async () => {
    await source?.drop()
    await old?.stop()
  })

  it('is all as it was after a good move, and tells what was damaged, though rows are as many', async () => {
    check()
    const from = { cwd: place.path, env: { SHOP_URL: source.url } }
    expect((await take(from, { force: true })).code).toBe(0)
    const renamed = { 'database-renamed': [`${source.name}=${database.name}`] }
    // A dump of an older server says so, for from 15 on nobody may create in the schema public by default.
    await database.client.query('grant create on schema public to public')
    const good = await told('', undefined, renamed)
    expect(good.list).toEqual([])
    expect(good.ends['kept']).toMatchObject({ method: 'SHA-256 of rows as text', notes: ['from PostgreSQL 13 to 18'] })
    await database.client.query(`
      alter table shop.orders disable trigger user;
      update shop.orders set raw = '\\x00' where id = 4000;
      drop index shop.orders_month;
      select setval('shop.customers_id_seq', 1, false);
    `)
    const bad = await told('', undefined, renamed)
    expect(bad.list).toEqual([
      'vanished index shop.orders_month',
      'changed trigger shop.orders.orders_touch',
      'sequences_behind sequence shop.customers_id_seq',
      'content_differs table shop.orders',
    ])
    expect(bad.code).toBe(1)
  })
})
