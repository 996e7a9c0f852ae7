/** Reads a recorded run, event by event. */
import { createReadStream } from 'node:fs'
import type { RunEvent } from '../engine/events.js'
import { UsageError } from '../lib/errors.js'
import { readEvent } from './event-schema.js'

export interface ReplayOptions {
  readonly signal: AbortSignal
  /** Told of a last line that was cut off: the run was killed while it wrote. */
  readonly onCutOff: (line: number) => void
}

/** Throws a UsageError with file and line where a line is no event, or the events are not one run in order. */
export async function* replay(path: string, { signal, onCutOff }: ReplayOptions): AsyncGenerator<RunEvent, void, void> {
  let number = 0
  let begun = false
  let ended = false
  for await (const { text, complete } of linesOf(path, signal)) {
    number++
    if (text.trim() === '') continue
    const event = readEvent(text)
    if ('wrong' in event) {
      if (!complete && begun) return onCutOff(number)
      throw wrong(path, number, event.wrong)
    }
    if (!begun && event.type !== 'run:start')
      throw wrong(path, number, `is ${event.type}, but a run begins with run:start`)
    if (begun && event.type === 'run:start') throw wrong(path, number, 'begins another run; give each run its own file')
    if (ended) throw wrong(path, number, `is ${event.type} after run:end`)
    begun = true
    ended = event.type === 'run:end'
    yield event
  }
  if (!begun) throw new UsageError(`${path} holds no run`, { suggestions: [RECORD] })
}

const RECORD = 'a run is recorded with: postflight verify --reporter ndjson:run.ndjson'

function wrong(path: string, line: number, why: string): UsageError {
  return new UsageError(`${path}:${line}: the line ${why}`, { suggestions: [RECORD] })
}

interface Line {
  readonly text: string
  /** Ended by a newline; only the last line may not be. */
  readonly complete: boolean
}

/** Longer than any event: what has no newline by then is not a recorded run. Characters. */
const LONGEST = 64 * 2 ** 20

async function* linesOf(path: string, signal: AbortSignal): AsyncGenerator<Line, void, void> {
  let rest = ''
  try {
    for await (const chunk of createReadStream(path, { encoding: 'utf8', signal })) {
      const lines = `${rest}${chunk}`.split('\n')
      rest = lines.pop() ?? ''
      for (const text of lines) yield { text, complete: true }
      if (rest.length > LONGEST) throw new UsageError(`${path} holds a line of more than 64 MiB: not a recorded run`)
    }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === undefined || signal.aborted) throw cause
    throw new UsageError(`${path} cannot be read: ${message}`, { cause })
  }
  if (rest !== '') yield { text: rest, complete: false }
}
