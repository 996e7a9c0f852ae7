/** Tells recorded runs again. A whole run is judged as it was then; the parts of one run are put together and judged. */
import type { RunEnd } from '../engine/events.js'
import { type Exit, exitAfterReports, exitOf, nagiosExit, unwrittenExit } from '../engine/exit-code.js'
import { escapeText } from '../lib/text-escape.js'
import { type OutputOptions, openOutputs, unwrittenText } from './outputs.js'
import { replay } from './replay.js'
import { isForNagios } from './report-requests.js'

export interface ReportOptions extends Omit<OutputOptions, 'timer'> {
  readonly runs: readonly string[]
  readonly signal: AbortSignal
}

/** Runs are told one after another. A UsageError is thrown before anything of the broken run has been told. */
export async function reportRuns({ runs, signal, ...options }: ReportOptions): Promise<Exit> {
  // All are read once beforehand: half a report of a broken recording would look like a whole one.
  const checked: { readonly path: string; readonly cutOff: number | undefined }[] = []
  for (const path of runs) checked.push({ path, cutOff: await check(path, signal) })

  const exits: Exit[] = []
  let last: RunEnd | undefined
  for (const { path, cutOff } of checked) {
    const outputs = await openOutputs(options)
    if (cutOff !== undefined) outputs.say(`${escapeText(path)}: line ${cutOff} is cut off; the run was killed there\n`)
    let end: RunEnd | undefined
    let unwritten: readonly string[] = []
    try {
      for await (const event of replay(path, { signal, onCutOff: () => {} })) {
        if (event.type === 'run:end') end = event
        await outputs.emit(event)
      }
    } finally {
      unwritten = await outputs.close()
      options.stderr.write(unwrittenText(unwritten))
    }
    last = end
    const broken: Exit = { code: 3, reason: `${path} records a run that broke off` }
    exits.push(end === undefined ? exitOf([broken, ...unwrittenExit(unwritten)]) : exitAfterReports(end, unwritten))
  }
  const exit = exitOf(exits)
  return isForNagios(options.requests) ? nagiosExit(exit, last) : exit
}

async function check(path: string, signal: AbortSignal): Promise<number | undefined> {
  let cutOff: number | undefined
  const noteCutOff = (line: number): void => {
    cutOff = line
  }
  for await (const _ of replay(path, { signal, onCutOff: noteCutOff }));
  return cutOff
}
