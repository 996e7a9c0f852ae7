/** One run from check files to exit code: opens, runs, reports, closes. Judges nothing itself. */
import { resolve } from 'node:path'
import type { RunEnd } from '../engine/events.js'
import { type Exit, exitAfterReports, nagiosExit } from '../engine/exit-code.js'
import { createFindingsSink } from '../engine/findings-sink.js'
import { run } from '../engine/run.js'
import { UsageError } from '../lib/errors.js'
import { createLitter } from '../lib/litter.js'
import { escapeText } from '../lib/text-escape.js'
import { watchSignals } from './interrupt.js'
import { openRun } from './open-run.js'
import { openOutputs, unwrittenText } from './outputs.js'
import { type Prepared, prepare } from './prepare.js'
import { isForNagios } from './report-requests.js'
import type { RunRequest, World } from './run-request.js'
import { openTelling, tellNothingRan } from './telling.js'
import { systemTimer } from './timer.js'
import { bugText } from './words.js'

export async function verify(request: RunRequest, world: World): Promise<Exit> {
  const prepared = await prepare(request, world).catch(async (error: unknown) => {
    if (error instanceof UsageError) await tellNothingRan(request.ping, world.version)
    throw error
  })
  // From here on what keeps it from running may be another run that goes on well (--lock): that is no failure to tell of.
  return verifyPrepared(prepared, request, world)
}

async function verifyPrepared(prepared: Prepared, request: RunRequest, world: World): Promise<Exit> {
  const { cwd, env, version, stdout, stderr } = world
  const { requests, quiet, color, findingsDir } = request
  const { redactor } = prepared
  const litter = createLitter(world.atExit)
  const write = (text: string) => void stderr.write(text)
  const opened = await openRun(prepared, request, { cwd, version, litter, write })
  const { options, journal, history } = opened
  const sink = findingsDir === undefined ? undefined : createFindingsSink({ dir: resolve(cwd, findingsDir), litter })
  const telling = await openTelling(
    prepared,
    { ...request, notify: request.notify ?? true },
    { cwd, version, litter, interrupt: () => interrupt.signal, write },
  )
  const before = [
    ...(sink === undefined ? [] : [{ name: `findings in ${findingsDir}`, onEvent: sink.onEvent }]),
    ...(journal === undefined ? [] : [{ name: 'the journal', onEvent: journal.onEvent }]),
    ...(history === undefined ? [] : [history]),
    ...(telling.reader === undefined ? [] : [telling.reader]),
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
  const runAndReport = async (): Promise<{ readonly exit: Exit; readonly end: RunEnd }> => {
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
      return { exit: exitAfterReports(end, unwritten), end }
    } finally {
      await outputs.close()
      await sink?.close()
      await opened.close(over)
    }
  }
  try {
    telling.begin()
    const { exit, end } = await runAndReport()
    // Only now: whoever is slow to be told holds no connection, no journal and no lock.
    const told = await telling.finish(exit)
    return isForNagios(requests) ? nagiosExit(told, end) : told
  } catch (error) {
    if (!(error instanceof UsageError)) await telling.broke()
    throw error
  } finally {
    interrupt.dispose()
  }
}
