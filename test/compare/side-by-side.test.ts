import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Agrees,
  createSideBySide,
  type Entries,
  type EntryPage,
  lastKey,
  passEntry,
  passRow,
} from '../../src/compare/side-by-side.js'
import { CheckError } from '../../src/lib/errors.js'
import { keyFromBytes } from '../../src/lib/key.js'
import { recordsOf } from '../../src/lib/spool-arena.js'
import { createPacking, EMPTY_PAGE } from '../../src/stores/packed.js'

const key = fc
  .tuple(
    fc.constantFrom('', 'aaaaa'),
    fc.array(fc.constantFrom(0x00, 0x2d, 0x2f, 0x61, 0x62, 0xff), { minLength: 1, maxLength: 4 }),
  )
  .map(([before, bytes]) => keyFromBytes(Uint8Array.of(...Buffer.from(before), ...bytes)))

const ascending = (keys: readonly string[]) =>
  [...keys].sort((a, b) => Buffer.compare(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1')))

const pageOf = (keys: readonly string[]): EntryPage => {
  const packing = createPacking(true)
  for (const one of keys) packing.add({ key: one as never, size: one.length })
  return packing.finish()
}

/** What each key was met as, and how often its row was there. */
function walk(rowKeys: readonly string[], pages: readonly (readonly string[])[], agrees: Agrees): string[] {
  const side = createSideBySide()
  // Part of what lies in memory, as most are.
  const records = recordsOf(['x', 'yy', ...rowKeys, 'z'].map((one) => ({ key: one as never, rest: 'r' })))
  const rows = side.rows({ ...records, from: 2, to: 2 + rowKeys.length })
  const met: string[] = []
  const told = (one: string, as: string) => met.push(`${Buffer.from(one, 'latin1').toString('hex')} ${as}`)
  let entries: Entries<EntryPage> = side.entries(EMPTY_PAGE, undefined)
  const left = [...pages]
  const turn = (page: readonly string[]): void => {
    const last = lastKey(entries)
    // Its memory may serve the next page.
    entries.page.keys.fill(0xff)
    entries.page.ends.fill(0)
    entries = side.entries(pageOf(page), last)
  }
  for (;;) {
    const n = rows.n - 2
    const stop = side.passBy(rows, entries, agrees)
    for (const one of rowKeys.slice(n, rows.n - 2)) told(one, 'agrees')
    if (stop === 'entries end') {
      const page = left.shift()
      if (page === undefined) break
      turn(page)
      continue
    }
    if (stop === 'rows end') {
      const { at, page } = entries
      if (at < page.ends.length) {
        passEntry(entries, 'store')
        told('', 'entry')
        continue
      }
      const next = left.shift()
      if (next === undefined) break
      turn(next)
      continue
    }
    if (stop === 'entry') {
      passEntry(entries, 'store')
      told('', 'entry')
      continue
    }
    const from = rows.n - 2
    const to = passRow(rows, stop === 'pair' ? undefined : 'rows') - 2
    told(rowKeys[from] ?? '', `${stop} ${to - from}`)
    if (stop === 'pair') passEntry(entries, undefined)
  }
  while (rows.n - 2 < rowKeys.length) {
    const from = rows.n - 2
    told(rowKeys[from] ?? '', `row ${passRow(rows, 'rows') - 2 - from}`)
  }
  return met
}

const pagesOf = (keys: readonly string[], sizes: readonly number[]) => {
  const pages: string[][] = []
  for (let at = 0, index = 0; at < keys.length; index++) {
    const size = sizes[index % sizes.length] ?? 1
    pages.push(keys.slice(at, at + size))
    at += size
  }
  return pages
}

describe('walking rows and entries side by side', () => {
  it('meets each key once, as what it is, however the listing is cut', () => {
    fc.assert(
      fc.property(
        fc.array(key, { maxLength: 30 }),
        fc.uniqueArray(key, { maxLength: 30 }),
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 }).filter((sizes) => sizes.some(Boolean)),
        fc.boolean(),
        (rowKeys, entryKeys, sizes, agree) => {
          const rows = ascending(rowKeys)
          const met = walk(rows, pagesOf(ascending(entryKeys), sizes), agree ? 'there' : 'never')
          const expected = ascending([...new Set([...rows, ...entryKeys])]).map((one) => {
            const refs = rows.filter((row) => row === one).length
            const name = Buffer.from(one, 'latin1').toString('hex')
            if (refs === 0) return ' entry'
            if (!(entryKeys as readonly string[]).includes(one)) return `${name} row ${refs}`
            return refs === 1 && agree ? `${name} agrees` : `${name} pair ${refs}`
          })
          expect(met).toEqual(expected)
        },
      ),
      { numRuns: 500 },
    )
  })

  it.each([
    ['does not list in byte order', ['a'], [['b'], ['a', 'c']]],
    ['does not list in byte order', ['b'], [['b', 'a']]],
    ['does not list in byte order', ['a', 'b'], [['b'], [], ['a']]],
    ['twice', ['a'], [['a', 'a']]],
    ['twice', ['a'], [['a'], ['a']]],
    ['twice', [], [['a'], ['a']]],
    ['does not list in byte order', ['b', 'a'], [['a', 'b']]],
  ])('refuses what %s: rows %j, entries %j', (message, rows, pages) => {
    expect(() => walk(rows, pages, 'there')).toThrow(CheckError)
    expect(() => walk(rows, pages, 'there')).toThrow(message)
  })

  it('never comes to a finding from a listing out of order', () => {
    fc.assert(
      fc.property(
        fc.array(key, { maxLength: 12 }),
        fc.uniqueArray(key, { minLength: 2, maxLength: 12 }),
        (rowKeys, entryKeys) => {
          fc.pre(ascending(entryKeys).join() !== entryKeys.join())
          expect(() => walk(ascending(rowKeys), [entryKeys], 'there')).toThrow('does not list in byte order')
        },
      ),
      { numRuns: 500 },
    )
  })

  it.each([
    ['r', 3, 'there size'],
    ['y', 3, 'there size'],
    ['e', 3, ''],
    ['', 3, ''],
    ['r3', 3, 'there size'],
    ['y3', 3, 'there size'],
    ['r4', 3, 'there'],
    ['r3', Number.NaN, 'there'],
    ['r', 0, ''],
    ['r0', 0, ''],
    ['r03', 3, 'there size'],
    ['r3.0', 3, 'there'],
    ['r!', 3, 'there'],
    ['r3\tsha256:aa\t', 3, ''],
    ['r\t\t2024-05', 3, ''],
    [`r${2 ** 40}`, 2 ** 40, 'there size'],
    ['r1000000000000000', 1e15, 'there'],
  ])('passes by a pair whose row says %j of a file of %d bytes where it agrees: %s', (rest, size, expected) => {
    const packing = createPacking(true)
    packing.add({ key: 'a' as never, ...(Number.isNaN(size) ? {} : { size }) })
    const page = packing.finish()
    const passed = (['never', 'there', 'size'] as const).filter((agrees) => {
      const side = createSideBySide()
      const rows = side.rows(recordsOf([{ key: 'a' as never, rest }]))
      return side.passBy(rows, side.entries(page, undefined), agrees) === 'rows end'
    })
    expect(passed.join(' ')).toBe(expected)
  })
})
