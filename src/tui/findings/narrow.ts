/** Takes from findings those that a query does not ask for, by what stands in their lines. */
import type { Query } from './book.js'
import { findingOf, keyOf } from './finding-of.js'
import { emptyHead, readKey, startsWith } from './head.js'
import type { Pace } from './pace.js'
import type { Stock } from './reading.js'
import { type LineFilter, textFilter } from './text-filter.js'
import { windowsOf } from './windows.js'

/** Those of `numbers` that begin with the prefix and hold the text, in their order. `numbers` is no longer to be used. */
export async function narrow(
  stock: Stock,
  numbers: Uint32Array,
  { prefix = '', text = '' }: Query,
  pace: Pace,
): Promise<Uint32Array> {
  const filters = [prefixFilter(prefix), textFilter(text)].filter((filter) => filter !== undefined)
  if (filters.length === 0) return numbers
  const { places } = stock
  let kept = 0
  for await (const { bytes, offset, from, to } of windowsOf(stock, numbers)) {
    for (const filter of filters) filter.begin(bytes)
    for (let at = from; at < to; at++) {
      const number = numbers[at] as number
      const start = places.offsetOf(number) - offset
      const end = start + places.lengthOf(number)
      if (filters.every((filter) => filter.accepts(start, end))) numbers[kept++] = number
    }
    await pace.pause(to / numbers.length)
  }
  return numbers.slice(0, kept)
}

function prefixFilter(prefix: string): LineFilter | undefined {
  if (prefix === '') return undefined
  const wanted = Buffer.from(prefix, 'latin1')
  const head = emptyHead()
  let bytes: Buffer = Buffer.alloc(0)
  return {
    begin: (window) => {
      bytes = window
    },
    accepts: (from, to) => {
      if (readKey(bytes, from, to, head)) return startsWith(bytes, head.keyFrom, head.keyTo, wanted)
      const finding = findingOf(bytes.toString('utf8', from, to))
      return !('wrong' in finding) && keyOf(finding)?.startsWith(prefix) === true
    },
  }
}
