import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { generateShop } from '../../fixtures/shop/generate.js'
import { AWKWARD_NAMES } from '../../fixtures/shop/words.js'

const shop = generateShop()

test('the shop is the same shop every time', () => {
  const print = (data: typeof shop) => createHash('sha256').update(JSON.stringify(data)).digest('hex')
  expect(print(generateShop())).toBe(print(shop))
  expect(print(generateShop(1))).not.toBe(print(shop))
})

test('the counts in the check file are those of the shop', () => {
  const file = readFileSync(new URL('../../checks/demo/shop/database.yaml', import.meta.url), 'utf8')
  const { checks } = parse(file) as { checks: { id: string; for_each?: Record<string, number> }[] }
  const counts = checks.find(({ id }) => id === 'table-rows')?.for_each ?? {}
  expect(Object.keys(counts).length).toBeGreaterThan(0)
  for (const [table, count] of Object.entries(counts))
    expect(shop.tables[table as keyof typeof shop.tables].length, table).toBe(count)
})

test('awkward names are in both stores, and none collides on a file system that folds case and Unicode', () => {
  const attachments = shop.files.attachments.map(({ path }) => path)
  const keys = shop.objects.map(({ path }) => path)
  for (const name of AWKWARD_NAMES) {
    expect(attachments).toContain(`inbox/${name}`)
    expect(keys).toContain(`products/as-uploaded/${name}`)
  }
  const folded = attachments.map((path) => path.normalize('NFC').toLowerCase())
  expect(new Set(folded).size).toBe(folded.length)
  for (const path of folded) expect(folded.filter((other) => other.startsWith(`${path}/`))).toEqual([])
})

test('523 avatars, and no image too large to be quick', () => {
  expect(shop.files.avatars).toHaveLength(523)
  const all = [...Object.values(shop.files).flat(), ...shop.objects]
  expect(Math.max(...all.map(({ content }) => content.length))).toBeLessThanOrEqual(3000)
})
