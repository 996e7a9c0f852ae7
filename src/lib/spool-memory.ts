/** A run that was never written: records in memory, each chunk going on where the one before it ends. */
import { type Records, within } from './records.js'
import type { Chunk } from './spool-held.js'
import type { Mark, Run } from './spool-run.js'

/** Marks there are at least, where there are as many records: by fewer keys a sample of them tells little. */
const MARKS = 1024
/** From one to the next, at most so many records: a range of one page of S3 that was a fortieth too long would take two. */
const STRIDE = 16

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
      const count = chunks.reduce((sum, chunk) => sum + chunk.count, 0)
      const stride = Math.max(1, Math.min(STRIDE, Math.floor(count / MARKS)))
      marks ??= chunks.flatMap((chunk) => marksOf(chunk, stride))
      return marks
    },
    remove: async () => undefined,
  }
}

function marksOf({ count, keyAt }: Chunk, stride: number): readonly Mark[] {
  return Array.from({ length: Math.ceil(count / stride) }, (_, mark) => {
    const at = mark * stride
    return { key: keyAt(at), records: Math.min(stride, count - at) }
  })
}
