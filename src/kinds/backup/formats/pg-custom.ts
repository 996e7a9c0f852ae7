/**
 * pg_dump --format=custom: a table of contents and then the data. A truncated one still has a whole table of contents,
 * so the places it names are looked at, and the mark every last block ends with.
 */
import { Damage } from './damage.js'
import type { Inspection } from './facts.js'
import { littleEndian, type PgEntry, type PgHead, readPgArchive } from './pg-archive.js'
import type { Reader } from './reader.js'

const BLOCK_TYPES = [1, 3]
const TAIL = 4096

export async function inspectCustom(reader: Reader, inspection: Inspection): Promise<void> {
  inspection.tell({ format: 'pg_custom' })
  let last: PgEntry | undefined
  let beyond = 0
  let firstBeyond: string | undefined
  let data = 0
  const head = await readPgArchive(reader, 'custom', inspection, (entry) => {
    if (entry.offset === null) return
    data++
    if (entry.offset === undefined) return
    if (reader.size !== undefined && entry.offset >= reader.size) {
      beyond++
      firstBeyond ??= entry.name
    } else if (last === undefined || entry.offset > (last.offset ?? 0)) last = entry
  })
  if (beyond > 0) {
    throw new Damage(
      `it is truncated: the data of ${beyond} of ${data} entries would lie behind its end, first ${firstBeyond}`,
    )
  }
  if (last !== undefined) await lookAtBlock(reader, head, last)
  if (data > 0 && inspection.end) await lookAtEnd(reader, (1 + head.intSize) * (last?.blobs === true ? 2 : 1))
}

/** The block says itself what it is, so that an offset into something else is seen. */
async function lookAtBlock(reader: Reader, { intSize }: PgHead, { id, offset, name }: PgEntry): Promise<void> {
  if (reader.at === undefined || typeof offset !== 'number') return
  const bytes = await reader.at({ start: offset, end: offset + 2 + intSize })
  if (bytes.length < 2 + intSize) throw new Damage(`it is truncated: it ends where the data of ${name} begins`)
  if (!BLOCK_TYPES.includes(bytes[0] ?? 0) || littleEndian(bytes.subarray(2)) !== BigInt(id)) {
    throw new Damage(`where the data of ${name} should begin lies something else`)
  }
}

/** Every block ends with the length 0, so the file does; large objects end with the object 0 besides. */
async function lookAtEnd(reader: Reader, zeros: number): Promise<void> {
  const tail = await reader.tail(TAIL)
  if (tail.subarray(-zeros).some((byte) => byte !== 0)) {
    throw new Damage('it is truncated: its last block of data has no end')
  }
  if (tail.length === TAIL && tail.every((byte) => byte === 0)) {
    throw new Damage(`its last ${TAIL} bytes are zeros, as a crash while it was written leaves them`)
  }
}
