/** gzip and zstd: what is inside is looked at as it is unpacked, never kept. To see the end all of it must be unpacked. */
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createGunzip } from 'node:zlib'
import { BudgetSpent, Damage, Unseen } from './damage.js'
import { type Reader, streamReader } from './reader.js'

export type Compression = 'gz' | 'zst'

/** Frames with a larger window would need that much memory. */
const LARGEST_WINDOW = 2 ** 27
const STEP = 4 * 1024 * 1024

/** Calls `use` with what is inside. `budget`: compressed bytes to read at most; past it `use` fails with BudgetSpent. */
export async function unpacked(
  packed: Reader,
  compression: Compression,
  budget: number,
  use: (inside: Reader) => Promise<void>,
): Promise<void> {
  // Known to be cut short by us: then its end is no sign of anything.
  const partial = packed.size !== undefined && packed.size > budget
  const source = Readable.from(bytesOf(packed, budget, partial))
  const unpack =
    compression === 'gz'
      ? createGunzip(partial ? { finishFlush: constants.Z_SYNC_FLUSH } : {})
      : await createUnzstd({ partial })
  const flow = pipeline(source, unpack)
  flow.catch(() => undefined)
  try {
    await use(streamReader(unpack))
    if (partial && unpack.readableEnded) throw new BudgetSpent('')
  } catch (error) {
    if (partial && unpack.readableEnded) throw new BudgetSpent('')
    throw explained(error, compression)
  } finally {
    source.destroy()
    unpack.destroy()
    await flow.catch(() => undefined)
  }
}

async function* bytesOf(packed: Reader, budget: number, partial: boolean): AsyncGenerator<Buffer, void, void> {
  for (let left = budget; ; ) {
    const chunk = await packed.read(Math.min(STEP, left))
    if (chunk.length === 0 && left > 0) return
    left -= chunk.length
    if (chunk.length > 0) yield chunk
    if (left <= 0) {
      if (partial || (await packed.read(1)).length === 0) return
      throw new BudgetSpent('')
    }
  }
}

function explained(error: unknown, compression: Compression): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'Z_BUF_ERROR') return new Damage('it is truncated: its compressed content ends in the middle')
  if (code === 'Z_DATA_ERROR') return new Damage('its compressed content is damaged')
  if (compression === 'zst' && error instanceof Error && error.name === 'ZstdError') {
    return /EOF/i.test(error.message)
      ? new Damage('it is truncated: its compressed content ends in the middle')
      : new Damage('its compressed content is damaged')
  }
  return error
}

/** `partial`: that the content ends in the middle is known, and no error. */
export async function createUnzstd({ partial = false } = {}): Promise<Transform> {
  const { Decompress } = await import('fzstd')
  let first = true
  let push: (chunk: Uint8Array) => void = () => {}
  const frames = new Decompress((chunk) => push(chunk))
  const feed = (bytes: Uint8Array, final: boolean): Error | undefined => {
    try {
      frames.push(bytes, final)
      return undefined
    } catch (cause) {
      const text = cause instanceof Error ? cause.message : String(cause)
      return Object.assign(new Error(text), { name: 'ZstdError' })
    }
  }
  const stream = new Transform({
    transform(chunk: Buffer, _, done) {
      const window = first ? windowOf(chunk) : 0
      first = false
      if (window > LARGEST_WINDOW) return done(new Unseen(`unpacking it takes a window of ${window} bytes of memory`))
      done(feed(chunk, false))
    },
    flush(done) {
      done(partial ? undefined : feed(new Uint8Array(0), true))
    },
  })
  push = (chunk) => {
    if (chunk.length > 0) stream.push(Buffer.from(chunk))
  }
  return stream
}

/** RFC 8878, 3.1.1.1: how far back the first frame may refer. A single segment is as large as its content. */
export function windowOf(frame: Buffer): number {
  const descriptor = frame[4] ?? 0
  if ((descriptor & 0x20) === 0) {
    const window = frame[5] ?? 0
    const base = 2 ** (10 + (window >> 3))
    return base + (base / 8) * (window & 7)
  }
  const at = 5 + ([0, 1, 2, 4][descriptor & 3] ?? 0)
  switch (descriptor >> 6) {
    case 0:
      return frame[at] ?? 0
    case 1:
      return (frame.length < at + 2 ? 0 : frame.readUInt16LE(at)) + 256
    case 2:
      return frame.length < at + 4 ? 0 : frame.readUInt32LE(at)
    default:
      return frame.length < at + 8 ? 0 : Number(frame.readBigUInt64LE(at))
  }
}
