/** One file of records in the order they were appended, with a sparse index into it where they ascend. */
import { type FileHandle, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { CheckError } from './errors.js'
import type { Key } from './key.js'
import { type Bounds, keyAt, type Range, type Records, takenFrom, within } from './records.js'
import { scattered } from './scattered.js'
import { cutBlock, decodeBody, decodeHeader, encodeBlock, HEADER_BYTES } from './spool-frame.js'

export interface Run {
  /** Of records. */
  readonly count: number
  /** Of records that ascend; undefined where there are none. */
  readonly bounds: Bounds | undefined
  /** Each page stands until the next is asked for. */
  readonly records: (range: Range) => AsyncGenerator<Records, void, void>
  /** Some of its keys, ascending, all over it; no more than about `most` where that is not few. */
  readonly marks: (most: number) => readonly Mark[]
  /** That of record number `index`, or of one not far from it. */
  readonly keyNear: (index: number) => Key
  readonly remove: () => Promise<void>
}

export interface RunWriter {
  /** Key of the last record appended. */
  readonly last: () => Key | undefined
  readonly append: (records: Records) => Promise<void>
  /** Closes the file and gives what was written. */
  readonly finish: () => Promise<Run>
  /** Closes and removes the file. */
  readonly discard: () => Promise<void>
}

export interface Mark {
  readonly key: Key
  /** Records from there up to the next one. */
  readonly records: number
}

interface BlockMark {
  readonly first: Key
  /** That of any of its records. */
  readonly some: Key
  readonly offset: number
  /** Records of the run before it. */
  readonly before: number
  records: number
}

/** Blocks remembered of one file; beyond that every second one is dropped and the rest stand further apart. */
const MARKS = 1024
const CHUNK_BYTES = 1024 * 1024

/** A little more than that, for what comes next may be a little larger. */
function withRoom(bytes: number): number {
  return HEADER_BYTES + bytes + (bytes >> 3)
}

/** Creates `file`, readable by its owner alone: records hold keys of the user's data. */
export async function createRun(file: string): Promise<RunWriter> {
  const handle = await open(file, 'wx', 0o600).catch((cause: unknown) => {
    throw spoolError(file, cause)
  })
  let marks: BlockMark[] = []
  let stride = 1
  let blocks = 0
  let offset = 0
  let count = 0
  /** What is written, one chunk after the other: left to the collector, dozens of them would lie about. */
  let chunk = Buffer.alloc(0)
  let last: Key | undefined

  const mark = (block: Records, at: number) => {
    const records = block.to - block.from
    if (blocks++ % stride === 0) {
      const some = keyAt(block, block.from + Math.floor(scattered(blocks) * records))
      marks.push({ first: keyAt(block, block.from), some, offset: at, before: count, records: 0 })
    }
    count += records
    const last = marks.at(-1)
    if (last !== undefined) last.records += records
    if (marks.length < MARKS) return
    for (let index = 1; index < marks.length; index += 2)
      (marks[index - 1] as BlockMark).records += (marks[index] as BlockMark).records
    marks = marks.filter((_, index) => index % 2 === 0)
    stride *= 2
  }
  return {
    last: () => last,
    append: async (records) => {
      if (records.from === records.to) return
      for (let from = records.from; from < records.to; ) {
        const cuts: ReturnType<typeof cutBlock>[] = []
        let bytes = 0
        while (from < records.to && bytes < CHUNK_BYTES) {
          const cut = cutBlock(records, from)
          mark(cut.block, offset + bytes)
          cuts.push(cut)
          bytes += HEADER_BYTES + cut.bytes
          from = cut.block.to
        }
        if (chunk.length < bytes) chunk = Buffer.allocUnsafeSlow(withRoom(bytes))
        let at = 0
        for (const cut of cuts) at = encodeBlock(chunk, at, cut.block, cut.bytes)
        await handle.writeFile(chunk.subarray(0, bytes)).catch((cause: unknown) => {
          throw spoolError(file, cause)
        })
        offset += bytes
      }
      last = keyAt(records, records.to - 1)
    },
    finish: async () => {
      await handle.close()
      const [head] = marks
      return {
        count,
        bounds: head === undefined || last === undefined ? undefined : { first: head.first, last },
        records: (range) => readRun(file, offset, marks, range),
        marks: () => marks.map(({ first, records }) => ({ key: first, records })),
        keyNear: (index) => (marks.findLast(({ before }) => before <= index) as BlockMark).some,
        remove: () => rm(file, { force: true }),
      }
    },
    discard: async () => {
      await handle.close()
      await rm(file, { force: true })
    },
  }
}

async function* readRun(
  file: string,
  end: number,
  marks: readonly BlockMark[],
  range: Range,
): AsyncGenerator<Records, void, void> {
  const handle = await open(file, 'r').catch((cause: unknown) => {
    throw spoolError(file, cause)
  })
  try {
    let offset = startOffset(marks, range.after)
    let room = Buffer.allocUnsafeSlow(HEADER_BYTES)
    if (offset < end) await readInto(room, HEADER_BYTES, { handle, file, offset })
    for (let header = decodeHeader(room, 0); offset < end; ) {
      const { bytes } = header
      const next = offset + HEADER_BYTES + bytes
      const more = next < end ? HEADER_BYTES : 0
      // The block before is read no more.
      room = room.length < bytes + more ? Buffer.allocUnsafeSlow(withRoom(bytes)) : Buffer.from(takenFrom(room.buffer))
      await readInto(room, bytes + more, { handle, file, offset: offset + HEADER_BYTES })
      const all = decodeBody(room, header)
      if (more > 0) header = decodeHeader(room, bytes)
      offset = next
      const records = within(all, range)
      if (records.from < records.to) yield records
      if (records.to < all.to) return
    }
  } finally {
    await handle.close()
  }
}

function startOffset(marks: readonly BlockMark[], after: Key | undefined): number {
  if (after === undefined) return 0
  let low = 0
  let high = marks.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((marks[middle] as BlockMark).first <= after) low = middle + 1
    else high = middle
  }
  return marks[low - 1]?.offset ?? 0
}

interface Place {
  readonly handle: FileHandle
  readonly file: string
  readonly offset: number
}

/** Fills the first `length` bytes. */
async function readInto(room: Buffer, length: number, { handle, file, offset }: Place): Promise<void> {
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(room, filled, length - filled, offset + filled).catch((cause: unknown) => {
      throw spoolError(file, cause)
    })
    if (bytesRead === 0) throw new CheckError(`spool file ${file} is shorter than what was written to it`)
    filled += bytesRead
  }
}

/** Says which directory it is about and what to do. */
export function spoolError(file: string, cause: unknown): CheckError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
  const full = code === 'ENOSPC' || code === 'EDQUOT'
  return new CheckError(
    `${full ? 'no space left' : `cannot spool (${code})`} in ${dirname(file)}, where data is sorted on disk`,
    {
      hint: full
        ? 'make room there, or set TMPDIR to a directory on a larger disk'
        : 'it must exist and be writable; or set TMPDIR to a directory that is',
      cause,
    },
  )
}
