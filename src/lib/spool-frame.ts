/**
 * How records lie on disk: blocks of a few hundred, each `u32 bytes of the body, u32 records`; the body is where each record
 * begins in it, and where the last one ends, where the key of each ends (u32 each), and the records, filled up so that
 * numbers lie where numbers may. They are as this machine has them, for nobody else reads them. They stand apart, so any
 * byte may stand in a key, and a body that was read is records as it lies there.
 */
import { pageEnd, type Records } from './records.js'

export interface Header {
  /** Of the body. */
  readonly bytes: number
  readonly count: number
}

export const HEADER_BYTES = 8
/** Of each record, for its places. */
export const RECORD_BYTES = 8

const NUMBER_BYTES = 4

/** The block that starts at `from`, and the bytes of its body. */
export function cutBlock(records: Records, from: number): { readonly block: Records; readonly bytes: number } {
  const to = pageEnd(records, from)
  const bytes = placesBytes(to - from) + (records.starts[to] as number) - (records.starts[from] as number)
  return { block: { ...records, from, to }, bytes: Math.ceil(bytes / NUMBER_BYTES) * NUMBER_BYTES }
}

function placesBytes(count: number): number {
  return RECORD_BYTES * count + NUMBER_BYTES
}

/** Writes a block with its header at `offset`, where blocks before it end; returns the offset behind it. */
export function encodeBlock(target: Buffer, offset: number, block: Records, bytes: number): number {
  const { starts, middles, from, to } = block
  const count = to - from
  const numbers = new Uint32Array(target.buffer, target.byteOffset + offset, 3 + 2 * count)
  numbers[0] = bytes
  numbers[1] = count
  const shift = placesBytes(count) - (starts[from] as number)
  for (let index = 0; index <= count; index++) numbers[2 + index] = (starts[from + index] as number) + shift
  for (let index = 0; index < count; index++) numbers[3 + count + index] = (middles[from + index] as number) + shift
  block.bytes.copy(target, offset + numbers.byteLength, starts[from], starts[to])
  return offset + HEADER_BYTES + bytes
}

/** The one at `offset`, behind a body. */
export function decodeHeader({ buffer, byteOffset }: Buffer, offset: number): Header {
  const [bytes = 0, count = 0] = new Uint32Array(buffer, byteOffset + offset, 2)
  return { bytes, count }
}

/** The records in `body`, which may be longer than theirs. */
export function decodeBody(body: Buffer, { count }: Header): Records {
  const { buffer, byteOffset } = body
  const starts = new Uint32Array(buffer, byteOffset, count + 1)
  const middles = new Uint32Array(buffer, byteOffset + starts.byteLength, count)
  return { bytes: body, starts, middles, from: 0, to: count }
}
