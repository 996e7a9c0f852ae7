import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { decode, encode } from '../../../src/snapshot/format.js'
import { take } from '../../snapshot/record.js'
import { type Recorded, recordShop } from './shop.js'

let shop: Recorded

beforeAll(async () => {
  shop = await recordShop()
})
afterAll(() => shop.end())

it('is all as it was', async () => {
  const { code, list, ends } = await shop.told()
  expect(list).toEqual([])
  expect(code).toBe(0)
  expect(ends['kept']?.subjects).toMatchObject({ tables: 6, rows: 5951, unverifiable: 0, expected: 0 })
  expect(ends['kept']?.notes).toContain('this is the server the record was taken of, or a physical copy of it')
})

it('keeps no value of a row', () => {
  const decoded = decode(readFileSync(shop.snapshotFile))
  const text = JSON.stringify('value' in decoded ? decoded.value : undefined)
  for (const value of ['example.net', 'Grüße', 'a large object', 'INSERT', 'extract']) expect(text).not.toContain(value)
})

it('reads definitions the same whatever names the session finds by itself', async () => {
  await shop.database.client.query(`alter database ${shop.database.name} set search_path = shop, public`)
  try {
    expect((await shop.told()).list).toEqual(['appeared role setting search_path of all roles'])
  } finally {
    await shop.database.client.query(`alter database ${shop.database.name} reset search_path`)
  }
})

it('cannot tell where the hash functions are not those of the record', async () => {
  const bytes = readFileSync(shop.snapshotFile)
  const decoded = decode(bytes)
  const value = ('value' in decoded ? decoded.value : undefined) as {
    checks: { kept: { kept: { vectors: Record<string, string> } } }
  }
  value.checks.kept.kept.vectors['numeric'] = '1'
  writeFileSync(shop.snapshotFile, encode(value).bytes)
  try {
    const { code, list, ends, findings } = await shop.told()
    expect(code).toBe(3)
    expect(list).toHaveLength(4)
    expect(new Set(list.map((one) => one.split(' ')[0]))).toEqual(new Set(['unverifiable']))
    expect(findings['kept']?.[0]?.reason).toContain('take the record again with `digest: portable`')
    expect(ends['kept']?.subjects).toMatchObject({ rows_differ: 0, content_differs: 0 })
  } finally {
    writeFileSync(shop.snapshotFile, bytes)
  }
})

it('cannot tell of what the role may not read, then or now', async () => {
  const role = `reader_${shop.database.name}`
  const url = new URL(shop.database.url)
  url.username = role
  url.password = 'x'
  await shop.database.client.query(`create role ${role} login password 'x'; grant usage on schema shop to ${role}`)
  try {
    const { code, list } = await shop.told(', ignore: [grant, role]', { url: url.href })
    expect(code).toBe(3)
    expect(list).toContain('unverifiable table shop.orders')
    expect(list).toContain('unverifiable sequence shop.invoice_number')
    const taken = await take(shop.here(url.href), { output: 'forbidden.snapshot' })
    expect(taken.code).toBe(3)
    expect(JSON.parse(taken.stdout).unobserved[0].reason).toContain('could not be read whole')
  } finally {
    await shop.database.client.query(`drop owned by ${role}; drop role ${role}`)
  }
})

it.each([
  [', schemas: [shop, shpo]', 'there is no schema "shpo"'],
  [', exclude: [shop.sesions]', 'there is no table or column shop.sesions to be excluded'],
])('takes no record with%s', async (more, words) => {
  shop.check(more)
  const { code, stdout } = await take(shop.here(), { output: 'misspelt.snapshot', force: true })
  expect(code).toBe(3)
  expect(JSON.parse(stdout).unobserved[0].reason).toBe(words)
})

it('is no check without a record', async () => {
  expect((await shop.told('', { flags: { baseline: undefined } })).code).toBe(3)
  const dropped = await shop.told('', { flags: { baseline: undefined, 'no-baseline': true } })
  expect(dropped.ends['kept']).toMatchObject({ outcome: 'skip' })
})
