import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Cursor, type Motion, moved, scrolled, windowOf } from '../../src/tui/window.js'

describe('windowOf', () => {
  it.each<[string, number, Cursor, number, [number, number]]>([
    ['shows all of a short list', 3, { cursor: 1, top: 0 }, 10, [0, 3]],
    ['stays where the cursor is in sight', 100, { cursor: 15, top: 10 }, 10, [10, 20]],
    ['keeps two lines in sight below the cursor', 100, { cursor: 19, top: 10 }, 10, [12, 22]],
    ['keeps two lines in sight above the cursor', 100, { cursor: 10, top: 10 }, 10, [8, 18]],
    ['ends at the end', 100, { cursor: 99, top: 0 }, 10, [90, 100]],
    ['begins at the beginning', 100, { cursor: 0, top: 50 }, 10, [0, 10]],
    ['has one line where there is room for one', 100, { cursor: 7, top: 0 }, 1, [7, 8]],
    ['shows nothing of nothing', 0, { cursor: 0, top: 0 }, 10, [0, 0]],
  ])('%s', (_, length, at, height, [from, to]) => {
    expect(windowOf(length, at, height)).toEqual({ top: from, from, to })
  })

  it('always shows the cursor and never more than fits', () => {
    const lists = fc
      .record({ length: fc.integer({ min: 1, max: 5000 }), height: fc.integer({ min: 1, max: 80 }), top: fc.integer() })
      .chain((list) => fc.record({ ...plain(list), cursor: fc.integer({ min: 0, max: list.length - 1 }) }))
    fc.assert(
      fc.property(lists, ({ length, height, top, cursor }) => {
        const { from, to } = windowOf(length, { cursor, top }, height)
        expect(from).toBeGreaterThanOrEqual(0)
        expect(to - from).toBe(Math.min(length, height))
        expect(cursor).toBeGreaterThanOrEqual(from)
        expect(cursor).toBeLessThan(to)
      }),
    )
  })
})

function plain<Fields extends Record<string, unknown>>(fields: Fields) {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, fc.constant(value)])) as {
    [Name in keyof Fields]: fc.Arbitrary<Fields[Name]>
  }
}

describe('moved', () => {
  it.each<[Motion, number, number]>([
    ['up', 50, 49],
    ['up', 0, 0],
    ['down', 50, 51],
    ['down', 99, 99],
    ['pageDown', 50, 59],
    ['pageUp', 50, 41],
    ['pageUp', 3, 0],
    ['halfDown', 50, 55],
    ['halfUp', 50, 45],
    ['first', 50, 0],
    ['last', 50, 99],
  ])('%s from %i is %i', (motion, from, to) => {
    expect(moved({ cursor: from, top: 45 }, motion, 100, 10).cursor).toBe(to)
  })

  it('has nowhere to go in an empty list', () => {
    expect(moved({ cursor: 0, top: 0 }, 'last', 0, 10)).toEqual({ cursor: 0, top: 0 })
  })
})

describe('scrolled', () => {
  it.each<[Motion, number, number]>([
    ['down', 0, 1],
    ['down', 90, 90],
    ['pageDown', 0, 9],
    ['last', 0, 90],
    ['first', 90, 0],
    ['up', 1000, 89],
  ])('%s from %i is %i', (motion, from, to) => {
    expect(scrolled(from, motion, 100, 10)).toBe(to)
  })
})
