/**
 * Records in memory that are to be sorted: added to a log in the kernel's memory, put in order when they are read, and handed
 * out in chunks that lie beside each other.
 */

import { aligned, createKernel, FIRST, type Kernel, reserve } from './kernel/kernel.js'
import { keyFromLatin1 } from './key.js'
import { type Room, takenRoom } from './records.js'
import type { Chunk, Held } from './spool-held.js'

/** Lines of COPY: `n` is `bytes[spans[2n], spans[2n + 1])`. */
export interface Lines {
  readonly bytes: Uint8Array
  readonly spans: Uint32Array
  readonly count: number
}

/** Which lines are taken as they stand: a key that no store refuses and, where `sized`, behind a tab a size in plain digits. */
export interface PlainLines {
  readonly sized: boolean
  /** The byte that the rest of their records begins with; the size follows. */
  readonly head: number
}

export interface Log extends Held {
  /** Adds lines from `from` on; returns the first that is not to be taken as it stands, or how many lines there are. */
  readonly addLines: (lines: Lines, from: number, plain: PlainLines) => number
}

const HEADER_BYTES = 8
/** A line becomes a record that is longer by no more than this. */
const LINE_GROWTH = HEADER_BYTES + 1
/** Bytes of a chunk: what reads it keeps it in a core's cache. */
const CHUNK_BYTES = 512 * 1024

/** Where lines lie in the kernel's memory, behind the log. */
interface Placed {
  readonly lines: Lines
  readonly at: number
  readonly spansAt: number
}

export function createLog(): Log {
  let kernel: Kernel | undefined
  let bytes = Buffer.alloc(0)
  let end = FIRST
  let count = 0
  let placed: Placed | undefined
  const opened = (until: number): Kernel => {
    kernel ??= createKernel()
    reserve(kernel, until)
    if (bytes.buffer !== kernel.memory.buffer) bytes = Buffer.from(kernel.memory.buffer)
    return kernel
  }
  /** They lie so far behind the log that it cannot reach them while they are added. */
  const place = (lines: Lines, from: number): Placed => {
    const at = aligned(end + lines.bytes.length + LINE_GROWTH * (lines.count - from) + HEADER_BYTES)
    const spansAt = aligned(at + lines.bytes.length)
    opened(spansAt + 8 * lines.count)
    bytes.set(lines.bytes, at)
    new Uint32Array(bytes.buffer).set(lines.spans.subarray(0, 2 * lines.count), spansAt / 4)
    return { lines, at, spansAt }
  }
  const clear = (): void => {
    kernel?.clearLog()
    placed = undefined
    end = FIRST
    count = 0
  }
  return {
    add: (key, rest) => {
      const until = end + HEADER_BYTES + key.length + rest.length
      const { addRecord } = opened(until)
      bytes.write(key, end + HEADER_BYTES, 'latin1')
      if (rest !== '') bytes.write(rest, end + HEADER_BYTES + key.length, 'latin1')
      addRecord(key.length, rest.length)
      end = until
      count++
    },
    addLines: (lines, from, { sized, head }) => {
      const left = lines.bytes.length - (lines.spans[2 * from] ?? 0) + LINE_GROWTH * (lines.count - from) + HEADER_BYTES
      if (placed?.lines !== lines || end + left > placed.at) placed = place(lines, from)
      const { addLines, logEnd } = opened(end)
      const next = addLines(placed.at, placed.spansAt, from, lines.count, sized, head)
      end = logEnd()
      count += next - from
      return next
    },
    count: () => count,
    size: () => end - FIRST,
    chunks: () => {
      if (count === 0) return []
      placed = undefined
      const log = opened(end)
      opened(end + log.tableBytes())
      log.sortLog()
      const chunks: Chunk[] = []
      for (let from = 0; from < count; ) {
        const to = log.chunkEnd(from, CHUNK_BYTES)
        chunks.push(chunkOf(log, from, to, log.chunkBytes()))
        from = to
      }
      return chunks
    },
    clear,
    close: () => {
      clear()
      kernel = undefined
      bytes = Buffer.alloc(0)
    },
  }
}

/** `size`: bytes of its records. */
function chunkOf(log: Kernel, from: number, to: number, size: number): Chunk {
  const count = to - from
  return {
    count,
    keyAt: (n) => {
      const record = log.recordAt(from + n)
      const memory = Buffer.from(log.memory.buffer)
      const key = record + HEADER_BYTES
      return keyFromLatin1(memory.toString('latin1', key, key + memory.readUInt32LE(record)))
    },
    read: (before) => {
      const bytesAt = log.logScratch()
      const startsAt = aligned(bytesAt + size + HEADER_BYTES)
      const middlesAt = aligned(startsAt + 4 * (count + 1))
      reserve(log, middlesAt + 4 * count)
      log.gather(from, to, bytesAt, startsAt, middlesAt)
      const { bytes, starts, middles } =
        before !== undefined && hasRoom(before, size, count) ? takenRoom(before) : room(size, count)
      const numbers = new Uint32Array(log.memory.buffer)
      bytes.set(new Uint8Array(log.memory.buffer, bytesAt, size))
      starts.set(numbers.subarray(startsAt / 4, startsAt / 4 + count + 1))
      middles.set(numbers.subarray(middlesAt / 4, middlesAt / 4 + count))
      return { bytes, starts, middles, from: 0, to: count }
    },
  }
}

function hasRoom({ bytes, middles }: Room, size: number, count: number): boolean {
  return bytes.length >= size && middles.length >= count
}

/** A little more than that, for the next chunk may be a little larger. */
function room(size: number, count: number): Room {
  const records = count + (count >> 2)
  return {
    bytes: Buffer.allocUnsafeSlow(size + (size >> 3)),
    starts: new Uint32Array(records + 1),
    middles: new Uint32Array(records),
  }
}
