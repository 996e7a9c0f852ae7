/**
 * A file of records that outlives the process that writes it. It is written in blocks, each with its length and a
 * checksum: what was torn when the process or the machine went down is told from what is whole, so nothing has to wait
 * for the disk. Holds keys, so it is its owner's alone.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { type Key, keyFromLatin1 } from './key.js'
import type { Rec } from './records.js'

export interface AppendLog {
  /** Both strings one byte in each character. Gives a promise only where a block is written. */
  readonly add: (key: Key, rest: string) => Promise<void> | undefined
  /** Writes what is still held as a block of its own. */
  readonly flush: () => Promise<void>
  readonly close: () => Promise<void>
}

export interface Block {
  readonly records: readonly Rec[]
  /** Where it ends in the file. */
  readonly end: number
}

const HEADER = 8
const BLOCK_BYTES = 256 * 1024
/** More than any block: a length beyond it is none. */
const LONGEST = 64 * 1024 * 1024

/** Goes on behind `length` bytes, as `readLog` told them; what stands there is cut off. */
export async function openLog(path: string, length: number): Promise<AppendLog> {
  const file = await open(path, 'a', 0o600)
  let parts: Buffer[] = []
  let bytes = 0
  let tail: Promise<void> = Promise.resolve()
  await file.truncate(length).catch(async (error: unknown) => {
    await file.close()
    throw error
  })

  const write = async (body: Buffer) => {
    const header = Buffer.alloc(HEADER)
    header.writeUInt32LE(body.length, 0)
    header.writeUInt32LE(crc32(body), 4)
    await file.writeFile(Buffer.concat([header, body]))
  }
  const flush = (): Promise<void> => {
    if (parts.length === 0) return tail
    const body = Buffer.concat(parts)
    parts = []
    bytes = 0
    // A block is whole before the next begins.
    tail = tail.then(() => write(body))
    return tail
  }
  return {
    add: (key, rest) => {
      const record = Buffer.allocUnsafe(8 + key.length + rest.length)
      record.writeUInt32LE(key.length, 0)
      record.writeUInt32LE(rest.length, 4)
      record.write(key, 8, 'latin1')
      record.write(rest, 8 + key.length, 'latin1')
      parts.push(record)
      bytes += record.length
      return bytes >= BLOCK_BYTES ? flush() : undefined
    },
    flush,
    close: () => file.close(),
  }
}

/** All whole blocks from the beginning on; none where there is no file. */
export async function* readLog(path: string): AsyncGenerator<Block, void, void> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error
  })
  if (file === undefined) return
  try {
    for (let at = 0; ; ) {
      const header = await read(file, at, HEADER)
      const length = header?.readUInt32LE(0) ?? 0
      if (header === undefined || length === 0 || length > LONGEST) return
      const body = await read(file, at + HEADER, length)
      if (body === undefined || crc32(body) !== header.readUInt32LE(4)) return
      at += HEADER + length
      yield { records: recordsOf(body), end: at }
    }
  } finally {
    await file.close()
  }
}

async function read(file: FileHandle, at: number, length: number): Promise<Buffer | undefined> {
  const buffer = Buffer.allocUnsafe(length)
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, at + filled)
    if (bytesRead === 0) return undefined
    filled += bytesRead
  }
  return buffer
}

function recordsOf(body: Buffer): readonly Rec[] {
  const records: Rec[] = []
  for (let at = 0; at < body.length; ) {
    const keyEnd = at + 8 + body.readUInt32LE(at)
    const end = keyEnd + body.readUInt32LE(at + 4)
    records.push({
      key: keyFromLatin1(body.toString('latin1', at + 8, keyEnd)),
      rest: body.toString('latin1', keyEnd, end),
    })
    at = end
  }
  return records
}
