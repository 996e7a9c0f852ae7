/** A run that was never written: records in memory, each chunk going on where the one before it ends. */
import { type Records, within } from './records.js'
import type { Chunk } from './spool-held.js'
import type { Mark, Run } from './spool-run.js'

export function memoryRun(chunks: readonly Chunk[]): Run {
  const [first, last] = [chunks[0], chunks.at(-1)]
  const count = chunks.reduce((sum, chunk) => sum + chunk.count, 0)
  return {
    count,
    bounds: first && last && { first: first.keyAt(0), last: last.keyAt(last.count - 1) },
    records: async function* (range) {
      let before: Records | undefined
      for (const chunk of chunks) {
        before = chunk.read(before)
        const records = within(before, range)
        if (records.from < records.to) yield records
      }
    },
    marks: (most) => {
      const stride = Math.max(1, Math.floor(count / most))
      return chunks.flatMap((chunk) => marksOf(chunk, stride))
    },
    keyNear: (index) => {
      let at = index
      for (const chunk of chunks) {
        if (at < chunk.count) return chunk.keyAt(at)
        at -= chunk.count
      }
      throw new RangeError(`${index} is not below ${count}`)
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
