import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareBytes, copyBytes, sameBytes, viewOf } from '../../src/lib/byte-views.js'

/** Alike for some bytes, and then not, or one the beginning of the other. */
const some = fc
  .tuple(fc.nat({ max: 9 }), fc.array(fc.constantFrom(0, 1, 0x61, 0x80, 0xff), { maxLength: 9 }))
  .map(([alike, bytes]) => Buffer.from([...new Array<number>(alike).fill(0x61), ...bytes]))
/** At any place in memory, with something else around it. */
const placed = fc.tuple(some, fc.nat({ max: 5 })).map(([bytes, from]) => ({
  bytes,
  view: viewOf(Buffer.concat([Buffer.alloc(from, 0x61), bytes, Buffer.alloc(3, 0x61)])),
  from,
  to: from + bytes.length,
}))

describe('bytes through views', () => {
  it('are compared as Buffer.compare does', () => {
    fc.assert(
      fc.property(placed, placed, (a, b) => {
        const order = Math.sign(compareBytes(a.view, a.from, a.to, b.view, b.from, b.to))
        expect(order).toBe(Buffer.compare(a.bytes, b.bytes))
        expect(sameBytes(a.view, a.from, a.to, b.view, b.from, b.to)).toBe(order === 0)
      }),
      { numRuns: 2000 },
    )
  })

  it('are copied to any place, and nothing beside them', () => {
    fc.assert(
      fc.property(placed, fc.nat({ max: 5 }), ({ bytes, view, from, to }, at) => {
        const target = Buffer.alloc(at + bytes.length + 4, 0xee)
        expect(copyBytes(viewOf(target), at, view, from, to)).toBe(at + bytes.length)
        expect(target).toEqual(Buffer.concat([Buffer.alloc(at, 0xee), bytes, Buffer.alloc(4, 0xee)]))
      }),
    )
  })
})
