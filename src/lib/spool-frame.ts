/**
 * How records lie on disk: blocks of a few hundred, each `u32 bytes of the body, u32 records`, then for every record
 * `u32 key length, u32 rest length, key, rest`, little-endian. Length-prefixed, so any byte may stand in a key.
 */
import { type Key, keyFromLatin1 } from './key.js'

/** Both strings hold one byte in each character. */
export interface Rec {
  readonly key: Key
  readonly rest: string
}

export const HEADER_BYTES = 8
const RECORD_BYTES = 8
const BLOCK_RECORDS = 1000
const BLOCK_BYTES = 64 * 1024

/** Bytes a record takes on disk. */
export function recordBytes(record: Rec): number {
  return RECORD_BYTES + record.key.length + record.rest.length
}

/** Index behind the last record of the block that starts at `from`, and the bytes of its body. */
export function cutBlock(records: readonly Rec[], from: number): { readonly end: number; readonly bytes: number } {
  const most = Math.min(records.length, from + BLOCK_RECORDS)
  let end = from
  let bytes = 0
  while (end < most && bytes < BLOCK_BYTES) {
    bytes += recordBytes(records[end] as Rec)
    end++
  }
  return { end, bytes }
}

/** Writes the block of `records[from, end)` at `offset`; returns the offset behind it. */
export function encodeBlock(
  target: Buffer,
  offset: number,
  records: readonly Rec[],
  from: number,
  cut: { readonly end: number; readonly bytes: number },
): number {
  let at = target.writeUInt32LE(cut.bytes, offset)
  at = target.writeUInt32LE(cut.end - from, at)
  for (let index = from; index < cut.end; index++) {
    const { key, rest } = records[index] as Rec
    at = target.writeUInt32LE(key.length, at)
    at = target.writeUInt32LE(rest.length, at)
    at += target.write(key, at, 'latin1')
    at += target.write(rest, at, 'latin1')
  }
  return at
}

export function decodeHeader(header: Buffer): { readonly bytes: number; readonly count: number } {
  return { bytes: header.readUInt32LE(0), count: header.readUInt32LE(4) }
}

/** Strings are cut out one by one, so that a record kept for long does not hold its whole block in memory. */
export function decodeBody(body: Buffer, count: number): Rec[] {
  const records: Rec[] = new Array(count)
  let at = 0
  for (let index = 0; index < count; index++) {
    const keyAt = at + RECORD_BYTES
    const restAt = keyAt + body.readUInt32LE(at)
    const end = restAt + body.readUInt32LE(at + 4)
    records[index] = {
      key: keyFromLatin1(body.toString('latin1', keyAt, restAt)),
      rest: body.toString('latin1', restAt, end),
    }
    at = end
  }
  return records
}
