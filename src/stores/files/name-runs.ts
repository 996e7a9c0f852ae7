/**
 * Names of a directory with more of them than memory should hold: sorted runs in a file, never merged. A piece is a range
 * of names, with the spans of the file in which each run has them; who goes through it sorts those few together.
 */
import { randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Key } from '../../lib/key.js'
import { errorCode } from './errors.js'
import { isDirectoryName, type Piece, SEPARATOR, type StoredNames, splitNames } from './names.js'

/** Names of a directory in memory, or pieces of it where they are too many. */
export type Names = { readonly names: readonly string[] } | { readonly pieces: readonly Piece[] }

export interface NamesWhere {
  /** With its slash. */
  readonly directory: Key
  /** About so many names make a piece. */
  readonly size: number
  /** A directory for names that memory should not hold, made when there are some; without it they are held all the same. */
  readonly scratch: string | undefined
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

/** Names in a run: at some hundred bytes each, all that is held of a directory at a time. */
const RUN = 65_536
/** Every so many names of a run their place is known. */
const STEP = 32

interface Run {
  /** Every STEP-th name, and where it begins. */
  readonly marks: readonly string[]
  readonly offsets: readonly number[]
  readonly end: number
}

export interface NameRuns {
  readonly add: (name: string) => void
  readonly finish: () => Names
}

export function createNameRuns({ directory, size, scratch }: NamesWhere, most = RUN): NameRuns {
  const runs: Run[] = []
  let names: string[] = []
  let written = 0
  let directories = 0
  let file = ''
  const write = (): void => {
    names.sort()
    for (const name of names) if (isDirectoryName(name)) directories++
    file ||= join(scratch ?? '', `names-${randomBytes(8).toString('hex')}`)
    const run = writeRun(file, written, names)
    runs.push(run)
    written = run.end
    names = []
  }
  return {
    add: (name) => {
      if (names.push(name) >= most && scratch !== undefined) write()
    },
    finish: () => {
      if (runs.length === 0) return { names: names.sort() }
      if (names.length > 0) write()
      return { pieces: piecesOfRuns(directory, file, runs, size, directories) }
    },
  }
}

function writeRun(file: string, at: number, names: readonly string[]): Run {
  const marks: string[] = []
  const offsets: number[] = []
  const blocks: string[] = []
  let end = at
  for (let from = 0; from < names.length; from += STEP) {
    const block = `${names.slice(from, from + STEP).join(SEPARATOR)}${SEPARATOR}`
    marks.push(names[from] ?? '')
    offsets.push(end)
    blocks.push(block)
    end += block.length
  }
  scratched(() => {
    if (at === 0) makeDirectory(dirname(file))
    const bytes = Buffer.from(blocks.join(''), 'latin1')
    const fd = openSync(file, at === 0 ? 'wx' : 'r+', 0o600)
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, at + done)
    } finally {
      closeSync(fd)
    }
  })
  return { marks, offsets, end }
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

export function readStored({ file, spans, from, to }: StoredNames): string[] {
  const names: string[] = []
  scratched(() => {
    const fd = openSync(file, 'r')
    try {
      for (let at = 0; at < spans.length; at += 2) {
        const start = spans[at] ?? 0
        const bytes = Buffer.allocUnsafe((spans[at + 1] ?? 0) - start)
        for (let done = 0; done < bytes.length; ) {
          const read = readSync(fd, bytes, done, bytes.length - done, start + done)
          if (read === 0) throw new Error('the file of names is cut short')
          done += read
        }
        for (const name of splitNames(bytes.toString('latin1', 0, bytes.length - SEPARATOR.length))) {
          if (name >= from && (to === undefined || name < to)) names.push(name)
        }
      }
    } finally {
      closeSync(fd)
    }
  })
  return names.sort()
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
