/**
 * The loops over every row, entry and name, as WebAssembly: `assembly/`, compiled into `code.ts`. They run at full speed from
 * the first record on, where the engine compiles such loops again and again while it learns what goes through them, on the
 * cores they need themselves: that took a fifth of a run.
 */
import { CODE } from './code.js'

/** Numbers are addresses in `memory`, or counts; what each does is told in `assembly/`. */
export interface Kernel {
  readonly memory: WebAssembly.Memory
  readonly sortKeys: (bytes: number, starts: number, ends: number, count: number, order: number, room: number) => void
  readonly gatherKeys: (count: number, bytes: number, starts: number) => void
  readonly logEnd: () => number
  readonly clearLog: () => void
  readonly addRecord: (keyBytes: number, restBytes: number) => void
  readonly addLines: (lines: number, spans: number, from: number, to: number, sized: boolean, head: number) => number
  readonly tableBytes: () => number
  readonly sortLog: () => void
  readonly logScratch: () => number
  readonly chunkEnd: (from: number, most: number) => number
  readonly chunkBytes: () => number
  readonly recordAt: (n: number) => number
  readonly gather: (from: number, to: number, bytes: number, starts: number, middles: number) => void
  readonly setRows: (bytes: number, starts: number, middles: number, to: number) => void
  readonly setEntries: (keys: number, ends: number, numbers: number, count: number) => void
  readonly passBy: (row: number, entry: number, start: number, odd: number, agrees: number) => number
  readonly nextRow: () => number
  readonly nextEntry: () => number
  readonly nextStart: () => number
  readonly beginListing: (
    prefix: number,
    prefixEnd: number,
    encoded: boolean,
    keys: number,
    ends: number,
    numbers: number,
    odds: number,
  ) => void
  readonly addObjects: (from: number, to: number) => number
  readonly addRead: (key: number, keyEnd: number, size: number, modified: number, archived: number) => void
  readonly objectsSeen: () => number
  readonly objectCount: () => number
  readonly keysEnd: () => number
  readonly oddObjects: () => number
  readonly anyEscaped: () => number
  readonly firstUnordered: () => number
}

/** Where memory begins that is given out; nothing of ours lies at 0. */
export const FIRST = 64
/** Loops read and write up to so many bytes behind what is theirs. */
export const SLACK = 16

const MODULE = new WebAssembly.Module(Buffer.from(CODE, 'base64'))

/** One with memory of its own. */
export function createKernel(): Kernel {
  return new WebAssembly.Instance(MODULE).exports as unknown as Kernel
}

const PAGE = 64 * 1024
/** Grown by at least that part of what there is. What is not written to takes none of the machine's. */
const GROWTH = 4

/** Sees to it that memory goes on to `end`. Where that was not so, views of it made before are empty now. */
export function reserve({ memory }: Kernel, end: number): void {
  const held = memory.buffer.byteLength
  const missing = end + SLACK - held
  if (missing > 0) memory.grow(Math.ceil(Math.max(missing, held / GROWTH) / PAGE))
}

/** The next place that a number of eight bytes may lie at. */
export function aligned(at: number): number {
  return Math.ceil(at / 8) * 8
}
