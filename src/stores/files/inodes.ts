import { statfs } from 'node:fs/promises'
import type { Key } from '../../lib/key.js'
import { keyToBytes } from '../../lib/key.js'

/** Inodes in use on the file system of a directory; undefined where it does not count them (btrfs, some network ones). */
export async function inodesInUse(path: Key): Promise<number | undefined> {
  // Not worth failing for: it only bounds what was counted.
  const found = await statfs(keyToBytes(path)).catch(() => undefined)
  return found === undefined || found.files === 0 ? undefined : found.files - found.ffree
}
