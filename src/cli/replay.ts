/** Reads a recorded run, event by event. */
import { createReadStream } from 'node:fs'
import { readEvent } from '../engine/event-schema.js'
import type { RunEvent } from '../engine/events.js'
import { LONGEST_LINE, lineTooLong, runOrder, unreadable, wrongLine } from '../engine/recording.js'

export interface ReplayOptions {
  readonly signal: AbortSignal
  /** Told of a last line that was cut off: the run was killed while it wrote. */
  readonly onCutOff: (line: number) => void
}

/** Throws a UsageError with file and line where a line is no event, or the events are not one run in order. */
export async function* replay(path: string, { signal, onCutOff }: ReplayOptions): AsyncGenerator<RunEvent, void, void> {
  const order = runOrder(path)
  let number = 0
  for await (const { text, complete } of linesOf(path, signal)) {
    number++
    if (text.trim() === '') continue
    const event = readEvent(text)
    if ('wrong' in event) {
      if (!complete && order.hasBegun()) return onCutOff(number)
      throw wrongLine(path, number, event.wrong)
    }
    order.follow(number, event.type)
    yield event
  }
  order.finish()
}

interface Line {
  readonly text: string
  /** Ended by a newline; only the last line may not be. */
  readonly complete: boolean
}

async function* linesOf(path: string, signal: AbortSignal): AsyncGenerator<Line, void, void> {
  let rest = ''
  try {
    for await (const chunk of createReadStream(path, { encoding: 'utf8', signal })) {
      const lines = `${rest}${chunk}`.split('\n')
      rest = lines.pop() ?? ''
      for (const text of lines) yield { text, complete: true }
      if (rest.length > LONGEST_LINE) throw lineTooLong(path)
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === undefined || signal.aborted) throw cause
    throw unreadable(path, cause as Error)
  }
  if (rest !== '') yield { text: rest, complete: false }
}
