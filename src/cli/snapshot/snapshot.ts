/** `postflight snapshot`: runs the checks and keeps what they measured, in one file to hold another run against. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { RunEnd, RunEvent } from '../../engine/events.js'
import { type Exit, exitOf } from '../../engine/exit-code.js'
import { run } from '../../engine/run.js'
import { fold, NO_RUN, type RunState } from '../../engine/tally.js'
import { createLitter } from '../../lib/litter.js'
import type { Json } from '../../lib/value.js'
import { writeText } from '../../reporters/write.js'
import { openSnapshotFile } from '../../snapshot/file.js'
import { measurePart } from '../../snapshot/parts.js'
import { type PartOfSnapshot, snapshotOf } from '../../snapshot/snapshot.js'
import { databaseNames } from '../databases.js'
import { watchSignals } from '../interrupt.js'
import { openRun } from '../open-run.js'
import { openOutputs, unwrittenText } from '../outputs.js'
import { type Prepared, prepare } from '../prepare.js'
import type { RunRequest, World } from '../run-request.js'
import { systemTimer } from '../timer.js'
import { bugText } from '../words.js'
import { jsonOf, linesOf, type Recording, unobservedIn } from './tell.js'

export interface SnapshotRequest extends RunRequest {
  readonly output: string
  readonly force: boolean
  /** File with a private key. */
  readonly sign?: string | undefined
  readonly json: boolean
}

export async function snapshot(request: SnapshotRequest, world: World): Promise<Exit> {
  const { cwd, env, stdout, stderr, version } = world
  const { quiet, color, requests, output, force, sign } = request
  const prepared = await prepare(request, world)
  const { redactor } = prepared
  const litter = createLitter(world.atExit)
  const file = await openSnapshotFile({ given: output, force, sign }, { cwd, litter })
  const write = (text: string) => void stderr.write(text)
  const opened = await openRun(prepared, request, { cwd, version, litter, write })
  let state = NO_RUN
  const reader = {
    name: 'the record',
    onEvent: (event: RunEvent) => {
      state = fold(state, event)
    },
  }
  const options = { requests, stdout, stderr, env, color, quiet, litter, timer: systemTimer, before: [reader] }
  const outputs = await openOutputs({ ...options, ownReport: true }).catch(async (error: unknown) => {
    await opened.close(false)
    throw error
  })
  const interrupt = watchSignals(world.signals, {
    onFirst: (signal) => outputs.say(`${signal}: stopping; no record is written. Once more ends at once.\n`),
    onSecond: outputs.erase,
  })
  try {
    const databases = await databaseNames(opened.connections, postgresOf(prepared), interrupt.signal)
    const kept = new Map<string, Json>()
    const partOf = (check: string) => join(opened.scratch.path, `part-${Buffer.from(check).toString('hex')}`)
    const end = await run({
      ...opened.options,
      emit: outputs.emit,
      recording: { keep: (check, what) => void kept.set(check, redactor.event(what)), partOf },
      unwritten: outputs.unwritten,
      onBug: (check, error) => outputs.say(bugText(check, error, { debug: request.debug, hide: redactor.text })),
      interrupt: interrupt.signal,
    })
    const unwritten = [...outputs.unwritten(), ...(await outputs.close())]
    stderr.write(unwrittenText(unwritten.map(redactor.text)))
    const none = noRecord(end)
    if (none !== undefined) {
      write(`${none.reason}: no record is written\n`)
      return none
    }
    const recording = await keep(file, state, { output, databases, kept, partOf, signed: sign !== undefined })
    const told = request.json ? jsonOf(recording) : linesOf(recording, { env, color, stdout, quiet })
    await writeText(stdout, told)
    return exitOf([...exitOfRecord(recording), ...(unwritten[0] === undefined ? [] : [unwrittenExit(unwritten[0])])])
  } finally {
    interrupt.dispose()
    await outputs.close()
    await opened.close(false)
  }
}

interface Keeping {
  readonly output: string
  readonly databases: Readonly<Record<string, string>>
  readonly kept: ReadonlyMap<string, Json>
  readonly partOf: (check: string) => string
  readonly signed: boolean
}

async function keep(
  file: Awaited<ReturnType<typeof openSnapshotFile>>,
  { start, ends }: RunState,
  { output, databases, kept, partOf, signed }: Keeping,
): Promise<Recording> {
  if (start === undefined) throw new Error('a run that has ended had a beginning')
  const withPart = [...kept.keys()].filter((check) => existsSync(partOf(check)))
  const paths = new Map(withPart.map((check) => [check, partOf(check)]))
  const parts = new Map<string, PartOfSnapshot>()
  for (const [check, path] of paths) parts.set(check, await measurePart(path))
  const taken = snapshotOf({ start, ends, databases, kept, parts })
  const about = { output, snapshot: taken, unobserved: unobservedIn(ends), signed }
  try {
    return { ...about, ...(await file.write(taken, paths)) }
  } catch (error) {
    return { ...about, unwritten: error instanceof Error ? error.message : String(error) }
  }
}

/** Why none is written: what was stopped half-way, what nobody trusts, and nothing at all. */
function noRecord(end: RunEnd): Exit | undefined {
  const code = end.exit.code
  if (code === 70 || code === 130 || code === 143) return { code, reason: end.exit.reason }
  return end.tally.checks === 0 ? { code: 4, reason: 'no check was selected' } : undefined
}

function exitOfRecord({ unwritten, unobserved }: Recording): readonly Exit[] {
  const open = unobserved.length === 0 ? [] : [{ code: 3, reason: 'not everything was observed' } as const]
  return unwritten === undefined ? open : [...open, { code: 5, reason: unwritten }]
}

function unwrittenExit(report: string): Exit {
  return { code: 5, reason: `a report could not be written: ${report}` }
}

function postgresOf({ spec, checks }: Prepared): readonly string[] {
  const used = new Set(checks.flatMap(({ uses }) => uses))
  return Object.keys(spec.connections).filter((name) => used.has(name) && spec.connections[name]?.type === 'postgres')
}
