/** What makes lines of events a recorded run: it begins with run:start, ends with run:end and is one run. */
import { UsageError } from '../lib/errors.js'

/** Longer than any event: what has no newline by then is not a recorded run. */
export const LONGEST_LINE = 64 * 2 ** 20

const RECORD = 'a run is recorded with: postflight verify --reporter ndjson:run.ndjson'

export interface RunOrder {
  /** Throws a UsageError with file and line where an event of this type cannot stand there. */
  readonly follow: (line: number, type: string) => void
  readonly hasBegun: () => boolean
  /** Called behind the last line. Throws a UsageError where there was no event. */
  readonly finish: () => void
}

export function runOrder(path: string): RunOrder {
  let begun = false
  let ended = false
  return {
    follow: (line, type) => {
      if (!begun && type !== 'run:start') throw wrongLine(path, line, `is ${type}, but a run begins with run:start`)
      if (begun && type === 'run:start') throw wrongLine(path, line, 'begins another run; give each run its own file')
      if (ended) throw wrongLine(path, line, `is ${type} after run:end`)
      begun = true
      ended = type === 'run:end'
    },
    hasBegun: () => begun,
    finish: () => {
      if (!begun) throw new UsageError(`${path} holds no run`, { suggestions: [RECORD] })
    },
  }
}

export function wrongLine(path: string, line: number, why: string): UsageError {
  return new UsageError(`${path}:${line}: the line ${why}`, { suggestions: [RECORD] })
}

export function lineTooLong(path: string): UsageError {
  return new UsageError(`${path} holds a line of more than 64 MiB: not a recorded run`)
}

export function unreadable(path: string, cause: Error): UsageError {
  return new UsageError(`${path} cannot be read: ${cause.message}`, { cause })
}
