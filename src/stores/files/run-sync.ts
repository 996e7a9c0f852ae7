/** Runs a walk with synchronous calls. */
import { type BytesPool, createBytesPool } from '../../lib/bytes-pool.js'
import type { Key } from '../../lib/key.js'
import { createPacking, type Packing } from '../packed.js'
import { createGetdents } from './getdents.js'
import type { Libc } from './libc.js'
import { lookSync, type Root } from './look.js'
import { createReadStored, type ReadStored } from './name-runs.js'
import type { Piece } from './names.js'
import { createOpenDirectories } from './open-directories.js'
import { createQuickLook, type QuickLook } from './quick-look.js'
import { createReadDirectorySync, type ReadDirectory, type ReadOptions } from './read-directory.js'
import { type Answer, type Walked, type WalkRules, walkSome } from './walk-some.js'

export interface WalkPlace {
  readonly root: Root
  readonly rules: WalkRules
  /** Where names beyond what memory should hold are kept. */
  readonly scratch: string | undefined
}

/** How the disk is looked at; used again from walk to walk. */
export interface SyncCalls {
  readonly readDirectory: ReadDirectory
  readonly quickLook: QuickLook | undefined
  readonly packing: Packing
  readonly pool: BytesPool
  readonly readStored: ReadStored
  /** To be called when it is not used for a while: nothing stays open then. */
  readonly close: () => void
}

/** Without `libc`, with Node's own calls. */
export function syncCalls(libc: Libc | undefined, { root, rules }: WalkPlace): SyncCalls {
  const pool = createBytesPool()
  const ours = { packing: createPacking(rules.looks), pool, readStored: createReadStored(pool) }
  if (libc === undefined)
    return { ...ours, readDirectory: createReadDirectorySync(root), quickLook: undefined, close: () => undefined }
  const directories = createOpenDirectories(libc, root)
  const quickLook = createQuickLook(libc, root, directories)
  return {
    ...ours,
    readDirectory: createGetdents(libc, root, directories),
    quickLook,
    close: () => {
      quickLook.close()
      directories.close()
    },
  }
}

/**
 * Errors of the root directory itself, and ScratchErrors, are thrown. A directory that takes more than `mostBytes` for its
 * names ends the walk before it.
 */
export function walkSync(
  pieces: readonly Piece[],
  { root, rules, scratch }: WalkPlace,
  { readDirectory, quickLook, packing, pool, readStored, close }: SyncCalls,
  mostBytes = Number.POSITIVE_INFINITY,
): Walked {
  const options: ReadOptions = { size: rules.most, scratch, mostBytes, pool }
  const read = (directory: Key): Answer => {
    try {
      return readDirectory(directory, options)
    } catch (failed) {
      return { failed }
    }
  }
  try {
    const walk = walkSome(pieces, rules, { quickLook, packing, pool, readStored })
    let next = walk.next()
    while (!next.done) {
      const ask = next.value
      const answer = typeof ask === 'string' ? lookSync(root, ask) : read(ask.directory)
      next = walk.next(answer)
    }
    return next.value
  } finally {
    close()
    packing.clear()
  }
}
