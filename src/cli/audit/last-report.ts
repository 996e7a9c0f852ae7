/** What is told after the screen was left: the last state of the run, to every report that was asked for. */
import { resolve } from 'node:path'
import type { CheckEnd, RunEnd, RunEvent, RunStart } from '../../engine/events.js'
import { type Exit, exitAfterReports, exitOf, unwrittenExit } from '../../engine/exit-code.js'
import type { NamedReader } from '../../engine/fan-out.js'
import { createFindingsSink } from '../../engine/findings-sink.js'
import type { Litter } from '../../lib/litter.js'
import type { Book } from '../../tui/findings/book.js'
import { type OutputOptions, openOutputs, unwrittenText } from '../outputs.js'
import type { Prepared } from '../prepare.js'
import { openTelling, type TellingRequest } from '../telling.js'

export interface LastState {
  readonly start: RunStart
  readonly ends: readonly CheckEnd[]
  /** Undefined: the run broke off. */
  readonly end: RunEnd | undefined
  readonly hide: (text: string) => string
  /**
   * Told only now: a run is held against the one before the audit. Against one that failed a minute ago, whatever was wrong
   * would be no change.
   */
  readonly history?: NamedReader | undefined
  /** Of what the run was made: who is told of it. Undefined for one that is recorded. */
  readonly prepared?: Prepared | undefined
}

export interface LastReportOptions extends Omit<OutputOptions, 'before' | 'timer' | 'litter'> {
  readonly cwd: string
  readonly litter: Litter
  readonly book: Book
  readonly version: string
  /** Nobody is told unless it is asked for: whoever sits here knows. */
  readonly telling: TellingRequest
}

export async function tellLast(
  { start, ends, end, hide, history, prepared }: LastState,
  options: LastReportOptions,
): Promise<Exit> {
  const { book, cwd, litter, findingsDir, requests, stderr } = options
  const sink = findingsDir === undefined ? undefined : createFindingsSink({ dir: resolve(cwd, findingsDir), litter })
  const { signal } = new AbortController()
  const write = (text: string) => void stderr.write(text)
  const telling =
    prepared === undefined
      ? undefined
      : await openTelling(prepared, options.telling, {
          cwd,
          version: options.version,
          litter,
          interrupt: () => signal,
          write,
        })
  const before = [
    ...(sink === undefined ? [] : [{ name: `findings in ${findingsDir}`, onEvent: sink.onEvent }]),
    ...(history === undefined ? [] : [history]),
    ...(telling?.reader === undefined ? [] : [telling.reader]),
  ]
  const outputs = await openOutputs({ ...options, before, litter })
  try {
    await outputs.emit(findingsDir === undefined ? start : { ...start, findings: findingsDir })
    // The table shows the first few of each class; all others want all.
    const whole = sink !== undefined || requests.some(({ name }) => name !== 'table')
    for (const ended of ends) {
      for await (const event of findingsOf(ended.id, book, whole)) await outputs.emit(event)
      await outputs.emit(ended)
    }
    const incomplete = [book.incomplete() ?? []].flat()
    const remarks = [...incomplete, ...(sink?.remarks() ?? [])]
    if (end !== undefined) await outputs.emit({ ...end, warnings: [...end.warnings, ...remarks] })
    // A list that lacks some of what it should hold is no list.
    const lacking = whole ? incomplete : []
    const unwritten = [...lacking, ...(sink?.unwritten() ?? []), ...outputs.unwritten(), ...(await outputs.close())]
    stderr.write(unwrittenText(unwritten.map(hide)))
    const broken = { code: 3, reason: 'the run broke off' } as const
    const exit = end === undefined ? exitOf([broken, ...unwrittenExit(unwritten)]) : exitAfterReports(end, unwritten)
    return telling === undefined ? exit : await telling.finish(exit)
  } finally {
    await outputs.close()
    await sink?.close()
  }
}

/** As many as the table collects. */
const FEW = 5

async function* findingsOf(check: string, book: Book, whole: boolean): AsyncGenerator<RunEvent, void, void> {
  const signal = new AbortController().signal
  if (whole) {
    for (const number of await book.find({ check, sort: 'found' }, { signal })) yield eventOf(check, book, number)
    return
  }
  const first: number[] = []
  for (const finding of Object.keys(book.counts(check))) {
    let left = FEW
    for (const number of await book.find({ check, finding, sort: 'found' }, { signal })) {
      if (book.at(number).known === true) continue
      first.push(number)
      if (--left === 0) break
    }
  }
  // As they came.
  for (const number of first.sort((a, b) => a - b)) yield eventOf(check, book, number)
}

function eventOf(id: string, book: Book, number: number) {
  return { v: 1, type: 'check:finding', id, finding: book.at(number) } as const
}
