/**
 * Names of a directory with more of them than memory should hold: sorted runs in a file, never merged. A piece is a range
 * of names, with the spans of the file in which each run has them; who goes through it sorts those few together.
 */
import { randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { compareBytes, viewOf } from '../../lib/byte-views.js'
import type { BytesPool } from '../../lib/bytes-pool.js'
import type { Key } from '../../lib/key.js'
import { type ByteStrings, sortedBytes } from '../../lib/sort-bytes.js'
import { errorCode } from './errors.js'
import { createBounds, createNameArena, type NameArena } from './name-arena.js'
import { isDirectoryName, type NameList, nameAt, nameCount, type Piece, type StoredNames } from './names.js'

/** Names of a directory in memory, or pieces of it where they are too many. */
export type Names = { readonly names: NameList } | { readonly pieces: readonly Piece[] }

export interface NamesWhere {
  /** About so many names make a piece. */
  readonly size: number
  /** A directory for names that memory should not hold, made when there are some; without it they are held all the same. */
  readonly scratch: string | undefined
  /** Names in a run: all that is held of a directory at a time. */
  readonly run?: number
  /** What names in memory are taken from. */
  readonly pool?: BytesPool | undefined
}

/** The disk for what memory does not hold fails: no matter of the directory that is read. */
export class ScratchError extends Error {
  override readonly name = 'ScratchError'
  readonly code: string

  constructor(message: string, code: string) {
    super(message)
    this.code = code
  }
}

/** At some fifty bytes each. */
export const RUN = 32_768
/** Every so many names of a run their place is known. */
const STEP = 32
/** Before each name in the file: how long it is. */
const LENGTH_BYTES = 2

interface Run {
  /** Every STEP-th name, and where it begins. */
  readonly marks: readonly string[]
  readonly offsets: readonly number[]
  readonly end: number
}

export interface NameRuns {
  /** One that is kept until there are enough of them for a run. */
  readonly add: (name: string) => void
  /** A whole run, where there is `scratch`. */
  readonly write: (found: ByteStrings) => void
  /** `last`: what was not written. */
  readonly finish: (last?: ByteStrings) => Names
}

/** `directory`: with its slash. */
export function createNameRuns(directory: Key, { size, scratch, run = RUN, pool }: NamesWhere): NameRuns {
  const runs: Run[] = []
  let arena: NameArena | undefined
  let written = 0
  let directories = 0
  let file = ''
  const write = (found: ByteStrings): void => {
    const names = sortedBytes(found)
    const { bytes, starts } = names
    for (let n = 0; n < nameCount(names); n++) {
      if (isDirectoryName(bytes, starts[n] as number, starts[n + 1] as number)) directories++
    }
    file ||= join(scratch ?? '', `names-${randomBytes(8).toString('hex')}`)
    const last = writeRun(file, written, names)
    runs.push(last)
    written = last.end
  }
  return {
    add: (name) => {
      arena ??= createNameArena()
      arena.add(name)
      if (arena.count() < run || scratch === undefined) return
      write(arena.found())
      arena.clear()
    },
    write,
    finish: (last = (arena ?? createNameArena()).found()) => {
      if (runs.length === 0) return { names: sortedBytes(last, pool) }
      if (last.count > 0) write(last)
      return { pieces: piecesOfRuns(directory, file, runs, size, directories) }
    },
  }
}

function writeRun(file: string, at: number, names: NameList): Run {
  const { bytes, starts } = names
  const count = nameCount(names)
  const target = Buffer.allocUnsafe(bytes.length + LENGTH_BYTES * count)
  const marks: string[] = []
  const offsets: number[] = []
  let to = 0
  for (let n = 0; n < count; n++) {
    if (n % STEP === 0) {
      marks.push(nameAt(names, n))
      offsets.push(at + to)
    }
    const end = starts[n + 1] as number
    to = target.writeUInt16LE(end - (starts[n] as number), to)
    for (let from = starts[n] as number; from < end; from++) target[to++] = bytes[from] as number
  }
  scratched(() => {
    if (at === 0) makeDirectory(dirname(file))
    const fd = openSync(file, at === 0 ? 'wx' : 'r+', 0o600)
    try {
      for (let done = 0; done < target.length; ) done += writeSync(fd, target, done, target.length - done, at + done)
    } finally {
      closeSync(fd)
    }
  })
  return { marks, offsets, end: at + target.length }
}

function piecesOfRuns(
  directory: Key,
  file: string,
  runs: readonly Run[],
  size: number,
  allDirectories: number,
): readonly Piece[] {
  const marks = runs.flatMap((run) => run.marks).sort()
  const directories = Math.ceil((allDirectories * size) / (marks.length * STEP))
  const pieces: Piece[] = []
  const every = Math.max(1, Math.floor(size / STEP))
  for (let at = 0; at < marks.length; at += every) {
    const from = at === 0 ? '' : (marks[at] ?? '')
    const to = marks[at + every]
    const names: StoredNames = { file, spans: runs.flatMap((run) => spanOf(run, from, to)), from, to }
    pieces.push({ directory, names, count: size, directories: allDirectories === 0 ? 0 : directories })
  }
  return pieces
}

/** From the last known place at or before the range to the first behind it. */
function spanOf({ marks, offsets, end }: Run, from: string, to: string | undefined): readonly number[] {
  const first = Math.max(0, firstAfter(marks, from) - 1)
  const start = offsets[first] ?? end
  const stop = to === undefined ? end : (offsets[firstNotBefore(marks, to)] ?? end)
  return stop > start ? [start, stop] : []
}

function firstAfter(marks: readonly string[], name: string): number {
  return lowest(marks, (mark) => mark > name)
}

function firstNotBefore(marks: readonly string[], name: string): number {
  return lowest(marks, (mark) => mark >= name)
}

/** Index of the first for which it holds, in an order where it holds for all behind it. */
function lowest(marks: readonly string[], holds: (mark: string) => boolean): number {
  let low = 0
  let high = marks.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(marks[middle] ?? '')) high = middle
    else low = middle + 1
  }
  return low
}

