/** zip: the table of contents lies at the end, so a truncated one has none. */
import { Readable } from 'node:stream'
import { Damage, Unseen } from './damage.js'
import type { Inspection } from './facts.js'
import type { Reader } from './reader.js'

export async function inspectZip({ size, at }: Reader, inspection: Inspection): Promise<void> {
  inspection.tell({ format: 'zip' })
  if (size === undefined || at === undefined) throw new Unseen('a zip inside something else is not looked into')
  const { fromRandomAccessReader, RandomAccessReader } = (await import('yauzl')).default
  const failed: { cause?: unknown } = {}
  const part = async function* (start: number, end: number): AsyncGenerator<Buffer, void, void> {
    try {
      yield await at({ start, end })
    } catch (cause) {
      failed.cause = cause
      throw cause
    }
  }
  const source = new (class extends RandomAccessReader {
    override _readStreamForRange(start: number, end: number): Readable {
      return Readable.from(part(start, end))
    }
  })()
  let entries = 0
  let encrypted = 0
  try {
    await new Promise<void>((resolve, reject) => {
      fromRandomAccessReader(source, size, { lazyEntries: true, decodeStrings: false }, (error, zip) => {
        if (error !== null || zip === undefined) return reject(error)
        zip.on('entry', (entry: { readonly fileName: unknown; readonly generalPurposeBitFlag: number }) => {
          entries++
          if ((entry.generalPurposeBitFlag & 1) !== 0) encrypted++
          inspection.see([(entry.fileName as Buffer).toString('utf8').replace(/\/$/, '')])
          zip.readEntry()
        })
        zip.on('end', resolve)
        zip.on('error', reject)
        zip.readEntry()
      })
    })
  } catch {
    // That the store failed says nothing about the zip.
    if (failed.cause !== undefined) throw failed.cause
    throw new Damage(
      entries === 0
        ? 'it is truncated: its table of contents, which a zip has at its end, is not there'
        : `its table of contents is corrupt after ${entries} entries`,
    )
  }
  if (entries === 0) throw new Damage('it is an archive of nothing')
  inspection.tell({ entries, ...(encrypted > 0 ? { encryptedEntries: encrypted } : {}) })
}
