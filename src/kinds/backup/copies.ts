/** The second copy: each backup has one in another store, with the same size. */
import { compileGlobs } from '../../compare/globs.js'
import { type Key, keyToJson } from '../../lib/key.js'
import type { Store } from '../../stores/store.js'
import type { Finding } from '../kind.js'
import { commonPrefix } from './globs.js'
import type { CopySpec } from './schema.js'
import type { Backup } from './select.js'

export interface Copies {
  /** The finding where there is no such copy, undefined where there is one. */
  readonly lookFor: (backup: Backup) => Promise<Finding | undefined>
}

/** With `match` the second store is listed once and the sizes under each file name are held; else each is looked up. */
export async function openCopies(
  source: Store,
  store: Store,
  { store: name, match }: CopySpec,
  signal: AbortSignal,
): Promise<Copies> {
  const missing = (backup: Backup, actual: number | undefined): Finding => ({
    finding: 'missing_copy',
    ...keyToJson(backup.key),
    store: name,
    ...(backup.size === undefined ? {} : { expected: { size: backup.size } }),
    ...(actual === undefined ? {} : { actual: { size: actual } }),
  })
  if (match !== undefined) {
    const sizes = await sizesByName(store, match, signal)
    return {
      lookFor: async (backup) => {
        const found = sizes.get(fileName(backup.key))
        if (found?.some((size) => size === backup.size || backup.size === undefined) === true) return undefined
        return missing(backup, found?.[0])
      },
    }
  }
  return {
    lookFor: async (backup) => {
      if (backup.directory) return lookForDirectory(source, store, backup, missing, signal)
      const entry = await store.stat(backup.key, { signal })
      const same = entry !== undefined && (entry.size === backup.size || entry.size === undefined)
      return same ? undefined : missing(backup, entry?.size)
    },
  }
}

/** Every file of it has its copy. */
async function lookForDirectory(
  source: Store,
  store: Store,
  backup: Backup,
  missing: (backup: Backup, actual: number | undefined) => Finding,
  signal: AbortSignal,
): Promise<Finding | undefined> {
  let files = 0
  let without = 0
  for await (const page of source.list({ prefix: backup.key, sure: true, signal })) {
    for (const { key, size, placeholder } of page.entries) {
      if (placeholder === true) continue
      files++
      const entry = await store.stat(key, { signal })
      if (entry === undefined || (entry.size !== undefined && entry.size !== size)) without++
    }
  }
  return without === 0
    ? undefined
    : { ...missing(backup, undefined), reason: `${without} of its ${files} files have no copy of the same size` }
}

async function sizesByName(store: Store, match: readonly string[], signal: AbortSignal) {
  const matches = compileGlobs(match)
  const sizes = new Map<string, number[]>()
  for await (const page of store.list({ prefix: commonPrefix(match), sure: true, signal })) {
    for (const { key, size } of page.entries) {
      if (!matches(key) || size === undefined) continue
      sizes.set(fileName(key), [...(sizes.get(fileName(key)) ?? []), size])
    }
  }
  return sizes
}

function fileName(key: Key): string {
  return key.slice(key.lastIndexOf('/') + 1)
}
