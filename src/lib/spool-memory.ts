/** A run that was never written: records in memory, each chunk going on where the one before it ends. */
import { boundsOf, keyAt, type Records, within } from './records.js'
import type { Chunk } from './spool-held.js'
import type { Mark, Run } from './spool-run.js'

/** From one to the next, so many records: a range of two pages of S3 that was a twentieth too long would take three. */
const STRIDE = 64

export function memoryRun(chunks: readonly Chunk[]): Run {
  const [first, last] = [chunks[0], chunks.at(-1)].map((chunk) => chunk && boundsOf(chunk()))
  return {
    bounds: first && last && { first: first.first, last: last.last },
    records: async function* (range) {
      let before: Records | undefined
      for (const chunk of chunks) {
        before = chunk(before)
        const records = within(before, range)
        if (records.from < records.to) yield records
      }
    },
    marks: () => chunks.flatMap((chunk) => marksOf(chunk())),
    remove: async () => undefined,
  }
}

function marksOf(records: Records): readonly Mark[] {
  const { from, to } = records
  return Array.from({ length: Math.ceil((to - from) / STRIDE) }, (_, mark) => {
    const at = from + mark * STRIDE
    return { key: keyAt(records, at), records: Math.min(STRIDE, to - at) }
  })
}
