/** One run from check files to exit code: opens, runs, reports, closes. Judges nothing itself. */
import { resolve } from 'node:path'
import { type Exit, exitAfterReports, nagiosExit } from '../engine/exit-code.js'
import { createFindingsSink } from '../engine/findings-sink.js'
import { run } from '../engine/run.js'
import { createLitter } from '../lib/litter.js'
import { escapeText } from '../lib/text-escape.js'
import { watchSignals } from './interrupt.js'
import { openRun } from './open-run.js'
import { openOutputs, unwrittenText } from './outputs.js'
import { prepare } from './prepare.js'
import { isForNagios } from './report-requests.js'
import type { RunRequest, World } from './run-request.js'
import { systemTimer } from './timer.js'
import { bugText } from './words.js'

export async function verify(request: RunRequest, world: World): Promise<Exit> {
  const { cwd, env, version, stdout, stderr } = world
  const { requests, quiet, color, findingsDir } = request
  const prepared = await prepare(request, world)
  const { redactor } = prepared
  const litter = createLitter(world.atExit)
  const write = (text: string) => void stderr.write(text)
  const opened = await openRun(prepared, request, { cwd, version, litter, write })
  const { options, journal, history } = opened
  const sink = findingsDir === undefined ? undefined : createFindingsSink({ dir: resolve(cwd, findingsDir), litter })
  const before = [
    ...(sink === undefined ? [] : [{ name: `findings in ${findingsDir}`, onEvent: sink.onEvent }]),
    ...(journal === undefined ? [] : [{ name: 'the journal', onEvent: journal.onEvent }]),
    ...(history === undefined ? [] : [history]),
  ]
  const timer = systemTimer
  const outputs = await openOutputs({
    requests,
    stdout,
    stderr,
    env,
    color,
    quiet,
    findingsDir,
    before,
    timer,
    litter,
  }).catch(async (error: unknown) => {
    await opened.close(false)
    throw error
  })
  const interrupt = watchSignals(world.signals, {
    onFirst: (signal) =>
      outputs.say(`${signal}: stopping; the report of what is known follows. Once more ends at once.\n`),
    onSecond: outputs.erase,
  })
  let over = false
  try {
    const end = await run({
      ...options,
      emit: outputs.emit,
      unwritten: () => [...(sink?.unwritten() ?? []), ...outputs.unwritten()],
      remarks: () => [...(sink?.remarks() ?? []), ...(options.remarks?.() ?? [])],
      onBug: (check, error) => outputs.say(bugText(check, error, { debug: request.debug, hide: redactor.text })),
      interrupt: interrupt.signal,
    })
    const unwritten = [...(sink?.unwritten() ?? []), ...outputs.unwritten(), ...(await outputs.close())]
    stderr.write(unwrittenText(unwritten.map(redactor.text)))
    over = end.interrupted === undefined
    if (!over && journal !== undefined)
      stderr.write(`the same command goes on with the journal in ${escapeText(request.resume ?? '')}\n`)
    const exit = exitAfterReports(end, unwritten)
    return isForNagios(requests) ? nagiosExit(exit, end) : exit
  } finally {
    await outputs.close()
    await sink?.close()
    await opened.close(over)
    interrupt.dispose()
  }
}
