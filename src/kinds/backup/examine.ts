/** Looks into one backup: what it is, whether it is sound, what it has. */
import { type Key, keyFromLatin1, keyFromText, keyToText } from '../../lib/key.js'
import { type Store, StoreError } from '../../stores/store.js'
import { Damage, Unseen } from './formats/damage.js'
import type { Facts, Inspection } from './formats/facts.js'
import { inspect } from './formats/inspect.js'
import { inspectDirectory, TOC_FILE } from './formats/pg-directory.js'
import { type Reader, rangeReader, streamReader } from './formats/reader.js'
import type { BackupSpec } from './schema.js'
import type { Backup } from './select.js'
import { createWanted } from './wanted.js'

export interface Examined {
  readonly facts: Partial<Facts>
  /** What is wrong with it; `unseen` is why it cannot be told. Neither: it is sound, as far as was asked. */
  readonly damage?: string
  readonly unseen?: string
  /** Names it should have and has not; undefined where its table of contents was not read to the end. */
  readonly missing: readonly string[] | undefined
}

/** Errors: StoreError where the store fails. */
export async function examine(
  store: Store,
  backup: Backup,
  spec: Pick<BackupSpec, 'contains' | 'verify' | 'budget' | 'format'>,
  signal: AbortSignal,
): Promise<Examined> {
  let facts: Partial<Facts> = {}
  const wanted = createWanted(spec.contains ?? [])
  const inspection: Inspection = {
    tell: (more) => {
      facts = { ...facts, ...more }
    },
    see: wanted.see,
    wanted: spec.contains !== undefined,
    end: spec.verify === 'end',
  }
  const found = (trouble: Pick<Examined, 'damage' | 'unseen'>): Examined => ({
    ...trouble,
    facts,
    missing: facts.entries === undefined ? undefined : wanted.left(),
  })
  try {
    if (backup.unreadable !== undefined) throw new Unseen(`it is ${backup.unreadable}`)
    if (backup.archived !== undefined)
      throw new Unseen(`it is archived (${backup.archived}) and must be brought back first`)
    await lookInto(store, backup, spec, inspection, signal)
    if (spec.format !== undefined && facts.format !== spec.format) {
      return found({ damage: `it is ${facts.format ?? 'something else'}, not ${spec.format}` })
    }
    return found({})
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof Unseen) return found({ unseen: error.message })
    if (!(error instanceof Damage)) throw error
    const changed = await changedMeanwhile(store, backup, signal)
    return found(changed ? { unseen: 'it is being written just now' } : { damage: error.message })
  }
}

async function lookInto(
  store: Store,
  backup: Backup,
  { budget, format }: Pick<BackupSpec, 'budget' | 'format'>,
  inspection: Inspection,
  signal: AbortSignal,
): Promise<void> {
  if (!backup.directory) {
    return withReader(store, backup.key, backup.size, signal, (reader) => inspect(reader, inspection, budget))
  }
  const sizes = new Map<string, number>()
  for await (const page of store.list({ prefix: backup.key, sure: true, signal })) {
    for (const { key, size } of page.entries)
      sizes.set(keyToText(keyFromLatin1(key.slice(backup.key.length))), size ?? 1)
  }
  if (!sizes.has(TOC_FILE)) {
    if (format === 'pg_directory') throw new Damage(`it has no ${TOC_FILE}`)
    throw new Unseen(`it is a directory without ${TOC_FILE}, which is not looked into; match its main file instead`)
  }
  const key = keyFromLatin1(backup.key + keyFromText(TOC_FILE))
  await withReader(store, key, sizes.get(TOC_FILE), signal, (reader) => inspectDirectory(reader, sizes, inspection))
}

/** By parts where the store gives parts; else one stream from the beginning. */
export async function withReader(
  store: Store,
  key: Key,
  size: number | undefined,
  signal: AbortSignal,
  use: (reader: Reader) => Promise<void>,
): Promise<void> {
  if (store.features.ranges === true && size !== undefined) {
    return use(
      rangeReader(size, async (range) => {
        const chunks: Buffer[] = []
        for await (const chunk of await store.open(key, { range, signal })) chunks.push(chunk)
        return Buffer.concat(chunks)
      }),
    )
  }
  const stream = await store.open(key, { signal })
  try {
    await use(streamReader(stream))
  } finally {
    stream.destroy()
  }
}

/** A backup that is written while it is looked at is not broken. */
async function changedMeanwhile(store: Store, { key, directory, size, modified }: Backup, signal: AbortSignal) {
  if (directory) return false
  try {
    const now = await store.stat(key, { signal })
    return now !== undefined && (now.size !== size || secondOf(now.modified) !== secondOf(modified))
  } catch (error) {
    if (error instanceof StoreError && !signal.aborted) return false
    throw error
  }
}

/** A bucket may list times to the millisecond and tell whole seconds of a single object. */
function secondOf(modified: number | undefined): number | undefined {
  return modified === undefined ? undefined : Math.floor(modified / 1000)
}
