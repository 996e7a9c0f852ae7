/** The parts behind a record: what is too large to be held in memory, each as long and with the digest that the record says. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { CheckError } from '../lib/errors.js'
import type { PartOfSnapshot } from './snapshot.js'

/** Where a part lies. */
export interface PartPlace extends PartOfSnapshot {
  readonly path: string
  readonly start: number
}

export async function measurePart(path: string): Promise<PartOfSnapshot> {
  return measure(createReadStream(path))
}

/** Whether what lies there is what was written. */
export async function isWhole({ path, start, bytes, sha256 }: PartPlace): Promise<boolean> {
  if (bytes === 0) return (await measure([])).sha256 === sha256
  const found = await measure(createReadStream(path, { start, end: start + bytes - 1 }))
  return found.bytes === bytes && found.sha256 === sha256
}

/** Ends with a CheckError where the file is another by now; who reads it must take nothing for true before its end. */
export async function* readPart({ path, start, bytes, sha256 }: PartPlace): AsyncGenerator<Uint8Array, void, void> {
  const hash = createHash('sha256')
  if (bytes > 0) {
    for await (const chunk of createReadStream(path, { start, end: start + bytes - 1 }) as AsyncIterable<Buffer>) {
      hash.update(chunk)
      yield chunk
    }
  }
  if (hash.digest('hex') !== sha256) throw new CheckError('the record was altered while the run went on')
}

async function measure(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<PartOfSnapshot> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of chunks) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { bytes, sha256: hash.digest('hex') }
}
