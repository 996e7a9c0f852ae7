/** One check from its first attempt to its end. Never throws for what a check does; what it throws is our bug. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { judgePart } from '../judge/part.js'
import type { CheckRecord, Recorded } from '../judge/record.js'
import { type JudgeInput, judge, type Verdict } from '../judge/verdict.js'
import { type Check, type Part, type SubjectSpec, subjectsOf } from '../kinds/kind.js'
import { formatNumber } from '../lib/text.js'
import { formatDuration } from '../lib/units.js'
import { lookOnce, type Trouble } from './attempt.js'
import { checkEnd, type Ending, notRun, troubled } from './check-end.js'
import type { Emitter } from './emitter.js'
import type { Attempt, CheckEnd } from './events.js'
import { createIntake, type Intake } from './intake.js'
import { judgingOf } from './judging.js'
import { hasExpired } from './known-findings.js'
import { createProgress } from './progress.js'
import { nextAttempt, type RetryState } from './retry.js'
import type { RunnableKind, RunOptions } from './run-options.js'
import { NO_BASELINE, seenRecord } from './seen-record.js'
import { partText } from './shard.js'
import type { Slots } from './slots.js'
import { StopError } from './stop.js'
import { vantageMethod, withMethod } from './vantage-method.js'
import type { WritesUnderWay } from './writes-under-way.js'

export interface CheckEnv {
  readonly options: RunOptions
  readonly emitter: Emitter
  readonly slots: Slots
  /** The run's own scratch directory. */
  readonly scratch: string
  readonly signal: AbortSignal
  readonly writes: WritesUnderWay
  readonly bug: (check: string, error: unknown) => void
}

/** The slot every check takes besides its connections. */
export const RUN_SLOT = '\0run'

interface Tried {
  /** After its slots were taken: waiting for one is not time of the check. */
  readonly began: Date
  readonly ending: Ending
  readonly intake: Intake
}

export async function runCheck(check: Check, kind: RunnableKind, env: CheckEnv): Promise<CheckEnd> {
  const { now, waivers } = env.options
  let since = now()
  const subjects = subjectsOf(kind, check.spec, namedSubjects(check))
  const attempts: Attempt[] = []
  let state: RetryState = { since: since.getTime(), bad: 0 }
  let tried: Tried | undefined
  let stopped: Ending | undefined
  try {
    for (;;) {
      await tried?.intake.discard()
      tried = await attempt(check, kind, subjects, attempts.length + 1, env)
      const { began } = tried
      const { outcome, message } = tried.ending
      if (attempts.length === 0) {
        since = began
        state = { since: began.getTime(), bad: 0 }
      }
      const ended = now()
      const duration_ms = ended.getTime() - began.getTime()
      attempts.push({ outcome, at: began.toISOString(), duration_ms, ...(message === undefined ? {} : { message }) })
      const next = nextAttempt(check.retry, state, outcome, ended.getTime())
      if (next === undefined) break
      state = next.state
      await pause(next.pauseMs, env.signal)
    }
  } catch (error) {
    if (!(error instanceof StopError)) throw error
    stopped = notRun('error', error.message, subjects, error.hint)
  }
  await tried?.intake.release()
  const ending = stopped ?? (tried === undefined ? notRun('error', 'it did not run', subjects) : tried.ending)
  return checkEnd({
    check,
    subjects,
    ending: afterRetry(ending, attempts, now().getTime() - since.getTime()),
    counts: tried?.intake.counts() ?? {},
    known: Object.values(tried?.intake.known() ?? {}).reduce((sum, count) => sum + count, 0),
    attempts,
    since,
    now: now(),
    waivers,
    warnings: knownWarnings(check, ending, tried?.intake, env.options),
  })
}

async function attempt(
  check: Check,
  kind: RunnableKind,
  subjects: readonly SubjectSpec[],
  number: number,
  env: CheckEnv,
): Promise<Tried> {
  const { options, emitter } = env
  const giveBack = await env.slots.take([RUN_SLOT, ...check.uses], env.signal)
  try {
    const began = options.now()
    await emitter.send({ v: 1, type: 'check:start', id: check.id, at: began.toISOString(), attempt: number })
    const progress = createProgress(check.id, options.now, emitter.progress)
    const part = partOf(check, options)
    const intake = createIntake({
      // How many known findings are too many is asked of all parts together.
      check:
        part === undefined || check.known === undefined
          ? check
          : { ...check, known: { ...check.known, max: undefined } },
      subjects,
      now: began,
      path: join(env.scratch, `held-${Buffer.from(check.id).toString('hex')}-${number}`),
      emit: (finding) => emitter.send({ v: 1, type: 'check:finding', id: check.id, finding }),
    })
    const checkpoints = options.checkpoints?.(check.id)
    if (options.recording !== undefined && number > 1) await rm(options.recording.partOf(check.id), { force: true })
    // Each attempt looks afresh; only the first may go on from what an interrupted run left.
    if (checkpoints !== undefined && number > 1) await rm(checkpoints, { recursive: true, force: true })
    const surroundings = options.seenFrom(check.from)
    let via: string | undefined
    const trouble = (what: Trouble): Tried => {
      if (what.bug !== undefined) env.bug(check.id, what.bug)
      return { began, intake, ending: withMethod(troubled(check, what, subjects), via) }
    }
    const { observe } = await kind.load()
    const looked = await lookOnce({
      check,
      observe,
      context: {
        ...surroundings,
        allowed: options.allowed,
        now: options.now,
        showData: options.showData,
        checkpoints,
        record: seenRecord(check.id, options),
        part,
      },
      onFindings: intake.take,
      onProgress: progress.step,
      signal: env.signal,
      scratchRoot: env.scratch,
      graceMs: options.graceMs ?? 1000,
      writes: env.writes,
    })
    progress.finish()
    via = await vantageMethod(check.from, surroundings.vantage)
    if ('trouble' in looked) return trouble(looked.trouble)
    const { observation } = looked
    const wrong = intake.wrong(observation)
    if (wrong !== undefined) return trouble({ message: `unexpected error: ${wrong}`, bug: new Error(wrong) })
    const input: JudgeInput = {
      check,
      observation,
      subjects,
      known: intake.known(),
      baseline: baselineOf(check.id, options),
      previous: previousOf(check.id, options),
      showData: options.showData,
      ...(options.recording === undefined ? {} : { mayJudgeNothing: true }),
    }
    if (observation.kept !== undefined) options.recording?.keep(check.id, observation.kept)
    const verdict = part === undefined ? judge(input) : judgedPart(input, { check, part, intake, options })
    const ending = { ...verdict, notes: [...verdict.notes, ...intake.notes(), ...already(input.baseline, verdict)] }
    return { began, intake, ending: withMethod(ending, via) }
  } finally {
    giveBack()
  }
}

