/** One look at the selected checks, over connections of its own. What came of it is recorded, to be told if it is the last. */
import { join } from 'node:path'
import type { CheckEnd, RunEnd, RunEvent } from '../../engine/events.js'
import { fanOut } from '../../engine/fan-out.js'
import { run } from '../../engine/run.js'
import { fold, NO_RUN } from '../../engine/tally.js'
import type { Check } from '../../kinds/kind.js'
import type { Litter } from '../../lib/litter.js'
import { openReportFile } from '../../reporters/files.js'
import { createNdjson } from '../../reporters/ndjson.js'
import { openRun } from '../open-run.js'
import type { Prepared } from '../prepare.js'
import type { RunRequest, World } from '../run-request.js'
import { bugText } from '../words.js'

export interface Round {
  readonly end: RunEnd
  /** In the order they ended. */
  readonly ends: readonly CheckEnd[]
  /** The recorded events. */
  readonly recording: string
}

export interface RoundOptions {
  readonly prepared: Prepared
  readonly request: RunRequest
  readonly world: Pick<World, 'cwd' | 'version'>
  readonly litter: Litter
  /** Directory for the recording. */
  readonly scratch: string
  readonly number: number
  /** Whatever is not done by then is cut off. */
  readonly deadlineMs: number
  readonly interrupt: AbortSignal
  /** Says something on stderr. */
  readonly write: (text: string) => void
}

export async function look(options: RoundOptions): Promise<Round> {
  const { prepared, request, world, litter, number, deadlineMs, interrupt, write } = options
  const once = { ...prepared, checks: prepared.checks.map(withoutRetry) }
  const opened = await openRun(once, { ...request, deadlineMs }, { ...world, litter, write })
  try {
    const recording = join(options.scratch, `${number}.ndjson`)
    const file = await openReportFile(recording, litter)
    const { onEvent } = createNdjson(file)
    let state = NO_RUN
    const onAny = (event: RunEvent) => {
      state = fold(state, event)
      return onEvent(event)
    }
    const readers = fanOut([{ name: 'the recording of this look', onEvent: onAny }])
    const end = await run({
      ...opened.options,
      deadlineFlag: '--for',
      emit: readers.emit,
      unwritten: readers.unwritten,
      onBug: (check, error) => write(bugText(check, error, { debug: request.debug, hide: prepared.redactor.text })),
      interrupt,
    })
    await file.commit()
    return { end, ends: state.ends, recording }
  } finally {
    await opened.close(true)
  }
}

/** The next look is the retry. One that asks a check to stay good for a while is kept, for it is a part of the question. */
function withoutRetry(check: Check): Check {
  return check.retry?.stableForMs === undefined ? { ...check, retry: undefined } : check
}
