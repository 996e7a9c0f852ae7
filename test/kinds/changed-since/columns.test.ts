import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { decode } from '../../../src/snapshot/format.js'
import { take } from '../../snapshot/record.js'
import { type Recorded, recordShop } from './shop.js'

const BY_COLUMN = ', level: table, by_column: true'

let shop: Recorded

beforeAll(async () => {
  shop = await recordShop({ more: BY_COLUMN })
})
afterAll(() => shop.end())

/** Class, key and reason of what is told of content while a change holds. */
async function toldWhile(change: string, back: string, more = BY_COLUMN, flags = {}): Promise<readonly string[]> {
  await shop.database.client.query(change)
  try {
    const { findings } = await shop.told(more, { flags })
    const ofContent = (findings['kept'] ?? []).filter(({ finding }) => !/vanished|appeared|changed/.test(finding))
    return ofContent.map(({ finding, key, reason }) => `${finding} ${key}: ${reason}`)
  } finally {
    await shop.database.client.query(back)
  }
}

const quietly = (sql: string) =>
  `alter table shop.orders disable trigger user; ${sql}; alter table shop.orders enable trigger user`

it('tells of a difference by column, and how many NULLs there were', async () => {
  const told = await toldWhile(
    quietly('update shop.orders set amount = amount + 1, note = null where id = 77'),
    quietly(
      `update shop.orders set amount = amount - 1, note = (select note from shop.orders where id = 78) where id = 77`,
    ),
  )
  expect(told).toHaveLength(1)
  expect(told[0]).toMatch(
    /^content_differs table shop.orders: .*1 of 1 bucket.*; other values in columns amount and note/,
  )
  // The note of 77 is another now, so what follows is held against a record of now.
  expect((await take(shop.here(), { force: true })).code).toBe(0)
})

it.each<[string, string, string, readonly string[]]>([
  ['gone', 'rename note to mislaid', 'rename mislaid to note', []],
  [
    'of another type',
    'alter score type text',
    'alter score type float8 using score::float8',
    [
      'unverifiable column shop.orders.score: of another type than it was, so its content cannot be compared; that of the others is',
    ],
  ],
])('compares the other columns where one is %s', async (_, change, back, expected) => {
  const [there, again] = [`alter table shop.orders ${change}`, `alter table shop.orders ${back}`]
  expect(await toldWhile(there, again)).toEqual(expected)
  const spoiled = quietly(`update shop.orders set padded = 'lost' where id = 7`)
  const mended = quietly(`update shop.orders set padded = 'p7' where id = 7`)
  expect(await toldWhile(`${there}; ${spoiled}`, `${again}; ${mended}`)).toEqual([
    'content_differs table shop.orders: other values in column padded',
    ...expected,
  ])
})

// Pairs whose sum of hashes stays the same where the hash of a value is not seeded with that of its key.
it('tells of values of one column that changed places between rows', async () => {
  const swap =
    'update shop.customers c set name = o.name from shop.customers o where c.id = 10 and o.id = 30 or c.id = 30 and o.id = 10'
  const told = await toldWhile(
    `alter table shop.customers rename email to mail; ${swap}`,
    `${swap}; alter table shop.customers rename mail to email`,
  )
  expect(told).toEqual(['content_differs table shop.customers: other values in column name'])
})

it('says what to do where the record does not have it', async () => {
  shop.check()
  expect((await take(shop.here(), { output: 'plain.snapshot' })).code).toBe(0)
  const told = await toldWhile(
    'alter table shop.orders rename note to mislaid',
    'alter table shop.orders rename mislaid to note',
    '',
    { baseline: 'plain.snapshot' },
  )
  expect(told).toEqual([
    expect.stringMatching(/^unverifiable table shop.orders: .* column note is gone; .*by_column: true/),
  ])
})

it('says of which type a column no longer is', async () => {
  const told = await toldWhile(
    'alter table shop.orders alter score type text',
    'alter table shop.orders alter score type float8 using score::float8',
    '',
    { baseline: 'plain.snapshot' },
  )
  expect(told).toEqual([expect.stringMatching(/^unverifiable table .*: column score is of another type; leave it out/)])
})

it('names the column of the key that is gone, and says that rows cannot be told apart', async () => {
  await shop.database.client.query('alter table shop.orders rename id to number')
  try {
    const { findings, list } = await shop.told(BY_COLUMN)
    expect(list).toContain('vanished column shop.orders.id')
    expect(findings['kept']?.filter(({ finding }) => finding === 'unverifiable')).toEqual([
      {
        finding: 'unverifiable',
        key: 'table shop.orders',
        reason: 'its content cannot be compared: column id is gone; column id told its rows apart',
      },
    ])
  } finally {
    await shop.database.client.query('alter table shop.orders rename number to id')
  }
})

it('leaves out of the record what is declared to be dropped', async () => {
  const dropped = ', expected: [{ change: dropped column, object: shop.orders.note, reason: SHOP-1 }]'
  shop.check(dropped)
  expect((await take(shop.here(), { output: 'dropped.snapshot' })).code).toBe(0)
  const decoded = decode(readFileSync(`${shop.place.path}/dropped.snapshot`))
  expect(JSON.stringify(decoded)).toContain('"left_out":["note"]')
  const [gone, back] = ['rename note to mislaid', 'rename mislaid to note'].map(
    (one) => `alter table shop.orders ${one}`,
  )
  expect(await toldWhile(gone ?? '', back ?? '', dropped, { baseline: 'dropped.snapshot' })).toEqual([])
})
