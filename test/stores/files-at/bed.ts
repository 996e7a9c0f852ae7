/** A directory with objects in it, for stores that look at it from a vantage. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectionSchema, type FilesSpec } from '../../../src/connections/schema.js'
import { type Key, keyToBytes } from '../../../src/lib/key.js'
import { createFilesStoreAt } from '../../../src/stores/files-at/files-at.js'
import { sortedStore } from '../../../src/stores/sorted.js'
import type { Store } from '../../../src/stores/store.js'
import type { Vantage } from '../../../src/vantage/vantage.js'

export const filesSpec = (root: string, more: Record<string, unknown> = {}): FilesSpec =>
  connectionSchema.parse({ type: 'files', root, ...more }) as FilesSpec

export interface Bed {
  readonly directory: string
  readonly root: string
  readonly remove: () => Promise<void>
}

export async function makeBed(objects: ReadonlyMap<Key, string>): Promise<Bed> {
  const directory = await mkdtemp(join(tmpdir(), 'files-at-'))
  const root = join(directory, 'root é')
  await mkdir(root)
  for (const [key, content] of objects) {
    const path = Buffer.concat([Buffer.from(`${root}/`), keyToBytes(key)])
    await mkdir(path.subarray(0, path.lastIndexOf('/')), { recursive: true })
    await writeFile(path, content, 'latin1')
  }
  return { directory, root, remove: () => rm(directory, { recursive: true }) }
}

/** As it is opened for a check: sorted. */
export function storeAt(vantage: Vantage, root: string, scratch: string, more: Record<string, unknown> = {}): Store {
  return sortedStore(createFilesStoreAt('uploads', filesSpec(root, more), vantage), scratch)
}
