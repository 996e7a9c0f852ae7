/** Runs checks and tells of it in events. Opens nothing, prints nothing, knows no kind and no reporter. */
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { waiverWarnings } from '../judge/waive.js'
import { type Check, subjectsOf, toldSteps } from '../kinds/kind.js'
import { UsageError } from '../lib/errors.js'
import { vantageText } from '../vantage/schema.js'
import { checkEnd, notRun, troubled } from './check-end.js'
import { createEmitter } from './emitter.js'
import type { CheckEnd, PlannedCheck, RunEnd, RunStart } from './events.js'
import { type Exit, exitAfterReports, exitOf, unwrittenExit } from './exit-code.js'
import { gate } from './gate.js'
import { refuseCycles } from './requires.js'
import { type CheckEnv, namedSubjects, RUN_SLOT, runCheck } from './run-check.js'
import type { RunOptions } from './run-options.js'
import { partText, type Shard } from './shard.js'
import { createSlots } from './slots.js'
import { type StopError, stopOfRun } from './stop.js'
import { fold, NO_RUN } from './tally.js'
import { createWritesUnderWay } from './writes-under-way.js'

/** A canary is given five seconds to be cleaned up. */
const SETTLE_MS = 6000

/**
 * Resolves with the last event, whatever the checks do. A reader that throws does not end the run. Throws a UsageError
 * where no scratch directory can be made, and nothing else but bugs.
 */
export async function run(options: RunOptions): Promise<RunEnd> {
  refuseCycles(options.checks)
  const scratch = await makeScratch(options.scratchRoot)
  const stop = stopOfRun(options.interrupt, options.deadlineMs, options.deadlineFlag)
  const bugs: string[] = []
  const warnings: string[] = []
  const emitter = createEmitter(options.emit, options.redactor)
  const env: CheckEnv = {
    options,
    emitter,
    scratch,
    signal: stop.signal,
    slots: createSlots((name) =>
      name === RUN_SLOT ? options.concurrency : (options.limitOf(name) ?? options.concurrency),
    ),
    writes: createWritesUnderWay((warning) => warnings.push(warning)),
    bug: (check, error) => {
      bugs.push(check)
      options.onBug?.(check, error)
    },
  }
  try {
    const start = runStart(options)
    let state = fold(NO_RUN, start)
    await emitter.send(start)
    for await (const event of options.earlier?.events() ?? []) {
      state = fold(state, event)
      await emitter.send(event)
    }
    await settleAll(options.checks, env, stop.reason, async (end) => {
      state = fold(state, end)
      await emitter.send(end)
    })
    await env.writes.settle(SETTLE_MS)
    const unwritten = () => [...(options.unwritten?.() ?? []), ...emitter.problems()]
    const { shard } = options
    const { result, exits } = gate(options.gate, start.checks, state.ends, state.tally, isPart(shard))
    const stopped = stop.reason()
    const now = options.now()
    const end: RunEnd = {
      v: 1,
      type: 'run:end',
      at: now.toISOString(),
      duration_ms: now.getTime() - Date.parse(start.at),
      tally: state.tally,
      gate: result,
      exit: exitOfPart(
        exitOf([...bugExit(bugs), ...stopExit(stopped), ...exits, ...unwrittenExit(unwritten())]),
        shard,
      ),
      ...(stopped === undefined || stopped.by === 'timeout' ? {} : { interrupted: stopped.by }),
      warnings: [
        ...waiverWarnings(options.waivers, options.allIds, now),
        ...state.ends.flatMap((ended) => ended.warnings ?? []),
        ...warnings,
        ...(options.remarks?.() ?? []),
        ...unwritten(),
      ],
    }
    await emitter.send(end)
    return { ...end, exit: exitAfterReports(end, unwritten()) }
  } finally {
    stop.dispose()
    await rm(scratch, { recursive: true, force: true }).catch(() => undefined)
  }
}

async function makeScratch(root: string): Promise<string> {
  try {
    return await mkdtemp(join(root, 'postflight-'))
  } catch (cause) {
    throw new UsageError(`cannot make a scratch directory below ${root}`, {
      cause,
      suggestions: ['set TMPDIR to a directory that can be written'],
    })
  }
}

function runStart(options: RunOptions): RunStart {
  const {
    run,
    name,
    host,
    versions,
    files,
    selection,
    gate,
    warnings,
    checks,
    earlier,
    findings,
    history,
    heldAgainst,
  } = options
  return {
    v: 1,
    type: 'run:start',
    run: earlier?.run ?? run,
    ...(name === undefined ? {} : { name }),
    at: earlier?.at ?? options.now().toISOString(),
    host,
    versions,
    files,
    selection,
    gate,
    checks: checks.map((check) => planned(check, options)),
    warnings,
    ...(findings === undefined ? {} : { findings }),
    ...(heldAgainst === undefined ? {} : { baseline: heldAgainst }),
    ...(history === undefined ? {} : { history }),
    ...shardStart(options),
  }
}

