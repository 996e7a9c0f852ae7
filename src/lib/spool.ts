/**
 * Sorting and keeping more than memory holds. `createSpool` sorts by key (stable), `createPlainSpool` keeps the order
 * of adding. Both write below `dir`, in files of their owner alone, remove them on close, and touch no disk at all
 * while everything fits into `runBytes`.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Key } from './key.js'
import { type Rec, recordBytes } from './spool-frame.js'
import { mergeRuns } from './spool-merge.js'
import { createRun, type Range, type Run, type RunWriter, spoolError, within } from './spool-run.js'

export type { Rec } from './spool-frame.js'

export interface SpoolOptions {
  /** An existing directory with room for everything added, twice that beyond 64 runs. */
  readonly dir: string
  /** Bytes of records held in memory before they are written. Default 2 MiB. */
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
  readonly close: () => Promise<void>
}

const RUN_BYTES = 2 * 1024 * 1024
const RUN_RECORDS = 25_000
/** Runs merged at once: bounds open files, and memory to as many blocks. */
const FAN_IN = 64
const MEMORY_PAGE = 1000

export function createSpool(options: SpoolOptions): Spool<SortedSpool> {
  const spool = collect(options, true)
  return {
    ...spool,
    finish: async () => {
      const { count, runs } = await spool.finish()
      return { count, read: (range = {}) => mergeRuns(runs, range), close: spool.close }
    },
  }
}

export function createPlainSpool(options: SpoolOptions): Spool<PlainSpool> {
  const spool = collect(options, false)
  return {
    ...spool,
    finish: async () => {
      const { count, runs } = await spool.finish()
      return { count, read: () => mergeRuns(runs, {}), close: spool.close }
    },
  }
}

/** Collects records into runs: ascending ones where `sorting`, otherwise a single one. */
function collect({ dir, runBytes = RUN_BYTES, signal }: SpoolOptions, sorting: boolean) {
  let records: Rec[] = []
  let bytes = 0
  let count = 0
  let ascending = true
  let previous: Key | undefined
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
  const write = async (batch: Rec[], sorted: boolean): Promise<void> => {
    signal?.throwIfAborted()
    if (sorting && !sorted) batch.sort(byKey)
    const last = writer?.last()
    // Continuing the run keeps input that already ascends in a single one.
    if (writer !== undefined && sorting && last !== undefined && (batch[0] as Rec).key < last) {
      runs.push(await writer.finish())
      writer = undefined
    }
    writer ??= await newRun()
    await writer.append(batch)
  }
  const flush = (): Promise<void> => {
    const batch = records
    const sorted = ascending
    records = []
    bytes = 0
    ascending = true
    previous = undefined
    writing = writing.then(() => write(batch, sorted))
    return writing
  }
  const mergeGroups = async (): Promise<void> => {
    while (sorting && runs.length > FAN_IN) {
      const merged: Run[] = []
      for (let from = 0; from < runs.length; from += FAN_IN) {
        const group = runs.slice(from, from + FAN_IN)
        writer = await newRun()
        for await (const page of mergeRuns(group, {})) {
          signal?.throwIfAborted()
          await writer.append(page)
        }
        merged.push(await writer.finish())
        writer = undefined
        for (const run of group) await run.remove()
      }
      runs = merged
    }
  }
  return {
    add: (key: Key, rest: string): Promise<void> | undefined => {
      const record = { key, rest }
      if (previous !== undefined && key < previous) ascending = false
      previous = key
      records.push(record)
      count++
      bytes += recordBytes(record)
      return bytes >= runBytes || records.length >= RUN_RECORDS ? flush() : undefined
    },
    finish: async (): Promise<{ readonly count: number; readonly runs: readonly Run[] }> => {
      await writing
      if (writer === undefined) {
        if (sorting && !ascending) records.sort(byKey)
        return { count, runs: [memoryRun(records)] }
      }
      if (records.length > 0) await flush()
      runs.push(await writer.finish())
      writer = undefined
      await mergeGroups()
      return { count, runs }
    },
    close: async (): Promise<void> => {
      await writing.catch(() => undefined)
      await writer?.discard()
      writer = undefined
      records = []
      if (folder !== undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}

function byKey(a: Rec, b: Rec): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0
}

function memoryRun(records: readonly Rec[]): Run {
  return {
    pages: async function* (range) {
      for (let from = 0; from < records.length; from += MEMORY_PAGE) {
        const page = within(records.slice(from, from + MEMORY_PAGE), range)
        if (page.length > 0) yield page
      }
    },
    remove: async () => undefined,
  }
}
