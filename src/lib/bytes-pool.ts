/**
 * Memory that sorted strings lie in, one list after the other: left to the collector, the memory of thousands of directories
 * would lie about, for what it sees of each is but two small objects.
 */
import type { SortedBytes } from './sort-bytes.js'

export interface BytesPool {
  readonly take: (bytes: number, starts: number) => SortedBytes
  /** Of strings that are read no more, and were taken from here. */
  readonly give: (strings: SortedBytes) => void
}

/** Lists kept for others: of directories that lie deeper in each other, the engine has the memory. */
const MOST = 32

export function createBytesPool(): BytesPool {
  const free: SortedBytes[] = []
  return {
    take: (bytes, starts) => {
      const room = free.pop()
      const large = room !== undefined && room.bytes.length >= bytes && room.starts.length >= starts
      const { buffer } = large ? room.bytes : new Uint8Array(bytes + (bytes >> 2))
      const { buffer: numbers } = large ? room.starts : new Uint32Array(starts + (starts >> 2))
      return { bytes: new Uint8Array(buffer, 0, bytes), starts: new Uint32Array(numbers, 0, starts) }
    },
    give: ({ bytes, starts }) => {
      if (free.length < MOST) free.push({ bytes: new Uint8Array(bytes.buffer), starts: new Uint32Array(starts.buffer) })
    },
  }
}
