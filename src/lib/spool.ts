/**
 * Sorting and keeping more than memory holds. `createSpool` sorts by key (stable), `createPlainSpool` keeps the order
 * of adding. Both write below `dir`, in files of their owner alone, remove them on close, and touch no disk at all
 * while everything fits into `runBytes`.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { compareKeys, type Key } from './key.js'
import { type Bounds, keyAt, pagesOf, type Range, type Rec, type Records } from './records.js'
import { scattered } from './scattered.js'
import { createHeap, type Held } from './spool-held.js'
import { createLog, type Lines, type PlainLines } from './spool-log.js'
import { memoryRun } from './spool-memory.js'
import { mergeRuns } from './spool-merge.js'
import { createRun, type Run, type RunWriter, spoolError } from './spool-run.js'

export interface SpoolOptions {
  /** An existing directory with room for everything added, twice that beyond 64 runs. */
  readonly dir: string
  /** Bytes of records held in memory before they are written. Default 8 MiB. Sorting them takes half as much again. */
  readonly runBytes?: number
  readonly signal?: AbortSignal | undefined
}

export interface Spool<Finished> {
  /** Both strings one byte in each character. Gives a promise only when a run is written: await it before adding on. */
  readonly add: (key: Key, rest: string) => Promise<void> | undefined
  /** Ends adding. Errors of the disk are CheckErrors that name the directory. */
  readonly finish: () => Promise<Finished>
  /** Drops everything; to be called where `finish` is not. */
  readonly close: () => Promise<void>
}

export interface SortingSpool extends Spool<SortedSpool> {
  /** Lines from `from` on: see `Log`. Await `room` before adding on. */
  readonly addLines: (lines: Lines, from: number, plain: PlainLines) => number
  /** Gives a promise only when a run is written. */
  readonly room: () => Promise<void> | undefined
}

export interface PlainSpool {
  readonly count: number
  /** Pages in the order of adding. May be read again, and several times at once. */
  readonly read: () => AsyncGenerator<readonly Rec[], void, void>
  readonly close: () => Promise<void>
}

export interface SortedSpool {
  readonly count: number
  /** Pages ascending by the bytes of the key, equal keys in the order of adding. */
  readonly read: (range?: Range) => AsyncGenerator<readonly Rec[], void, void>
  /** The same records as bytes, which stand until the next page is asked for. */
  readonly records: (range?: Range) => AsyncGenerator<Records, void, void>
  /** The first and the last key; undefined where there are no records. */
  readonly bounds: Bounds | undefined
  /** Keys, ascending, each different, at most `parts - 1`, that cut the records into about equal parts. */
  readonly splits: (parts: number) => readonly Key[]
  /** Keys, at most so many, taken all over the records in no rhythm: what holds of them holds of about as many of all. */
  readonly sample: (keys: number) => readonly Key[]
  readonly close: () => Promise<void>
}

const RUN_BYTES = 8 * 1024 * 1024
/** Runs merged at once: bounds open files, and memory to as many blocks. */
const FAN_IN = 64
/** Marks looked at for each part: one of a page of S3 that was a fortieth too long would take a second request. */
const CLOSELY = 64

export function createSpool(options: SpoolOptions): SortingSpool {
  const log = createLog()
  const spool = collect(options, log, true)
  return {
    ...spool,
    addLines: log.addLines,
    finish: async () => {
      const { count, runs } = await spool.finish()
      let sampled: { readonly keys: number; readonly sample: readonly Key[] } | undefined
      return {
        count,
        ...readingOf((range = {}) => mergeRuns(runs, range)),
        bounds: boundsOf(runs.flatMap(({ bounds }) => bounds ?? [])),
        splits: (parts) => cutInto(parts, runs, parts * CLOSELY),
        // Asked for with each class of findings.
        sample: (keys) => {
          if (sampled?.keys !== keys) sampled = { keys, sample: sampleOf(runs, keys) }
          return sampled.sample
        },
        close: spool.close,
      }
    },
  }
}

export function createPlainSpool(options: SpoolOptions): Spool<PlainSpool> {
  const spool = collect(options, createHeap(), false)
  return {
    ...spool,
    finish: async () => {
      const { count, runs } = await spool.finish()
      return { count, ...readingOf(() => mergeRuns(runs, {})), close: spool.close }
    },
  }
}

/** Both ways of reading, from that of bytes. */
export function readingOf(records: SortedSpool['records']): Pick<SortedSpool, 'records' | 'read'> {
  return {
    records,
    read: async function* (range) {
      for await (const page of records(range)) yield* pagesOf(page)
    },
  }
}

