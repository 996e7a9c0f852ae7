/**
 * How records lie on disk: blocks of a few hundred, each `u32 bytes of the body, u32 records`; the body is the lengths
 * of all keys, the lengths of all rests (u32 each), and the records. Numbers are as this machine has them, for nobody
 * else reads them. Lengths stand apart, so any byte may stand in a key, and a whole block becomes text at once.
 */
import { pageEnd, type Records } from './records.js'

export interface Header {
  /** Of the body. */
  readonly bytes: number
  readonly count: number
}

export const HEADER_BYTES = 8
/** Of each record, for its lengths. */
export const RECORD_BYTES = 8

/** The block that starts at `from`, and the bytes of its body. */
export function cutBlock(records: Records, from: number): { readonly block: Records; readonly bytes: number } {
  const to = pageEnd(records, from)
  const bytes = (records.starts[to] as number) - (records.starts[from] as number)
  return { block: { ...records, from, to }, bytes: RECORD_BYTES * (to - from) + bytes }
}

/** Writes a block with its header at `offset`; returns the offset behind it. */
export function encodeBlock(target: Buffer, offset: number, block: Records, bytes: number): number {
  const { starts, middles, from, to } = block
  const count = to - from
  const lengths = new Uint32Array(2 + 2 * count)
  lengths[0] = bytes
  lengths[1] = count
  for (let index = 0; index < count; index++) {
    const middle = middles[from + index] as number
    lengths[2 + index] = middle - (starts[from + index] as number)
    lengths[2 + count + index] = (starts[from + index + 1] as number) - middle
  }
  target.set(new Uint8Array(lengths.buffer), offset)
  const at = offset + lengths.byteLength
  return at + block.bytes.copy(target, at, starts[from], starts[to])
}

export function decodeHeader(header: Buffer): Header {
  const [bytes = 0, count = 0] = new Uint32Array(Uint8Array.prototype.slice.call(header, 0, HEADER_BYTES).buffer)
  return { bytes, count }
}

/** `body` may be longer than the block's; the records lie in it. */
export function decodeBody(body: Buffer, { count }: Header): Records {
  const lengths = new Uint32Array(Uint8Array.prototype.slice.call(body, 0, RECORD_BYTES * count).buffer)
  const starts = new Uint32Array(count + 1)
  const middles = new Uint32Array(count)
  let at = RECORD_BYTES * count
  for (let index = 0; index < count; index++) {
    starts[index] = at
    at += lengths[index] as number
    middles[index] = at
    at += lengths[count + index] as number
  }
  starts[count] = at
  return { bytes: body, starts, middles, from: 0, to: count }
}
