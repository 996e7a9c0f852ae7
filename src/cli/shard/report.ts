/** `report` of the parts of a run: one verdict, one report, one exit code. */
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { type Exit, exitAfterReports, nagiosExit } from '../../engine/exit-code.js'
import { createFindingsSink } from '../../engine/findings-sink.js'
import { merge } from '../../engine/merge.js'
import { kinds } from '../../kinds/index.js'
import { createLitter } from '../../lib/litter.js'
import { type OutputOptions, openOutputs, unwrittenText } from '../outputs.js'
import { isForNagios } from '../report-requests.js'
import { openScratch } from '../scratch.js'
import { gatherParts } from './gather.js'

export interface ReportPartsOptions extends Omit<OutputOptions, 'timer' | 'litter' | 'before'> {
  readonly runs: readonly string[]
  readonly signal: AbortSignal
  readonly cwd: string
  /** Calls it when the process ends, however that comes. */
  readonly atExit: (call: () => void) => void
}

/** Throws a UsageError where what is named is not the parts of one run, before anything is told. */
export async function reportParts({ runs, signal, cwd, atExit, ...options }: ReportPartsOptions): Promise<Exit> {
  const litter = createLitter(atExit)
  const scratch = await openScratch(tmpdir(), litter)
  try {
    const { parts, troubles } = await gatherParts(runs, { scratch: scratch.path, signal })
    const { findingsDir } = options
    const sink = findingsDir === undefined ? undefined : createFindingsSink({ dir: resolve(cwd, findingsDir), litter })
    const before = sink === undefined ? [] : [{ name: `findings in ${findingsDir}`, onEvent: sink.onEvent }]
    const outputs = await openOutputs({ ...options, before, litter })
    try {
      const end = await merge({
        parts,
        troubles,
        combineOf: async (name) => (await (await kinds.load([name]))[0]?.load())?.combine,
        emit: outputs.emit,
        signal,
        scratch: scratch.path,
        findings: findingsDir,
        ...(sink === undefined ? {} : { remarks: sink.remarks }),
      })
      const unwritten = [...(sink?.unwritten() ?? []), ...outputs.unwritten(), ...(await outputs.close())]
      options.stderr.write(unwrittenText(unwritten))
      const exit = exitAfterReports(end, unwritten)
      return isForNagios(options.requests) ? nagiosExit(exit, end) : exit
    } finally {
      await outputs.close()
      await sink?.close()
    }
  } finally {
    await scratch.remove()
  }
}
