/** Tells by its content what a backup is, and reads it as that. */
import { type Compression, unpacked } from './compressed.js'
import { BudgetSpent, Damage, Unseen } from './damage.js'
import type { Facts, Inspection } from './facts.js'
import { notABackup } from './not-a-backup.js'
import { PG_MAGIC } from './pg-archive.js'
import { inspectCustom } from './pg-custom.js'
import { inspectPlain, plainDialect } from './plain.js'
import { type Reader, withAhead } from './reader.js'
import { inspectTar, isTarHeader } from './tar.js'
import { inspectZip } from './zip.js'

const HEAD = 8192
/** Compressed bytes looked at where the end is not asked for. */
const BEGINNING = 4 * 1024 * 1024

/** Throws Damage or Unseen; what was found before that has been told. `budget`: compressed bytes to unpack at most. */
export async function inspect(reader: Reader, inspection: Inspection, budget: number): Promise<void> {
  if (reader.size === 0) throw new Damage('it is empty')
  const head = await reader.read(HEAD)
  if (head.length === 0) throw new Damage('it is empty')
  const compression = compressionOf(head)
  const whole = withAhead(head, reader)
  if (compression === undefined) return inspectInside(whole, inspection, head, true)
  const most = inspection.end ? budget : BEGINNING
  inspection.tell({ format: compression })
  let seen = false
  try {
    await unpacked(whole, compression, most, async (inside) => {
      const first = await inside.read(HEAD)
      seen = true
      if (first.length === 0) throw new Damage('there is nothing inside')
      const named = { ...inspection, tell: (facts: Partial<Facts>) => inspection.tell(suffixed(facts, compression)) }
      await inspectInside(withAhead(first, inside), named, first, false)
    })
  } catch (error) {
    if (!(error instanceof BudgetSpent)) throw error
    if (!inspection.end && seen) return
    throw new BudgetSpent(`unpacking it to its end takes more than the budget of ${most} bytes`)
  }
}

function suffixed(facts: Partial<Facts>, compression: Compression): Partial<Facts> {
  return facts.format === undefined ? facts : { ...facts, format: `${facts.format}.${compression}` }
}

async function inspectInside(reader: Reader, inspection: Inspection, head: Buffer, outermost: boolean): Promise<void> {
  const magic = head.toString('latin1', 0, 5)
  if (magic === PG_MAGIC) return inspectCustom(reader, inspection)
  if (isTarHeader(head.subarray(0, 512))) return inspectTar(reader, inspection)
  const dialect = plainDialect(head)
  if (dialect !== undefined) return inspectPlain(reader, dialect, inspection, head)
  if (head.toString('latin1', 0, 2) === 'PK') return inspectZip(reader, inspection)
  const error = notABackup(head, outermost ? reader.size : undefined)
  // Compressed content of no known kind is still proven whole by its compression.
  if (!outermost && error instanceof Unseen && /no format known/.test(error.message)) {
    if (inspection.end) await reader.tail(1)
    return
  }
  throw error
}

function compressionOf(head: Buffer): Compression | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gz'
  return head.length >= 4 && head.readUInt32LE(0) === 0xfd2fb528 ? 'zst' : undefined
}
