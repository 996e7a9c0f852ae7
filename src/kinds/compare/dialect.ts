/** What the queries of a comparison across engines are made of in one of them. Types only. */

import type { Side } from './expression.js'
import type { ColumnPair } from './pair.js'

/** One side of a pair of columns. */
export interface Cell {
  readonly pair: ColumnPair
  readonly side: Side
}

export interface Dialect {
  readonly count: (of: string) => string
  readonly sum: (of: string) => string
  /** Number of the bucket of a hash. `mask`: a power of two, less one. */
  readonly bucket: (of: string, mask: number) => string
  /** Keeps what stands before it apart, so that nothing of it is worked out twice. */
  readonly fence: string
  /** A number of 60 bits: of SHA-256, over the seed and what follows it. The same in every dialect. NULL where it failed. */
  readonly hash: (seed: string, pieces: readonly string[]) => string
  /** What is hashed of a value: no two lists of values are the same when written one piece after the other. Never NULL. */
  readonly piece: (cell: Cell) => string
  /** The value in the form of the pair. */
  readonly text: (cell: Cell) => string
  /** The value as `within` of `tolerance.ts` reads it. */
  readonly tolerated: (cell: Cell) => string
  /** Whether the value has no form of its own; undefined where all have. */
  readonly odd: (cell: Cell) => string | undefined
  /** A condition that rows with one of these values in their key fulfil, and maybe others. */
  readonly among: (cells: readonly Cell[], keys: readonly (readonly (string | null)[])[]) => string
}
