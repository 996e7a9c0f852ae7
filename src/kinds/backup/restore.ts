/** Restores the newest into a scratch database, times it, and offers what came of it to the checks that require this one. */

import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { CheckError } from '../../lib/errors.js'
import { keyFromLatin1, keyToText } from '../../lib/key.js'
import type { Store } from '../../stores/store.js'
import { type Restored, restoreArchive, restorePlain } from '../../writes/restore-dump.js'
import { createScratchDatabase } from '../../writes/scratch-database.js'
import type { Context } from '../kind.js'
import { createUnzstd } from './formats/compressed.js'
import type { RestoreSpec } from './schema.js'
import type { Backup } from './select.js'

export interface Recovery extends Restored {
  readonly ms: number
  readonly notes: readonly string[]
}

/** What restoring needs of a check's context. */
type Surroundings = Pick<Context, 'connections' | 'allowed' | 'signal' | 'scratch' | 'now' | 'offer'>

/** Errors: CheckError where it could not be tried. The scratch database is dropped when the run ends, or here where it failed. */
export async function restoreBackup(
  store: Store,
  { backup, format }: { readonly backup: Backup; readonly format: string },
  { server, as, privileges, pg_restore, psql }: RestoreSpec,
  { connections, allowed, signal, scratch, now, offer }: Surroundings,
): Promise<Recovery> {
  const { access } = connections.postgres(server)
  const database = await createScratchDatabase(access, { allowed, psql, signal })
  offer(as, { ...access.spec, database: database.name }, database.drop)
  try {
    const began = now().getTime()
    const options = { database: database.name, env: database.env, signal, privileges }
    const [kind = '', compression] = format.split('.')
    const archive = { ...options, program: pg_restore }
    let restored: Restored
    if (kind === 'pg_directory') {
      const directory = await fetchDirectory(store, backup, join(scratch, 'dump'), signal)
      restored = await restoreArchive({ directory }, archive)
    } else {
      const stream = await openUnpacked(store, backup, compression, signal)
      if (kind === 'pg_plain') restored = await restorePlain(stream, { ...options, program: psql })
      else restored = await restoreArchive({ stream, format: kind === 'pg_tar' ? 'tar' : 'custom' }, archive)
    }
    if (!restored.ended) await database.drop()
    return { ...restored, ms: now().getTime() - began, notes: database.notes }
  } catch (error) {
    await database.drop().catch(() => undefined)
    throw error
  }
}

export function restorable(format: string | undefined): format is string {
  return format !== undefined && /^pg_(?:custom|directory|tar|plain)(?:\.|$)/.test(format)
}

async function openUnpacked(
  store: Store,
  { key }: Backup,
  compression: string | undefined,
  signal: AbortSignal,
): Promise<Readable> {
  const stream = await store.open(key, { signal })
  if (compression === undefined) return stream
  const unpack = compression === 'gz' ? createGunzip() : await createUnzstd()
  // Its failure is that of what is read from it.
  pipeline(stream, unpack).catch(() => undefined)
  return unpack
}

/** pg_restore reads a directory only from disk. */
async function fetchDirectory(store: Store, { key }: Backup, to: string, signal: AbortSignal): Promise<string> {
  await mkdir(to, { mode: 0o700 })
  for await (const page of store.list({ prefix: key, sure: true, signal })) {
    for (const entry of page.entries) {
      const name = keyToText(keyFromLatin1(entry.key.slice(key.length)))
      if (entry.placeholder === true || name === '') continue
      if (!/^[A-Za-z0-9_.-]+$/.test(name) || name.startsWith('.')) {
        throw new CheckError(`the dump has a file "${name}", which pg_dump does not write`)
      }
      await pipeline(await store.open(entry.key, { signal }), createWriteStream(join(to, name), { mode: 0o600 }))
    }
  }
  return to
}
