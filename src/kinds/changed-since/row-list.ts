/**
 * The rows of tables as a record lists them, in its part: table after table, each ascending by the hash of the key. Of a row:
 * eight bytes of the hash of its key, eight of the hash of it all, and where keys are kept, how many bytes of text, and these.
 */
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createDeflate, createInflate } from 'node:zlib'
import { CheckError } from '../../lib/errors.js'
import type { SortedSpool } from '../../lib/spool.js'

const HASH = 8
const PIECE = 64 * 1024

/** One byte in each character. */
export interface ListedRow {
  readonly key: string
  readonly hash: string
  /** The key as it is; empty where it was not kept, or there is none. */
  readonly text: string
}

export interface RowList {
  /** Returns which of the tables in the list it is. One at a time, whoever calls. */
  readonly add: (rows: SortedSpool, withKeys: boolean) => Promise<number>
  /** Ends the file; without it there is none to be kept. */
  readonly finish: () => Promise<void>
}

export function createRowList(path: string, signal: AbortSignal): RowList {
  const deflate = createDeflate()
  const written = pipeline(deflate, createWriteStream(path, { mode: 0o600 }), { signal })
  written.catch(() => undefined)
  let turn: Promise<void> = Promise.resolve()
  let tables = 0
  const write = async (bytes: Buffer): Promise<void> => {
    signal.throwIfAborted()
    if (deflate.write(bytes)) return
    await Promise.race([new Promise((resolve) => deflate.once('drain', resolve)), written])
  }
  const append = async (rows: SortedSpool, withKeys: boolean): Promise<void> => {
    let pieces: Buffer[] = []
    let size = 0
    for await (const page of rows.read()) {
      for (const { key, rest } of page) {
        const hashes = Buffer.from(key + rest.slice(0, HASH), 'latin1')
        const text = withKeys ? Buffer.from(rest.slice(HASH), 'latin1') : undefined
        pieces.push(...(text === undefined ? [hashes] : [hashes, numberBytes(text.length), text]))
        size += hashes.length + (text?.length ?? 0)
      }
      if (size < PIECE) continue
      await write(Buffer.concat(pieces))
      pieces = []
      size = 0
    }
    await write(Buffer.concat(pieces))
  }
  return {
    add: (rows, withKeys) => {
      const mine = turn.then(() => append(rows, withKeys)).then(() => tables++)
      turn = mine.then(
        () => undefined,
        () => undefined,
      )
      return mine
    },
    finish: async () => {
      await turn
      deflate.end()
      await written
    },
  }
}

function numberBytes(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

export interface ListedTable {
  readonly rows: number
  readonly withKeys: boolean
}

/** Table after table, in the order they lie in; each has to be read to its end before the next is asked for. */
export async function* readRowList(
  part: AsyncIterable<Uint8Array>,
  tables: readonly ListedTable[],
  signal: AbortSignal,
): AsyncGenerator<AsyncGenerator<ListedRow, void, void>, void, void> {
  const inflate = createInflate()
  const piped = pipeline(part, inflate, { signal })
  piped.catch(() => undefined)
  const bytes = bytesOf(inflate as AsyncIterable<Buffer>)
  try {
    for (const table of tables) yield rowsOf(bytes, table)
    if ((await bytes.take(1)).length > 0) throw unreadable()
    // Only behind its end it is known that the part is what was written.
    await piped
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof CheckError) throw error
    throw unreadable(error)
  } finally {
    inflate.destroy()
    await piped.catch(() => undefined)
  }
}

async function* rowsOf(bytes: Bytes, { rows, withKeys }: ListedTable): AsyncGenerator<ListedRow, void, void> {
  for (let row = 0; row < rows; row++) {
    const hashes = await bytes.take(2 * HASH)
    const length = withKeys ? (await bytes.take(4)).readUInt32BE() : 0
    const text = length === 0 ? '' : (await bytes.take(length)).toString('latin1')
    if (hashes.length < 2 * HASH) throw unreadable()
    yield { key: hashes.toString('latin1', 0, HASH), hash: hashes.toString('latin1', HASH), text }
  }
}

interface Bytes {
  /** Fewer at the end. What is given may be waited for or not. */
  readonly take: (length: number) => Promise<Buffer> | Buffer
}

function bytesOf(chunks: AsyncIterable<Buffer>): Bytes {
  const source = chunks[Symbol.asyncIterator]()
  let held: Buffer = Buffer.alloc(0)
  let at = 0
  const more = async (length: number): Promise<Buffer> => {
    while (held.length - at < length) {
      const next = await source.next()
      if (next.done === true) break
      held = Buffer.concat([held.subarray(at), next.value])
      at = 0
    }
    return cut(length)
  }
  const cut = (length: number): Buffer => {
    const found = held.subarray(at, at + length)
    at += found.length
    return found
  }
  return { take: (length) => (held.length - at >= length ? cut(length) : more(length)) }
}

function unreadable(cause?: unknown): CheckError {
  return new CheckError('the rows that the record lists cannot be read', { cause })
}
