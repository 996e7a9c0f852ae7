/** A run that was never written: all records fitted into memory. */
import type { Key } from './key.js'
import { type Frozen, keyAt } from './spool-arena.js'
import { cutBlock, decodeBody, decodeHeader, encodeBlock, HEADER_BYTES, type Order } from './spool-frame.js'
import { type Run, within } from './spool-run.js'

const MARKS = 1024

/** Read through the same blocks as from disk: strings of a block at once cost a fraction of as many single ones. */
export function memoryRun(records: Frozen, order: Order): Run {
  const key = (at: number): Key => keyAt(records, order?.[at] ?? at)
  return {
    bounds: records.count === 0 ? undefined : { first: key(0), last: key(records.count - 1) },
    pages: async function* (range) {
      for (let from = 0; from < records.count; ) {
        const cut = cutBlock(records, order, from)
        const block = Buffer.allocUnsafe(HEADER_BYTES + cut.bytes)
        encodeBlock(block, 0, records, order, cut)
        const page = within(decodeBody(block.subarray(HEADER_BYTES), decodeHeader(block)), range)
        if (page.length > 0) yield page
        from = cut.end
      }
    },
    marks: () => {
      const stride = Math.ceil(records.count / MARKS)
      const count = records.count === 0 ? 0 : Math.ceil(records.count / stride)
      return Array.from({ length: count }, (_, mark) => key(mark * stride))
    },
    remove: async () => undefined,
  }
}
