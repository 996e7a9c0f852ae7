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
const WIDTH = Uint32Array.BYTES_PER_ELEMENT

export function createBytesPool(): BytesPool {
  const free: { readonly bytes: ArrayBufferLike; readonly starts: ArrayBufferLike }[] = []
  return {
    take: (bytes, starts) => {
      let room = free.pop()
      if (room === undefined || room.bytes.byteLength < bytes || room.starts.byteLength < starts * WIDTH) {
        room = {
          bytes: new ArrayBuffer(bytes + (bytes >> 2)),
          starts: new ArrayBuffer((starts + (starts >> 2)) * WIDTH),
        }
      }
      return { bytes: new Uint8Array(room.bytes, 0, bytes), starts: new Uint32Array(room.starts, 0, starts) }
    },
    give: ({ bytes, starts }) => {
      if (free.length < MOST) free.push({ bytes: bytes.buffer, starts: starts.buffer })
    },
  }
}
