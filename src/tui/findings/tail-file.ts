/**
 * A file that lines are added to and read from at once. What is not on the disk yet is read from memory; where the disk
 * takes no more, that stays there and nothing is added, until it is asked to try again.
 */
import type { FileHandle } from 'node:fs/promises'
import { fileSource, type Source } from './source.js'

export interface TailFile extends Source {
  /** Where the line was put, or undefined where it was not, for the disk takes no more. */
  readonly add: (line: string) => { readonly offset: number; readonly length: number } | undefined
  /** What is to be awaited before more is added, where the disk is behind. */
  readonly behind: () => Promise<void> | undefined
  /** Why nothing is taken any more. */
  readonly trouble: () => string | undefined
  readonly tryAgain: () => void
  /** Waits for what is being written. The file is left open. */
  readonly settle: () => Promise<void>
}

interface Chunk {
  readonly start: number
  readonly bytes: Buffer
  used: number
}

const CHUNK_BYTES = 256 * 1024
/** Full chunks that wait for the disk; with more, whoever adds waits too. */
const MOST_WAITING = 2

export function tailFile(file: FileHandle): TailFile {
  const disk = fileSource(file)
  let current = chunkAt(0, CHUNK_BYTES)
  let waiting: Chunk[] = []
  let writing: Promise<void> | undefined
  let trouble: string | undefined

  const write = async (): Promise<void> => {
    try {
      for (let chunk = waiting[0]; chunk !== undefined; chunk = waiting[0]) {
        for (let at = 0; at < chunk.used; )
          at += (await file.write(chunk.bytes, at, chunk.used - at, chunk.start + at)).bytesWritten
        waiting = waiting.slice(1)
      }
    } catch (error) {
      trouble = (error as Error).message
    } finally {
      writing = undefined
    }
  }
  const hand = (): void => {
    if (current.used === 0) return
    waiting = [...waiting, current]
    current = chunkAt(current.start + current.used, CHUNK_BYTES)
    writing ??= write()
  }
  /** Copies what lies in memory; returns how much of the beginning has to come from the disk. */
  const fromMemory = (bytes: Buffer, offset: number): number => {
    const chunks = [...waiting, current]
    for (const chunk of chunks) {
      const from = Math.max(offset, chunk.start)
      const to = Math.min(offset + bytes.length, chunk.start + chunk.used)
      if (from < to) chunk.bytes.copy(bytes, from - offset, from - chunk.start, to - chunk.start)
    }
    return Math.max(0, Math.min(bytes.length, (chunks[0]?.start ?? 0) - offset))
  }
  return {
    add: (line) => {
      if (trouble !== undefined) return undefined
      // A UTF-16 unit takes at most three bytes of UTF-8.
      const most = 3 * line.length
      if (current.used + most > current.bytes.length) hand()
      if (most > current.bytes.length) current = chunkAt(current.start, most)
      const offset = current.start + current.used
      const length = current.bytes.write(line, current.used)
      current.used += length
      return { offset, length }
    },
    behind: () => (waiting.length > MOST_WAITING ? writing : undefined),
    trouble: () => trouble,
    tryAgain: () => {
      if (trouble === undefined) return
      trouble = undefined
      writing ??= write()
    },
    settle: async () => {
      await writing
    },
    readSync: (offset, length) => {
      const bytes = Buffer.allocUnsafe(length)
      const rest = fromMemory(bytes, offset)
      if (rest > 0) disk.readSync(offset, rest).copy(bytes)
      return bytes
    },
    read: async (bytes, offset) => {
      const rest = fromMemory(bytes, offset)
      if (rest > 0) await disk.read(bytes.subarray(0, rest), offset)
    },
  }
}

function chunkAt(start: number, size: number): Chunk {
  return { start, bytes: Buffer.allocUnsafeSlow(size), used: 0 }
}
