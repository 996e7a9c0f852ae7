/** A run that was never written: records in memory, each chunk going on where the one before it ends. */
import { type Records, within } from './records.js'
import type { Chunk } from './spool-held.js'
import type { Mark, Run } from './spool-run.js'

/** From one to the next, so many records: a range of two pages of S3 that was a twentieth too long would take three. */
const STRIDE = 64

export function memoryRun(chunks: readonly Chunk[]): Run {
  const [first, last] = [chunks[0], chunks.at(-1)]
  let marks: readonly Mark[] | undefined
  return {
    bounds: first && last && { first: first.keyAt(0), last: last.keyAt(last.count - 1) },
    records: async function* (range) {
      let before: Records | undefined
      for (const chunk of chunks) {
        before = chunk.read(before)
        const records = within(before, range)
        if (records.from < records.to) yield records
      }
    },
    marks: () => {
      marks ??= chunks.flatMap(marksOf)
      return marks
    },
    remove: async () => undefined,
  }
}

function marksOf({ count, keyAt }: Chunk): readonly Mark[] {
  return Array.from({ length: Math.ceil(count / STRIDE) }, (_, mark) => {
    const at = mark * STRIDE
    return { key: keyAt(at), records: Math.min(STRIDE, count - at) }
  })
}
