/** `report --trend`: of recorded runs, or of the newest run of a history, what changed and how subjects moved. */
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { CheckEnd, PastRuns, RunEnd, RunStart } from '../engine/events.js'
import { type Exit, exitOf } from '../engine/exit-code.js'
import { type History, openHistory } from '../history/history.js'
import { pastOf } from '../history/past.js'
import { UsageError } from '../lib/errors.js'
import { listWords } from '../lib/text.js'
import { escapeText } from '../lib/text-escape.js'
import { detectColor, detectUnicode, detectWidth, type Env } from '../lib/text-terminal.js'
import { createStyle, joinLines } from '../reporters/style.js'
import { type TrendRun, trendLines } from '../reporters/trend-table.js'
import { writeText } from '../reporters/write.js'
import type { OutStream } from './outputs.js'
import { replay } from './replay.js'

export interface TrendOptions {
  readonly runs: readonly string[]
  /** Directory of the history, as given. */
  readonly history: string | undefined
  readonly cwd: string
  readonly stdout: OutStream
  readonly stderr: OutStream
  readonly env: Env
  readonly color: boolean
  readonly quiet: boolean
  readonly signal: AbortSignal
}

/** Ends as the runs that are shown ended. */
export async function showTrend(options: TrendOptions): Promise<Exit> {
  const { stdout, stderr, env, quiet } = options
  const history = options.history === undefined ? undefined : await openExisting(options.history, options.cwd)
  if (history === undefined && options.runs.length === 0)
    throw new UsageError('--trend needs a recorded run or a history', {
      suggestions: ['postflight report --trend --history DIR', 'postflight report --trend run.ndjson'],
    })
  const shown: (TrendRun & { readonly of: string })[] = []
  for (const path of options.runs) shown.push({ ...(await recorded(path, history, options.signal)), of: path })
  if (history !== undefined && options.runs.length === 0)
    shown.push({ ...(await newest(history)), of: `the newest run in ${history.given}` })

  const width = detectWidth(env, stdout)
  const style = createStyle({
    width,
    color: detectColor(env, stdout, options.color),
    unicode: detectUnicode(env, process.platform),
  })
  const lines = shown.flatMap((run, index) => [...(index === 0 ? [] : ['']), ...trendLines(run, style, { quiet })])
  await writeText(stdout, joinLines(lines))
  const damaged = history?.damaged() ?? []
  if (damaged.length > 0)
    stderr.write(`warning: records that cannot be read are passed over: ${escapeText(listWords(damaged))}\n`)
  return exitOf(
    shown.map(({ exit, of }): Exit => {
      if (exit === undefined) return { code: 3, reason: `${of} records a run that broke off` }
      return { code: exit as Exit['code'], reason: `${of} ended so` }
    }),
  )
}

/** What is asked for a trend must be there: an empty history is no answer to a misspelt name. */
async function openExisting(given: string, cwd: string): Promise<History> {
  const path = resolve(cwd, given)
  const there = await stat(path).catch(() => undefined)
  if (there?.isDirectory() !== true)
    throw new UsageError(`--history ${given} is not a directory`, {
      suggestions: ['name the directory that `verify --history` keeps runs in'],
    })
  return openHistory(path, given)
}

async function recorded(path: string, history: History | undefined, signal: AbortSignal): Promise<TrendRun> {
  let start: RunStart | undefined
  let end: RunEnd | undefined
  const ends = new Map<string, CheckEnd>()
  for await (const event of replay(path, { signal, onCutOff: () => {} })) {
    if (event.type === 'run:start') start = event
    else if (event.type === 'check:end') ends.set(event.id, event)
    else if (event.type === 'run:end') end = event
  }
  if (start === undefined) throw new Error('a recording without a beginning was read')
  const past = await pastOfRun(path, start, history)
  const checks = start.checks.flatMap(({ id }) => ends.get(id) ?? [])
  return { name: start.name, at: start.at, exit: end?.exit.code, checks, past }
}

async function pastOfRun(path: string, start: RunStart, history: History | undefined): Promise<PastRuns> {
  const { name, at, checks } = start
  if (history !== undefined) return pastOf(history, { name, checks: checks.map(({ id }) => id), before: at })
  if (start.history !== undefined) return start.history
  throw new UsageError(`${path} was recorded without a history, so it has no trend`, {
    suggestions: ['name one to hold it against: --history DIR'],
  })
}

async function newest(history: History): Promise<TrendRun> {
  for await (const { name, at, exit, checks } of history.all()) {
    const ids = Object.keys(checks)
    const past = await pastOf(history, { name, checks: ids, before: at })
    return { name, at, exit, checks: Object.entries(checks).map(([id, check]) => ({ id, ...check })), past }
  }
  throw new UsageError(`--history ${history.given} holds no run yet`, {
    suggestions: ['a run is kept by `postflight verify --history DIR`'],
  })
}
