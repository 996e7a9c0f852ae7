/**
 * Bytes as the readers of formats take them: onward from a place, passing over what is not looked at. Over a store that
 * gives parts, passing over costs nothing; over a stream it is read and let go. Memory stays that of one window.
 */
import type { Readable } from 'node:stream'
import type { ByteRange } from '../../../stores/store.js'
import { Damage } from './damage.js'

export interface Reader {
  /** Up to `length` bytes; fewer only at the end. */
  readonly read: (length: number) => Promise<Buffer>
  readonly skip: (length: number) => Promise<void>
  /** The last bytes, at most `length`. Nothing can be read afterwards. */
  readonly tail: (length: number) => Promise<Buffer>
  /** Bytes read and passed over so far. */
  readonly position: () => number
  /** Of the whole, where it is known beforehand; then `tail` and `skip` cost nothing. */
  readonly size?: number | undefined
  /** A part anywhere, where parts can be had. */
  readonly at?: ((range: ByteRange) => Promise<Buffer>) | undefined
}

const WINDOW = 64 * 1024

/** Over content of a known size, any part of which can be asked for. */
export function rangeReader(size: number, at: (range: ByteRange) => Promise<Buffer>): Reader {
  let position = 0
  let window: { readonly start: number; readonly bytes: Buffer } = { start: 0, bytes: Buffer.alloc(0) }
  const part = async (start: number, length: number): Promise<Buffer> => {
    const end = Math.min(size, start + length)
    if (start >= end) return Buffer.alloc(0)
    if (end - start > WINDOW) return at({ start, end })
    if (start < window.start || end > window.start + window.bytes.length) {
      window = { start, bytes: await at({ start, end: Math.min(size, start + WINDOW) }) }
    }
    return window.bytes.subarray(start - window.start, end - window.start)
  }
  return {
    size,
    at: ({ start, end }) => part(start, end - start),
    position: () => position,
    read: async (length) => {
      const bytes = await part(position, length)
      position += bytes.length
      return bytes
    },
    skip: async (length) => {
      position += length
    },
    tail: (length) => part(Math.max(0, size - length), length),
  }
}

/** Over a stream, which is the caller's to destroy. */
export function streamReader(stream: Readable): Reader {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let held: Buffer = Buffer.alloc(0)
  let position = 0
  const next = async (): Promise<Buffer | undefined> => {
    const step = await chunks.next()
    return step.done === true ? undefined : step.value
  }
  return {
    position: () => position,
    read: async (length) => {
      const parts: Buffer[] = [held]
      let have = held.length
      while (have < length) {
        const chunk = await next()
        if (chunk === undefined) break
        parts.push(chunk)
        have += chunk.length
      }
      const all = parts.length === 1 ? held : Buffer.concat(parts)
      const bytes = all.subarray(0, length)
      held = all.subarray(length)
      position += bytes.length
      return bytes
    },
    skip: async (length) => {
      let left = length
      while (left > held.length) {
        left -= held.length
        position += held.length
        held = Buffer.alloc(0)
        const chunk = await next()
        if (chunk === undefined) return
        held = chunk
      }
      held = held.subarray(left)
      position += left
    },
    tail: async (length) => {
      let last = held.subarray(-length)
      for (let chunk = await next(); chunk !== undefined; chunk = await next()) {
        position += chunk.length
        last = chunk.length >= length ? chunk.subarray(-length) : Buffer.concat([last, chunk]).subarray(-length)
      }
      return last
    },
  }
}

/** `ahead`, which was read already, and then the rest of `reader`. */
export function withAhead(ahead: Buffer, reader: Reader): Reader {
  let left = ahead
  return {
    ...reader,
    position: () => reader.position() - left.length,
    read: async (length) => {
      const first = left.subarray(0, length)
      left = left.subarray(first.length)
      if (first.length === length) return first
      return Buffer.concat([first, await reader.read(length - first.length)])
    },
    skip: async (length) => {
      const over = Math.min(length, left.length)
      left = left.subarray(over)
      await reader.skip(length - over)
    },
    tail: async (length) => {
      const last = await reader.tail(length)
      if (reader.size !== undefined || last.length >= length) return last
      return Buffer.concat([left, last]).subarray(-length)
    },
  }
}

/** Exactly so many bytes; `inside` says where the content ends too early. */
export async function exactly(reader: Reader, length: number, inside: string): Promise<Buffer> {
  const bytes = await reader.read(length)
  if (bytes.length < length) throw new Damage(`it ends inside ${inside}: it is truncated`)
  return bytes
}
