/**
 * Header and table of contents as pg_dump's archives have them (custom, directory and tar), versions 1.12 (PostgreSQL
 * 9.0) to 1.16 (17 and later): ReadHead and ReadToc of src/bin/pg_dump/pg_backup_archiver.c. Definitions are passed over.
 */
import { Damage, Unseen } from './damage.js'
import type { Inspection } from './facts.js'
import { exactly, type Reader } from './reader.js'

export const PG_MAGIC = 'PGDMP'

/** `custom` keeps the place of each entry's data in the file; the other two name a file. */
export type PgLayout = 'custom' | 'files'

export interface PgEntry {
  readonly id: number
  /** `public.orders`, as it may be shown. */
  readonly name: string
  /** Large objects, all of them or a part. */
  readonly blobs: boolean
  /** Where its data begins; undefined where pg_dump could not go back to write it, null where it has none. */
  readonly offset: number | null | undefined
  /** File of a directory or tar with its data. */
  readonly file: string | undefined
}

export interface PgHead {
  readonly intSize: number
}

const LONGEST = 2 ** 30
const NEWEST_MINOR = 16

/** Hands every entry to `each`. The reader stands behind the table of contents then. */
export async function readPgArchive(
  reader: Reader,
  layout: PgLayout,
  inspection: Inspection,
  each: (entry: PgEntry) => void,
): Promise<PgHead> {
  const head = await readHead(reader, inspection)
  const fields = createFields(reader, head.intSize)
  const count = await fields.int()
  if (count < 0 || count > 100_000_000) throw corrupt()
  let dataEntries = 0
  for (let index = 0; index < count; index++) {
    const entry = await readEntry(fields, head, layout, inspection)
    if (entry.offset !== null || entry.file !== undefined) dataEntries++
    each(entry)
  }
  inspection.tell({ entries: count, dataEntries })
  return head
}

interface Head extends PgHead {
  readonly minor: number
  readonly offSize: number
}

async function readHead(reader: Reader, { tell }: Inspection): Promise<Head> {
  const fixed = await exactly(reader, 11, 'its header')
  if (fixed.toString('latin1', 0, 5) !== PG_MAGIC) throw new Damage('it is no archive of pg_dump')
  const [major = 0, minor = 0, , intSize = 0, offSize = 0] = fixed.subarray(5)
  if (major !== 1 || minor < 12) throw new Unseen(`its archive version ${major}.${minor} is too old to be read here`)
  if (minor > NEWEST_MINOR) throw new Unseen(`its archive version ${major}.${minor} is newer than what is known here`)
  if (intSize < 2 || intSize > 8 || offSize < 4 || offSize > 8) throw corrupt()
  const fields = createFields(reader, intSize)
  if (minor >= 15) await exactly(reader, 1, 'its header')
  else await fields.int()
  const [sec = 0, min = 0, hour = 0, day = 0, month = 0, year = 0] = [
    await fields.int(),
    await fields.int(),
    await fields.int(),
    await fields.int(),
    await fields.int(),
    await fields.int(),
  ]
  await fields.int()
  const madeLocal = Date.UTC(year + 1900, month, day, hour, min, sec)
  const database = await fields.text()
  const serverVersion = await fields.text()
  const dumpVersion = await fields.text()
  tell({
    ...(Number.isNaN(madeLocal) ? {} : { madeLocal }),
    ...(database && { database }),
    ...(serverVersion && { serverVersion }),
    ...(dumpVersion && { dumpVersion }),
  })
  return { minor, intSize, offSize }
}

async function readEntry(fields: Fields, head: Head, layout: PgLayout, { see }: Inspection): Promise<PgEntry> {
  const id = await fields.int()
  if (id <= 0) throw corrupt()
  const hasData = (await fields.int()) !== 0
  await fields.pass()
  await fields.pass()
  const tag = (await fields.text()) ?? ''
  const kind = (await fields.text()) ?? ''
  await fields.int()
  // Definition, DROP and COPY statement.
  for (let index = 0; index < 3; index++) await fields.pass()
  const schema = await fields.text()
  await fields.pass()
  if (head.minor >= 14) await fields.pass()
  if (head.minor >= 16) await fields.int()
  await fields.pass()
  await fields.pass()
  while ((await fields.text()) !== undefined);
  const name = schema ? `${schema}.${tag}` : tag
  see([tag, name, `${kind} ${tag}`, `${kind} ${name}`])
  const blobs = kind === 'BLOBS'
  if (layout === 'custom') return { id, name, blobs, file: undefined, offset: await fields.offset(head.offSize) }
  const file = await fields.text()
  return { id, name, blobs, offset: null, file: hasData && file ? file : undefined }
}

interface Fields {
  readonly int: () => Promise<number>
  /** Undefined for NULL. */
  readonly text: () => Promise<string | undefined>
  readonly pass: () => Promise<void>
  readonly offset: (size: number) => Promise<number | null | undefined>
}

const TOC = 'its table of contents'

function createFields(reader: Reader, intSize: number): Fields {
  const int = async (): Promise<number> => {
    const bytes = await exactly(reader, 1 + intSize, TOC)
    const size = Number(littleEndian(bytes.subarray(1)))
    return bytes[0] === 0 ? size : -size
  }
  const length = async (): Promise<number> => {
    const size = await int()
    if (size > LONGEST) throw corrupt()
    return size
  }
  return {
    int,
    text: async () => {
      const size = await length()
      return size < 0 ? undefined : (await exactly(reader, size, TOC)).toString('utf8')
    },
    pass: async () => {
      await reader.skip(Math.max(0, await length()))
    },
    offset: async (size) => {
      const bytes = await exactly(reader, 1 + size, TOC)
      if (bytes[0] === 3) return null
      if (bytes[0] === 1) return undefined
      if (bytes[0] !== 2) throw corrupt()
      return Number(littleEndian(bytes.subarray(1)))
    },
  }
}

export function littleEndian(bytes: Buffer): bigint {
  let value = 0n
  for (const byte of [...bytes].reverse()) value = (value << 8n) | BigInt(byte)
  return value
}

function corrupt(): Damage {
  return new Damage(`${TOC} is corrupt`)
}
