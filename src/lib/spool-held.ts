/** Records that a spool holds in memory, and those of them that are kept in the order of adding. */
import type { Key } from './key.js'
import type { Records } from './records.js'
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

/** Some of the records; none are in none of them. Those of `before` are not read any more: their memory may be taken. */
export type Chunk = (before?: Records) => Records

export function createHeap(): Held {
  let arena = createArena()
  const clear = (): void => {
    arena = createArena()
  }
  return {
    add: (key, rest) => arena.add(key, rest),
    count: () => arena.count(),
    size: () => arena.size() + RECORD_BYTES * arena.count(),
    chunks: () => (arena.count() > 0 ? [() => arena.freeze()] : []),
    clear,
    close: clear,
  }
}
