import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sortedBytes } from '../../src/lib/sort-bytes.js'

function sort(keys: readonly Uint8Array[]) {
  const bytes = Buffer.concat(keys)
  const starts = new Uint32Array(keys.length)
  const ends = new Uint32Array(keys.length)
  let at = 0
  for (const [index, key] of keys.entries()) {
    starts[index] = at
    at += key.length
    ends[index] = at
  }
  const sorted = sortedBytes({ bytes, starts, ends, count: keys.length })
  return keys.map((_, n) => Buffer.from(sorted.bytes.subarray(sorted.starts[n], sorted.starts[n + 1])))
}

const naive = (keys: readonly Uint8Array[]) => keys.map((key) => Buffer.from(key)).sort(Buffer.compare)

// Few different bytes, zero among them, so that keys begin alike and end in what padding looks like.
const key = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.array(fc.constantFrom(0, 1, 0x61, 0xff), { maxLength: 24 }).map((list) => Uint8Array.from(list)),
  fc.constantFrom(0, 3, 5, 6, 11, 40).map((zeros) => Uint8Array.from([0x61, ...new Array(zeros).fill(0)])),
)

describe('sortedBytes', () => {
  it.each([5, 400])('is the byte order, for up to %d keys that begin alike', (maxLength) => {
    fc.assert(
      fc.property(fc.array(key, { maxLength }), fc.uint8Array({ maxLength: 12 }), (tails, head) => {
        const keys = tails.map((tail) => Buffer.concat([head, tail]))
        expect(sort(keys)).toEqual(naive(keys))
      }),
      { numRuns: 300 },
    )
  })

  it('sorts a hundred thousand keys of which most are equal but for zeros at their end', () => {
    const keys = Array.from({ length: 100_000 }, (_, index) =>
      Buffer.from('same'.padEnd(4 + ((index * 7919) % 7), '\0')),
    )
    expect(sort(keys)).toEqual(naive(keys))
  })
})