function partOf({ id, kind }: Check, { shard, kindOf }: RunOptions): Part | undefined {
  if (shard === undefined || kindOf(kind)?.divides !== true) return undefined
  const { number, of, like } = shard
  const ledger = like?.get(id)
  return { number, of, ...(ledger === undefined ? {} : { like: ledger }) }
}

/** What can be said of a part alone, and all it takes to judge the parts together. */
function judgedPart(
  input: JudgeInput,
  {
    check,
    part,
    intake,
    options,
  }: { readonly check: Check; readonly part: Part; readonly intake: Intake; readonly options: RunOptions },
): Omit<Ending, 'outcome'> & Pick<Verdict, 'outcome'> {
  const { ledger, open } = input.observation.part ?? {}
  if (ledger === undefined || open === undefined) throw new Error(`kind ${check.kind} divides and gave no part`)
  const verdict = judgePart(input, open)
  const { subjects, baseline, previous } = input
  const { number, of } = part
  const note = `${partText(part)}: what it expects is judged when all parts are put together`
  return {
    ...verdict,
    notes: [note, ...verdict.notes],
    part: {
      number,
      of,
      ledger,
      open,
      judging: judgingOf({ check, subjects, baseline, previous, waivers: options.waivers }),
      known_keys: intake.seenKnown(),
    },
  }
}

export function namedSubjects({ assertions }: Check): readonly string[] {
  return assertions.map(({ subject }) => subject)
}

/** What was wrong before the move is not its fault. */
function already(baseline: Recorded, { outcome, assertions }: Pick<Verdict, 'outcome' | 'assertions'>): string[] {
  if (outcome !== 'fail' || !('record' in baseline) || baseline.record.outcome !== 'fail') return []
  const { subjects } = baseline.record
  const broken = assertions.filter(({ level, ok, op }) => level === 'expect' && !ok && op !== 'baseline')
  const then = [...new Set(broken.map(({ subject }) => subject))].flatMap((subject) =>
    typeof subjects[subject] === 'number' ? [`${subject} ${formatNumber(subjects[subject])}`] : [],
  )
  return [`it failed before the move, too${then.length === 0 ? '' : `: ${then.join(', ')} then`}`]
}

function baselineOf(id: string, { baseline, recording }: RunOptions): Recorded {
  if (recording !== undefined) return { dropped: 'the record is being taken' }
  if (baseline === 'dropped') return { dropped: '--no-baseline' }
  if (baseline === undefined) return { missing: NO_BASELINE }
  return recorded(baseline.get(id)) ?? { missing: `the baseline does not have the check "${id}"` }
}

function previousOf(id: string, { previous }: RunOptions): Recorded {
  if (previous === undefined) return { dropped: 'no history is kept: --history DIR' }
  return recorded(previous.get(id)) ?? { dropped: 'the history has no earlier run that measured this check' }
}

function recorded(record: CheckRecord | undefined): Recorded | undefined {
  return record === undefined ? undefined : { record }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal })
  } catch {
    throw signal.reason
  }
}

/** A pass that took several attempts says so. */
function afterRetry(ending: Ending, attempts: readonly Attempt[], ms: number): Ending {
  const good = ending.outcome === 'pass' || ending.outcome === 'warn'
  if (!good || attempts.length < 2) return ending
  const took = formatDuration(ms).replace(/([\d.]+)([a-z]+)/g, '$1 $2')
  return { ...ending, message: `${ending.outcome}, ${attempts.length} attempts, ${took}` }
}

function knownWarnings(
  { id, known }: Check,
  { outcome }: Ending,
  intake: Intake | undefined,
  { now, shard }: RunOptions,
): readonly string[] {
  if (known === undefined) return []
  const expired = hasExpired(known, now())
    ? [`known findings of "${id}" expired on ${known.expires}: ${known.reason}`]
    : []
  const unseen = intake?.unseenKnown() ?? 0
  const evaluated = outcome === 'pass' || outcome === 'warn' || outcome === 'fail'
  // A key that this part has not found may be in another.
  return evaluated && unseen > 0 && shard === undefined
    ? [...expired, `${unseen} known keys of "${id}" were not found any more`]
    : expired
}