function boundsOf(bounds: readonly Bounds[]): Bounds | undefined {
  return bounds.reduce<Bounds | undefined>(
    (all, { first, last }) =>
      all === undefined
        ? { first, last }
        : { first: first < all.first ? first : all.first, last: last > all.last ? last : all.last },
    undefined,
  )
}

/** A mark stands for as many records as there are up to the next one of its run. */
function cutInto(parts: number, runs: readonly Run[], most: number): readonly Key[] {
  const sorted = runs.flatMap(({ marks }) => marks(most)).toSorted((a, b) => compareKeys(a.key, b.key))
  const all = sorted.reduce((sum, { records }) => sum + records, 0)
  const splits: Key[] = []
  let before = 0
  let part = 0
  for (const { key, records } of sorted) {
    const next = Math.floor((before * parts) / all)
    if (next > part && key !== splits.at(-1) && key !== sorted[0]?.key) splits.push(key)
    part = next
    before += records
  }
  return splits
}

/** Of keys with a rhythm of their own, a file and its thumbnail, every tenth key would be a file. */
function sampleOf(runs: readonly Run[], most: number): readonly Key[] {
  const all = runs.reduce((sum, { count }) => sum + count, 0)
  const keys = Math.min(most, all)
  const place = (n: number) => Math.floor(((n + scattered(n)) * all) / keys)
  const sample: Key[] = []
  let before = 0
  let n = 0
  for (const { count, keyNear } of runs) {
    for (; n < keys && place(n) < before + count; n++) {
      const key = keyNear(place(n) - before)
      // Of a file few keys are known: one that is given twice tells no more.
      if (key !== sample.at(-1)) sample.push(key)
    }
    before += count
  }
  return sample
}

/** Collects records into runs: ascending ones where `sorting`, otherwise a single one. */
function collect({ dir, runBytes = RUN_BYTES, signal }: SpoolOptions, held: Held, sorting: boolean) {
  let written = 0
  let folder: string | undefined
  let files = 0
  let writer: RunWriter | undefined
  let runs: Run[] = []
  let writing: Promise<void> = Promise.resolve()

  const newRun = async (): Promise<RunWriter> => {
    folder ??= await mkdtemp(join(dir, 'spool-')).catch((cause: unknown) => {
      throw spoolError(join(dir, 'x'), cause)
    })
    return createRun(join(folder, `${files++}.run`))
  }
  const write = async (): Promise<void> => {
    let records: Records | undefined
    for (const chunk of held.chunks()) {
      signal?.throwIfAborted()
      records = chunk.read(records)
      const last = writer?.last()
      // Continuing the run keeps input that already ascends in a single one.
      if (writer !== undefined && sorting && last !== undefined && keyAt(records, records.from) < last) {
        runs.push(await writer.finish())
        writer = undefined
      }
      writer ??= await newRun()
      await writer.append(records)
    }
    written += held.count()
    held.clear()
  }
  const flush = (): Promise<void> => {
    writing = writing.then(write)
    return writing
  }
  const mergeGroups = async (): Promise<void> => {
    while (sorting && runs.length > FAN_IN) {
      const merged: Run[] = []
      for (let from = 0; from < runs.length; from += FAN_IN) {
        const group = runs.slice(from, from + FAN_IN)
        writer = await newRun()
        for await (const records of mergeRuns(group, {})) {
          signal?.throwIfAborted()
          await writer.append(records)
        }
        merged.push(await writer.finish())
        writer = undefined
        for (const run of group) await run.remove()
      }
      runs = merged
    }
  }
  const room = (): Promise<void> | undefined => (held.size() >= runBytes ? flush() : undefined)
  return {
    add: (key: Key, rest: string): Promise<void> | undefined => {
      held.add(key, rest)
      return room()
    },
    room,
    finish: async (): Promise<{ readonly count: number; readonly runs: readonly Run[] }> => {
      await writing
      if (writer === undefined && runs.length === 0) return { count: held.count(), runs: [memoryRun(held.chunks())] }
      await flush()
      // All is on disk: what it was sorted in would be held for as long as it is read.
      held.close()
      if (writer !== undefined) runs.push(await writer.finish())
      writer = undefined
      await mergeGroups()
      return { count: written, runs }
    },
    close: async (): Promise<void> => {
      await writing.catch(() => undefined)
      await writer?.discard()
      writer = undefined
      held.close()
      if (folder !== undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}