function shardStart(options: RunOptions): Pick<RunStart, 'shard'> {
  const { shard } = options
  if (shard === undefined) return {}
  const { number, of, definition, divided, checks } = shard
  const all = checks.map((check) => planned(check, options))
  return { shard: { number, of, definition, checks: all, divided: [...divided] } }
}

/** A part may well have no check; a selection without any is empty in every part. */
function isPart(shard: Shard | undefined): boolean {
  return shard !== undefined && shard.checks.length > 0
}

/** That nothing stands against a part says nothing of the others. */
function exitOfPart(exit: Exit, shard: Shard | undefined): Exit {
  if (shard === undefined || exit.code !== 0) return exit
  return { code: 0, reason: `nothing stands against ${partText(shard)}; the verdict is that of all parts together` }
}

function planned(check: Check, { kindOf }: RunOptions): PlannedCheck {
  const { id, title, kind, owner, severity, remediation, runbook, migration, tags, requires, from, place, spec } = check
  return {
    id,
    ...(title === undefined ? {} : { title }),
    kind,
    owner,
    severity,
    remediation,
    ...(runbook === undefined ? {} : { runbook }),
    ...(migration === undefined ? {} : { migration }),
    tags,
    requires,
    vantage: vantageText(from),
    place,
    plan: toldSteps(kindOf(kind)?.plan(spec as never) ?? []),
  }
}

/** Every check as soon as those it requires have ended; all of them have ended when this resolves. */
async function settleAll(
  checks: readonly Check[],
  env: CheckEnv,
  stopped: () => StopError | undefined,
  onEnd: (end: CheckEnd) => Promise<void>,
): Promise<void> {
  const byId = new Map(checks.map((check) => [check.id, check]))
  const earlier = env.options.earlier?.ends ?? new Map<string, CheckEnd>()
  const endings = new Map([...earlier].map(([id, end]) => [id, Promise.resolve(end)]))
  const endOf = (check: Check): Promise<CheckEnd> => {
    const known = endings.get(check.id)
    if (known !== undefined) return known
    const ending = (async () => {
      const required = await Promise.all(
        check.requires.map(async (id) => {
          const one = byId.get(id)
          return { id, outcome: one === undefined ? 'not part of the run' : (await endOf(one)).outcome }
        }),
      )
      const bad = required.find(({ outcome }) => outcome !== 'pass' && outcome !== 'warn')
      const end = await settle(
        check,
        env,
        stopped(),
        bad === undefined ? undefined : `it requires ${bad.id}, which is ${bad.outcome}`,
      )
      await onEnd(end)
      return end
    })()
    endings.set(check.id, ending)
    return ending
  }
  await Promise.all(checks.map((check) => endOf(check)))
}

async function settle(
  check: Check,
  env: CheckEnv,
  stopped: StopError | undefined,
  blocked: string | undefined,
): Promise<CheckEnd> {
  const { options } = env
  const since = options.now()
  const none = { check, subjects: [], counts: {}, known: 0, attempts: [], since, now: since, waivers: options.waivers }
  try {
    const kind = options.kindOf(check.kind)
    if (kind === undefined) throw new Error(`there is no kind "${check.kind}"`)
    const subjects = subjectsOf(kind, check.spec, namedSubjects(check))
    if (check.skip !== undefined) return checkEnd({ ...none, ending: notRun('skip', check.skip, subjects) })
    if (stopped !== undefined) {
      const message = `${stopped.message} before it started`
      return checkEnd({ ...none, ending: notRun('error', message, subjects, stopped.hint) })
    }
    if (blocked !== undefined) return checkEnd({ ...none, ending: notRun('blocked', blocked, subjects) })
    return await runCheck(check, kind, env)
  } catch (error) {
    env.bug(check.id, error)
    const message = `unexpected error: ${error instanceof Error ? error.message : String(error)}`
    return checkEnd({ ...none, now: options.now(), ending: troubled(check, { message }, []) })
  }
}

function bugExit(bugs: readonly string[]): readonly Exit[] {
  const [first] = bugs
  return first === undefined ? [] : [{ code: 70, reason: `a bug in postflight, in check ${first}` }]
}

function stopExit(stopped: StopError | undefined): readonly Exit[] {
  if (stopped?.by === 'SIGTERM') return [{ code: 143, reason: 'terminated' }]
  if (stopped?.by === 'SIGINT') return [{ code: 130, reason: 'interrupted' }]
  return stopped === undefined ? [] : [{ code: 3, reason: stopped.message }]
}