export type ReadStored = (stored: StoredNames) => NameList

/** What it reads into serves one piece after the other. */
export function createReadStored(pool?: BytesPool): ReadStored {
  const bounds = createBounds()
  let room = Buffer.alloc(0)
  return (stored) => {
    const { spans } = stored
    const size = spans.reduce((sum, offset, at) => (at % 2 === 0 ? sum - offset : sum + offset), 0)
    if (room.length < size) room = Buffer.allocUnsafeSlow(size + (size >> 2))
    const bytes = room.subarray(0, size)
    scratched(() => readSpans(stored, bytes))
    const view = viewOf(bytes)
    const from = viewOf(Buffer.from(stored.from, 'latin1'))
    const to = stored.to === undefined ? undefined : viewOf(Buffer.from(stored.to, 'latin1'))
    bounds.clear()
    for (let at = 0; at < size; ) {
      const start = at + LENGTH_BYTES
      at = start + bytes.readUInt16LE(at)
      if (compareBytes(view, start, at, from, 0, from.byteLength) < 0) continue
      if (to === undefined || compareBytes(view, start, at, to, 0, to.byteLength) < 0) bounds.add(start, at)
    }
    return sortedBytes(bounds.of(bytes), pool)
  }
}

function readSpans({ file, spans }: StoredNames, into: Buffer): void {
  const fd = openSync(file, 'r')
  try {
    let to = 0
    for (let at = 0; at < spans.length; at += 2) {
      for (let offset = spans[at] as number; offset < (spans[at + 1] as number); ) {
        const read = readSync(fd, into, to, (spans[at + 1] as number) - offset, offset)
        if (read === 0) throw new Error('the file of names is cut short')
        offset += read
        to += read
      }
    }
  } finally {
    closeSync(fd)
  }
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path, 0o700)
  } catch (cause) {
    if (errorCode(cause) !== 'EEXIST') throw cause
  }
}

function scratched(work: () => void): void {
  try {
    work()
  } catch (cause) {
    throw new ScratchError(cause instanceof Error ? cause.message : String(cause), errorCode(cause))
  }
}
