/** Records that a spool holds in memory, and those of them that are kept in the order of adding. */
import type { Key } from './key.js'
import { keyAt, type Records } from './records.js'
import { createArena } from './spool-arena.js'
import { RECORD_BYTES } from './spool-frame.js'

export interface Held {
  readonly add: (key: Key, rest: string) => void
  readonly count: () => number
  /** Bytes of all of them. */
  readonly size: () => number
  /** In order. Each may be asked for again until the next record is added. */
  readonly chunks: () => readonly Chunk[]
  /** Drops them all. Of the memory there may be kept what more of them need. */
  readonly clear: () => void
  /** Drops them and the memory. */
  readonly close: () => void
}

/** Some of the records, at least one. */
export interface Chunk {
  readonly count: number
  readonly keyAt: (n: number) => Key
  /** Those of `before` are not read any more: their memory may be taken. */
  readonly read: (before?: Records) => Records
}

export function createHeap(): Held {
  let arena = createArena()
  const clear = (): void => {
    arena = createArena()
  }
  return {
    add: (key, rest) => arena.add(key, rest),
    count: () => arena.count(),
    size: () => arena.size() + RECORD_BYTES * arena.count(),
    chunks: () => {
      const records = arena.freeze()
      const count = arena.count()
      return count > 0 ? [{ count, keyAt: (n) => keyAt(records, n), read: () => records }] : []
    },
    clear,
    close: clear,
  }
}
