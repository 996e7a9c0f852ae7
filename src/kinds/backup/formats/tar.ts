/** tar: header after header, contents passed over; the end is two blocks of zeros. One of pg_dump begins with toc.dat. */
import { Damage } from './damage.js'
import type { Inspection } from './facts.js'
import { readPgArchive } from './pg-archive.js'
import { exactly, type Reader } from './reader.js'

const BLOCK = 512
/** Longest name taken from a pax or GNU header. */
const LONGEST = 1024 * 1024

interface Header {
  readonly name: string
  readonly size: number
  readonly type: string
}

export async function inspectTar(reader: Reader, inspection: Inspection): Promise<void> {
  inspection.tell({ format: 'tar' })
  const expected = new Set<string>()
  let entries = 0
  let longName: string | undefined
  let longSize: number | undefined
  let ofPostgres = false
  for (;;) {
    const block = await reader.read(BLOCK)
    if (block.length < BLOCK) throw new Damage(truncated(entries))
    if (block.every((byte) => byte === 0)) break
    const header = parseHeader(block, entries)
    const size = longSize ?? header.size
    const behind = Math.ceil(size / BLOCK) * BLOCK
    if (header.type === 'L' || header.type === 'x' || header.type === 'g') {
      const text = await extension(reader, size, behind)
      if (header.type === 'L') longName = text.replace(/\0+$/, '')
      else if (header.type === 'x') {
        longName = paxValue(text, 'path') ?? longName
        longSize = numberOf(paxValue(text, 'size'))
      }
      continue
    }
    const name = longName ?? header.name
    longName = undefined
    longSize = undefined
    entries++
    expected.delete(name)
    const start = reader.position()
    if (entries === 1 && name === 'toc.dat') {
      ofPostgres = true
      inspection.tell({ format: 'pg_tar' })
      await readPgArchive(reader, 'files', inspection, ({ file, blobs }) => {
        // Large objects are each a file of their own here; the name that stands for all of them is never used.
        if (file !== undefined && !blobs) expected.add(file)
      })
    }
    const plain = name.replace(/^\.\//, '').replace(/\/$/, '')
    if (plain !== '') inspection.see([plain, name])
    await reader.skip(start + behind - reader.position())
    if (reader.size !== undefined && reader.position() > reader.size) throw new Damage(truncated(entries))
  }
  if (expected.size > 0) throw new Damage(`${expected.size} files that its table of contents names are not in it`)
  if (entries === 0) throw new Damage('it is an archive of nothing')
  if (!ofPostgres) inspection.tell({ entries })
  // Read on to the end, so that what it is wrapped in is verified as well.
  if (reader.size === undefined && inspection.end) await reader.tail(1)
}

function truncated(entries: number): string {
  return `it is truncated: it ends after ${entries} entries, without the end of an archive`
}

async function extension(reader: Reader, size: number, behind: number): Promise<string> {
  if (size > LONGEST) throw new Damage('a header of it is corrupt')
  const text = (await exactly(reader, size, 'a header')).toString('utf8')
  await reader.skip(behind - size)
  return text
}

function parseHeader(block: Buffer, entries: number): Header {
  if (!isTarHeader(block)) throw new Damage(`what should be the header of entry ${entries + 1} is none`)
  const prefix = block.toString('latin1', 257, 262) === 'ustar' ? text(block, 345, 500) : ''
  const name = text(block, 0, 100)
  return {
    name: prefix === '' || block[263] === 0x20 ? name : `${prefix}/${name}`,
    size: sizeOf(block.subarray(124, 136)),
    type: String.fromCharCode(block[156] ?? 0),
  }
}

/** The sum over the header, in which the field of the sum itself counts as spaces. */
export function isTarHeader(block: Buffer): boolean {
  if (block.length < BLOCK) return false
  const declared = Number.parseInt(text(block, 148, 156).trim(), 8)
  let sum = 0
  for (let index = 0; index < BLOCK; index++) sum += index >= 148 && index < 156 ? 0x20 : (block[index] ?? 0)
  return sum === declared
}

/** Octal, or from 8 GiB on base 256. */
function sizeOf(field: Buffer): number {
  if (((field[0] ?? 0) & 0x80) !== 0) return field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0)
  const size = Number.parseInt(field.toString('latin1').replace(/\0.*$/, '').trim() || '0', 8)
  if (Number.isNaN(size)) throw new Damage('a header of it is corrupt')
  return size
}

function text(block: Buffer, start: number, end: number): string {
  const field = block.subarray(start, end)
  const zero = field.indexOf(0)
  return field.toString('utf8', 0, zero < 0 ? field.length : zero)
}

/** Records are `length key=value` and a newline. */
function paxValue(records: string, key: string): string | undefined {
  return new RegExp(`(?:^|\\n)\\d+ ${key}=([^\\n]*)\\n`).exec(records)?.[1]
}

function numberOf(digits: string | undefined): number | undefined {
  return digits !== undefined && /^\d+$/.test(digits) ? Number(digits) : undefined
}
