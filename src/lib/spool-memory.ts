/** A run that was never written: records in memory, each chunk going on where the one before it ends. */
import type { Key } from './key.js'
import { boundsOf, keyAt, type Records, within } from './records.js'
import type { Chunk } from './spool-buckets.js'
import type { Run } from './spool-run.js'

/** Some keys of each chunk. */
const MARKS = 64

export function memoryRun(chunks: readonly Chunk[]): Run {
  const [first, last] = [chunks[0], chunks.at(-1)].map((chunk) => chunk && boundsOf(chunk()))
  return {
    bounds: first && last && { first: first.first, last: last.last },
    records: async function* (range) {
      for (const chunk of chunks) {
        const records = within(chunk(), range)
        if (records.from < records.to) yield records
      }
    },
    marks: () => chunks.flatMap((chunk) => marksOf(chunk())),
    remove: async () => undefined,
  }
}

function marksOf(records: Records): readonly Key[] {
  const count = records.to - records.from
  const stride = Math.ceil(count / MARKS)
  const marks = count === 0 ? 0 : Math.ceil(count / stride)
  return Array.from({ length: marks }, (_, mark) => keyAt(records, records.from + mark * stride))
}
