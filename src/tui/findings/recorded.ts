/**
 * A recorded run as the audit opens it: one pass over the file checks its events as `postflight report` does and hands them
 * on; of findings it only keeps where they lie.
 */
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { readEvent } from '../../engine/event-schema.js'
import type { RunEvent } from '../../engine/events.js'
import { runOrder, unreadable, wrongLine } from '../../engine/recording.js'
import { UsageError } from '../../lib/errors.js'
import type { Book } from './book.js'
import { isProgress } from './head.js'
import { eachLine, type OnLine } from './lines.js'
import { createPlaces, type Places } from './places.js'
import { readingOf } from './reading.js'
import { createShelfReader } from './shelf-reader.js'
import { createShelves, type Shelves } from './shelves.js'
import { fileSource } from './source.js'

export interface RecordedOptions {
  readonly signal: AbortSignal
  /** A private directory that is there already, for what is sorted beyond memory. */
  readonly scratch: string
  /** Bytes read at once. */
  readonly block?: number | undefined
}

export interface RecordedRun {
  /** Everything but progress and findings. */
  readonly told: readonly RunEvent[]
  readonly book: Book
}

/** Throws a UsageError where the file is no recorded run, as `replay` does. */
export async function openRecorded(path: string, options: RecordedOptions): Promise<RecordedRun> {
  const { signal, scratch, block } = options
  const { file, size } = await openFile(path)
  try {
    const reader = createReader(path)
    await eachLine(file, { path, size, signal, block }, reader.onLine)
    const end = reader.end()
    const incomplete = (await file.stat()).size > size ? GROWING : end
    return {
      told: reader.told,
      book: {
        ...readingOf({ ...reader, source: fileSource(file), scratch }),
        add: () => refuse(),
        forget: () => refuse(),
        setAside: () => refuse(),
        putBack: () => refuse(),
        incomplete: () => incomplete,
        close: () => file.close(),
      },
    }
  } catch (cause) {
    await file.close()
    if (cause instanceof UsageError || signal.aborted) throw cause
    if ((cause as NodeJS.ErrnoException).code === undefined) throw cause
    throw unreadable(path, cause as Error)
  }
}

const GROWING = 'the recording is still written to; what came after it was opened is not here'

/** Not to wait for a writer where it is a pipe, which could not be read twice anyway. */
async function openFile(path: string): Promise<{ readonly file: FileHandle; readonly size: number }> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: Error) => {
    throw unreadable(path, cause)
  })
  try {
    const stats = await file.stat()
    if (stats.isFile()) return { file, size: stats.size }
    throw new UsageError(`${path} is ${stats.isDirectory() ? 'a directory' : 'no file that can be read twice'}`, {
      suggestions: ['a recorded run is a plain file: write it to one first'],
    })
  } catch (error) {
    await file.close()
    throw error
  }
}

interface Reader {
  readonly told: RunEvent[]
  readonly places: Places
  readonly shelves: Shelves
  readonly onLine: OnLine
  /** What is missing at the end, in words. Throws where there was no run. */
  readonly end: () => string | undefined
}

function createReader(path: string): Reader {
  const told: RunEvent[] = []
  const places = createPlaces()
  const shelves = createShelves()
  const order = runOrder(path)
  const reader = createShelfReader(shelves)
  let line = 0
  let cutOff: number | undefined

  const place = (shelf: number, offset: number, length: number): void => {
    shelves.put(shelf)
    places.add(offset, length, shelf)
  }
  const parse = (text: string, offset: number, length: number, whole: boolean): void => {
    if (text.trim() === '') return
    const event = readEvent(text)
    if ('wrong' in event) {
      if (whole || !order.hasBegun()) throw wrongLine(path, line, event.wrong)
      cutOff = line
      return
    }
    order.follow(line, event.type)
    if (event.type === 'check:finding') place(shelves.of(event.id, event.finding.finding), offset, length)
    else if (event.type !== 'check:progress') told.push(event)
    // Each attempt observes afresh, and the findings of the last one count.
    if (event.type !== 'check:start') return
    shelves.forget(event.id)
    reader.reset()
  }
  return {
    told,
    places,
    shelves,
    onLine: (bytes, from, to, offset, whole) => {
      line++
      const shelf = whole ? reader.shelfOf(bytes, from, to) : undefined
      if (shelf !== undefined) {
        order.follow(line, 'check:finding')
        place(shelf, offset, to - from)
      } else if (whole && isProgress(bytes, from, to)) order.follow(line, 'check:progress')
      else parse(bytes.toString('utf8', from, to), offset, to - from, whole)
    },
    end: () => {
      order.finish()
      if (cutOff !== undefined) return `line ${cutOff} of the recording is cut off; the run was killed there`
      return told.at(-1)?.type === 'run:end' ? undefined : 'the recording ends before the run did'
    },
  }
}

function refuse(): never {
  throw new Error('a recorded run is only read')
}
