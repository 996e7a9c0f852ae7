/** Reads the manifest of a record as if each entry were a row that promises it. */
import { pipeline } from 'node:stream/promises'
import { createInflate } from 'node:zlib'
import { CheckError } from '../../lib/errors.js'
import { count } from '../../lib/text.js'
import { encodeRow } from './claim.js'
import { recordedManifest } from './manifest.js'
import { type ManifestEntry, readManifestEntries } from './manifest-form.js'
import type { ReadOptions } from './read-rows.js'
import { keyNow } from './rules.js'

export interface EntryTaker {
  /** `explains`: it may be there and need not. */
  readonly take: (entry: ManifestEntry, row: string, explains: boolean) => Promise<void> | undefined
}

/** Notes on what was read. */
export async function readManifest(options: ReadOptions, { take }: EntryTaker): Promise<readonly string[]> {
  const { spec, rules, context, signal, report, stage, only, onRows } = options
  const { manifest, part } = recordedManifest(spec, context.record)
  const wanted = only === undefined ? undefined : new Set(only)
  let [read, ignored] = [0, 0]
  for await (const page of readManifestEntries(inflated(part(), signal))) {
    signal.throwIfAborted()
    for (const entry of page) {
      read++
      if (wanted !== undefined && !wanted.has(entry.key)) continue
      if (rules.isIgnored(entry.key) || rules.isIgnored(keyNow(rules, entry.key))) {
        ignored++
        continue
      }
      const { size, digest, odd } = entry
      const row = encodeRow({
        as: odd ? 'explained' : 'row',
        size: odd || size === undefined ? '' : String(size),
        digest: odd ? '' : digest,
        month: '',
      })
      const waiting = take(entry, row, odd)
      if (waiting !== undefined) await waiting
    }
    onRows?.(read)
    report({ stage, done: read, total: manifest.entries, unit: 'entries' })
  }
  if (read !== manifest.entries)
    throw new CheckError(`the manifest in the record has ${read} entries of the ${manifest.entries} that were written`)
  return [
    `recorded of ${manifest.label}`,
    ...(ignored === 0 ? [] : [`${count(ignored, 'entry', 'entries')} of the record are ignored`]),
  ]
}

async function* inflated(part: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
  const inflate = createInflate()
  const piped = pipeline(part, inflate, { signal })
  piped.catch(() => undefined)
  try {
    yield* inflate as AsyncIterable<Buffer>
    // Only behind its end it is known that the part is what was written.
    await piped
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof CheckError) throw error
    throw new CheckError('the manifest in the record cannot be read', { cause: error })
  } finally {
    inflate.destroy()
    await piped.catch(() => undefined)
  }
}
