/**
 * `postflight wait`: looks at the selected checks again and again, until all are good or the time is over. An error is
 * "not yet" here, for what is being started cannot answer; what is wrong with the check files or the command line is not,
 * and is thrown before the first look.
 */
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { CheckEnd } from '../../engine/events.js'
import { type Exit, exitAfterReports, exitOf, nagiosExit, unwrittenExit } from '../../engine/exit-code.js'
import { createLitter } from '../../lib/litter.js'
import { detectColor, detectUnicode, detectWidth } from '../../lib/text-terminal.js'
import { createStyle } from '../../reporters/style.js'
import { watchSignals } from '../interrupt.js'
import { type Outputs, openOutputs, unwrittenText } from '../outputs.js'
import { prepare } from '../prepare.js'
import { replay } from '../replay.js'
import { isForNagios } from '../report-requests.js'
import type { RunRequest, World } from '../run-request.js'
import { openScratch } from '../scratch.js'
import { createWaitProgress, type WaitProgress } from './progress.js'
import { look, type Round } from './round.js'

export interface WaitRequest extends RunRequest {
  readonly forMs: number
  readonly everyMs: number
}

/** The last look takes place this long before the end, not at it, where it would be cut off at once. */
const LAST_LOOK_MS = 1000

export async function wait(request: WaitRequest, world: World): Promise<Exit> {
  const { env, stdout, stderr } = world
  const { requests, quiet, color } = request
  const prepared = await prepare(request, world)
  const litter = createLitter(world.atExit)
  const outputs = await openOutputs({ requests, stdout, stderr, env, color, quiet, litter })
  const scratch = await openScratch(tmpdir(), litter)
  const style = createStyle({
    width: detectWidth(env, stderr),
    color: detectColor(env, stderr, color),
    unicode: detectUnicode(env, process.platform),
  })
  const progress = createWaitProgress(style, quiet ? () => {} : (text) => void stderr.write(text))
  const write = (text: string) => void stderr.write(text)
  const interrupt = watchSignals(world.signals, {
    onFirst: (signal) => write(`${signal}: stopping; the report of the last look follows. Once more ends at once.\n`),
    onSecond: () => {},
  })
  try {
    const { signal } = interrupt
    const looks = (number: number, deadlineMs: number) =>
      look({ prepared, request, world, litter, scratch: scratch.path, number, deadlineMs, interrupt: signal, write })
    const { last, ready } = await repeat(looks, request, {
      checks: prepared.checks.map(({ id }) => id),
      progress,
      signal,
    })
    // A start that went well has nothing to say, unless it was asked for.
    if (!ready || requests.length > 0) await tell(last.recording, outputs)
    const unwritten = await outputs.close()
    stderr.write(unwrittenText(unwritten.map(prepared.redactor.text)))
    const exit = exitOf([...unwrittenExit(unwritten), ...(ready ? [] : [exitOfLast(last, signal)])])
    return isForNagios(requests) ? nagiosExit(exit, last.end) : exit
  } finally {
    await outputs.close()
    await scratch.remove()
    interrupt.dispose()
  }
}

interface Repeating {
  readonly checks: readonly string[]
  readonly progress: WaitProgress
  readonly signal: AbortSignal
}

/** The last look that came to its own end, or what there is of the first. */
async function repeat(
  looks: (number: number, deadlineMs: number) => Promise<Round>,
  { forMs, everyMs }: WaitRequest,
  { checks, progress, signal }: Repeating,
): Promise<{ readonly last: Round; readonly ready: boolean }> {
  const begun = performance.now()
  const elapsed = () => performance.now() - begun
  let last: Round | undefined
  progress.begin(checks.length, forMs, everyMs)
  for (let number = 1; ; number++) {
    const round = await looks(number, Math.max(1, forMs - elapsed()))
    const whole = round.end.interrupted === undefined
    const passedOver = last === undefined || whole ? last : round
    if (passedOver !== undefined) await rm(passedOver.recording, { force: true })
    if (last === undefined || whole) last = round
    const missing = missingOf(round.ends, checks)
    const ready = round.end.exit.code === 0 && missing.length === 0
    const pauseMs = Math.min(everyMs, forMs - elapsed() - LAST_LOOK_MS)
    const nothingToWaitFor = checks.length === 0 || round.end.exit.code === 70 || !whole
    if (!ready && whole) progress.notYet(missing, checks.length, round.end.exit.reason, elapsed())
    const over = ready || nothingToWaitFor || pauseMs <= 0 || !(await waited(pauseMs, signal))
    if (!over) continue
    progress.over(ready, elapsed(), number)
    return { last, ready }
  }
}

/** In the order of the file. Stricter than the gate: what nobody could look at is not there yet, whatever its severity. */
function missingOf(ends: readonly CheckEnd[], checks: readonly string[]): readonly CheckEnd[] {
  return ends
    .filter(({ outcome }) => outcome === 'fail' || outcome === 'error' || outcome === 'blocked')
    .toSorted((a, b) => checks.indexOf(a.id) - checks.indexOf(b.id))
}

/** False: interrupted meanwhile. */
async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  await pause(ms, undefined, { signal }).catch(() => undefined)
  return !signal.aborted
}

/** Whatever ended the waiting: what is known is told all the same. */
async function tell(recording: string, outputs: Outputs): Promise<void> {
  const { signal } = new AbortController()
  for await (const event of replay(recording, { signal, onCutOff: () => {} })) await outputs.emit(event)
}

/** What did not hold at the end is never 0, also where the gate would let it through. */
function exitOfLast({ end, ends }: Round, signal: AbortSignal): Exit {
  if (signal.aborted && end.interrupted === undefined)
    return signal.reason === 'SIGTERM' ? { code: 143, reason: 'terminated' } : { code: 130, reason: 'interrupted' }
  const exit = exitAfterReports(end, [])
  if (exit.code !== 0) return exit
  return ends.some(({ outcome }) => outcome === 'fail')
    ? { code: 1, reason: 'not all checks pass, and the time is over' }
    : { code: 3, reason: 'not all checks could be evaluated, and the time is over' }
}
