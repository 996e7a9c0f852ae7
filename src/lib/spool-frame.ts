/**
 * How records lie on disk: blocks of a few hundred, each `u32 bytes of the body, u32 records`; the body is the lengths
 * of all keys, the lengths of all rests (u32 each), all keys, all rests. Numbers are as this machine has them, for
 * nobody else reads them. Lengths stand apart, so any byte may stand in a key, and a whole block becomes text at once.
 */
import { type Key, keyFromLatin1 } from './key.js'
import type { Frozen } from './spool-arena.js'

/** Both strings hold one byte in each character. */
export interface Rec {
  readonly key: Key
  readonly rest: string
}

/** Records `order[from, end)`, and the bytes of their body. */
export interface Cut {
  readonly from: number
  readonly end: number
  readonly bytes: number
}

export const HEADER_BYTES = 8
/** Of each record, for its lengths. */
export const RECORD_BYTES = 8
const BLOCK_RECORDS = 1000
const BLOCK_BYTES = 64 * 1024
/** Below this many bytes a loop costs less than a call. */
const SHORT = 100

export type Order = Uint32Array | undefined

/** The block that starts at `from` of the records in their order. */
export function cutBlock({ starts, count }: Frozen, order: Order, from: number): Cut {
  const most = Math.min(count, from + BLOCK_RECORDS)
  let end = from
  let bytes = 0
  while (end < most && bytes < BLOCK_BYTES) {
    const record = order === undefined ? end : (order[end] as number)
    bytes += RECORD_BYTES + (starts[record + 1] as number) - (starts[record] as number)
    end++
  }
  return { from, end, bytes }
}

/** Writes a block with its header at `offset`; returns the offset behind it. */
export function encodeBlock(target: Buffer, offset: number, arena: Frozen, order: Order, cut: Cut): number {
  const { bytes, starts, middles } = arena
  const count = cut.end - cut.from
  const lengths = new Uint32Array(2 + 2 * count)
  lengths[0] = cut.bytes
  lengths[1] = count
  let at = offset + lengths.byteLength
  for (let index = 0; index < count; index++) {
    const record = order === undefined ? cut.from + index : (order[cut.from + index] as number)
    const start = starts[record] as number
    const middle = middles[record] as number
    lengths[2 + index] = middle - start
    lengths[2 + count + index] = (starts[record + 1] as number) - middle
    at = copy(target, at, bytes, start, middle)
  }
  for (let index = cut.from; index < cut.end; index++) {
    const record = order === undefined ? index : (order[index] as number)
    at = copy(target, at, bytes, middles[record] as number, starts[record + 1] as number)
  }
  target.set(new Uint8Array(lengths.buffer), offset)
  return at
}

function copy(target: Buffer, at: number, bytes: Buffer, start: number, end: number): number {
  if (end - start > SHORT) return at + bytes.copy(target, at, start, end)
  let to = at
  for (let from = start; from < end; from++) target[to++] = bytes[from] as number
  return to
}

export function decodeHeader(header: Buffer): { readonly bytes: number; readonly count: number } {
  const [bytes = 0, count = 0] = new Uint32Array(Uint8Array.prototype.slice.call(header, 0, HEADER_BYTES).buffer)
  return { bytes, count }
}

/**
 * `body` may be longer than the block's. Strings are cut from those of the whole block: whoever keeps one for long
 * keeps the block, unless it is `detached`.
 */
export function decodeBody(body: Buffer, { bytes, count }: { readonly bytes: number; readonly count: number }): Rec[] {
  const lengths = new Uint32Array(Uint8Array.prototype.slice.call(body, 0, RECORD_BYTES * count).buffer)
  let keyAt = 0
  let restAt = 0
  for (let index = 0; index < count; index++) restAt += lengths[index] as number
  const text = body.toString('latin1', RECORD_BYTES * count, bytes)
  const records: Rec[] = new Array(count)
  for (let index = 0; index < count; index++) {
    const keyEnd = keyAt + (lengths[index] as number)
    const restEnd = restAt + (lengths[count + index] as number)
    records[index] = { key: keyFromLatin1(text.slice(keyAt, keyEnd)), rest: text.slice(restAt, restEnd) }
    keyAt = keyEnd
    restAt = restEnd
  }
  return records
}
