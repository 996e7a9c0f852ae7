/**
 * Puts the recorded parts of a run together into the events of one run. A check of which every part has a part is judged
 * again, over the sums; of any other the worst ending counts. What a part does not tell is could-not-tell, never a pass.
 */
import type { Combine, Finding } from '../kinds/kind.js'
import { formatDuration } from '../lib/units.js'
import type { CheckEnd, Emit, PlannedCheck, RunEnd, RunStart } from './events.js'
import { exitOf } from './exit-code.js'
import { gate } from './gate.js'
import { mergeDivided, type Told } from './merge-divided.js'
import { untoldEnd, worstPart } from './merge-whole.js'
import type { PartRun } from './part-run.js'
import { checksOfPart, partText } from './shard.js'
import { fold, NO_RUN } from './tally.js'

export interface MergeOptions {
  /** Those there are, ascending; at least one. All are of the same run. */
  readonly parts: readonly PartRun[]
  /** Why a part does not count as a whole one, by its number: it is missing, was given twice, broke off. */
  readonly troubles: ReadonlyMap<number, string>
  readonly combineOf: (kind: string) => Promise<Combine | undefined>
  readonly emit: Emit
  readonly signal: AbortSignal
  /** Where to sort what was found. */
  readonly scratch: string
  /** Where all findings are written, as the user named it. */
  readonly findings?: string | undefined
  /** What readers have to say of what they wrote. */
  readonly remarks?: (() => readonly string[]) | undefined
}

export async function merge(options: MergeOptions): Promise<RunEnd> {
  const { parts, troubles, emit } = options
  const start = mergedStart(options)
  const warnings: string[] = []
  let state = fold(NO_RUN, start)
  await emit(start)
  const outcomes = new Map<string, CheckEnd['outcome']>()
  const byId = new Map(start.checks.map((check) => [check.id, check]))
  const settle = async (planned: PlannedCheck): Promise<void> => {
    if (outcomes.has(planned.id)) return
    for (const id of planned.requires) {
      const required = byId.get(id)
      if (required !== undefined) await settle(required)
    }
    const bad = planned.requires.find((id) => !['pass', 'warn', undefined].includes(outcomes.get(id)))
    const blocked = bad === undefined ? undefined : `it requires ${bad}, which is ${outcomes.get(bad)}`
    const end = await endOf(planned, blocked, options, (warning) => warnings.push(warning))
    outcomes.set(planned.id, end.outcome)
    state = fold(state, end)
    await emit(end)
  }
  for (const planned of start.checks) await settle(planned)

  const { result, exits } = gate(start.gate, start.checks, state.ends, state.tally)
  const untold = [...troubles.values()].map((reason) => ({ code: 3 as const, reason }))
  const bugs = parts.flatMap(({ end, shard }) =>
    end?.exit.code === 70 ? [{ code: 70 as const, reason: `${partText(shard)}: ${end.exit.reason}` }] : [],
  )
  const at = lastTime(parts)
  const end: RunEnd = {
    v: 1,
    type: 'run:end',
    at,
    duration_ms: Math.max(0, Date.parse(at) - Date.parse(start.at)),
    tally: state.tally,
    gate:
      untold.length === 0
        ? result
        : { ...result, status: 'failed', reason: [...exits, ...untold].map(({ reason }) => reason).join('; ') },
    exit: exitOf([...bugs, ...exits, ...untold]),
    warnings: [
      ...new Set([
        ...apart(parts),
        ...parts.flatMap((part) => part.end?.warnings ?? []),
        ...warnings,
        ...(options.remarks?.() ?? []),
      ]),
    ],
  }
  await emit(end)
  return end
}

async function endOf(
  planned: PlannedCheck,
  blocked: string | undefined,
  options: MergeOptions,
  warn: (warning: string) => void,
): Promise<CheckEnd> {
  const { id } = planned
  const { parts, troubles, emit } = options
  const at = lastTime(parts)
  const worst = worstPart(id, parts)
  const outcome = worst?.ends.get(id)?.outcome
  // It ran where what it requires was good in that part.
  if (blocked !== undefined && outcome !== 'blocked' && outcome !== 'skip') {
    return untoldEnd(planned, { outcome: 'blocked', message: blocked, at })
  }
  const told = parts.flatMap((run): Told[] => {
    const end = run.ends.get(id)
    return end?.part === undefined ? [] : [{ run, end, part: end.part }]
  })
  const emitFinding = async (finding: Finding): Promise<void> => {
    await emit({ v: 1, type: 'check:finding', id, finding })
  }
  if (told.length > 0) {
    const combine = await options.combineOf(planned.kind)
    if (combine === undefined) {
      const message = `this version of postflight does not divide checks of kind ${planned.kind}`
      return untoldEnd(planned, { outcome: 'error', message, at })
    }
    await emit({ v: 1, type: 'check:start', id, at, attempt: 1 })
    const { scratch, signal } = options
    const lacking = lackingOf(id, told, options)
    const now = new Date(at)
    return mergeDivided({ planned, parts: told, lacking, combine, emit: emitFinding, scratch, signal, warn, now })
  }
  const end = worst?.ends.get(id)
  if (worst === undefined || end === undefined) {
    const message = [...troubles].flatMap(([number, trouble]) => (has(number, id, options) ? [trouble] : [])).join('; ')
    return untoldEnd(planned, { outcome: 'error', message: message || 'none of the parts has a result of it', at })
  }
  if (end.attempts.length > 0) await emit({ v: 1, type: 'check:start', id, at: end.at, attempt: 1 })
  for await (const page of worst.findings(id)) for (const finding of page) await emitFinding(finding)
  return end
}

/** Of each part that told nothing of a divided check, why. */
function lackingOf(id: string, told: readonly Told[], { parts, troubles }: MergeOptions): readonly string[] {
  const of = parts[0]?.shard.of ?? 0
  const there = new Set(told.map(({ part }) => part.number))
  return Array.from({ length: of }, (_, index) => index + 1).flatMap((number) => {
    if (there.has(number)) return []
    const run = parts.find(({ shard }) => shard.number === number)
    const end = run?.ends.get(id)
    const why = end === undefined ? undefined : `${partText({ number, of })}: ${end.message ?? end.outcome}`
    return [why ?? troubles.get(number) ?? `${partText({ number, of })} has no result of it`]
  })
}

function has(number: number, id: string, { parts }: MergeOptions): boolean {
  const shard = parts[0]?.shard
  if (shard === undefined) return false
  const own = checksOfPart(shard.checks, new Set(shard.divided), { number, of: shard.of })
  return own.some((check) => check.id === id)
}

function mergedStart({ parts, troubles, findings }: MergeOptions): RunStart {
  const [first] = parts
  if (first === undefined) throw new Error('no parts')
  const { start, shard } = first
  const starts = parts.map((part) => part.start)
  // The lists of one part are not those of the run; all parts have read the same history.
  const { shard: _, findings: _own, history: _its, ...common } = start
  const history = starts.find((one) => one.history !== undefined)?.history
  return {
    ...common,
    at: starts.map(({ at }) => at).toSorted()[0] ?? start.at,
    host: [...new Set(starts.map(({ host }) => host))].join(', '),
    checks: shard.checks,
    warnings: [...new Set(starts.flatMap(({ warnings }) => warnings))],
    ...(findings === undefined ? {} : { findings }),
    ...(history === undefined ? {} : { history }),
    parts: Array.from({ length: shard.of }, (_unused, index) => {
      const number = index + 1
      const part = parts.find((one) => one.shard.number === number)?.start
      const trouble = troubles.get(number)
      return {
        number,
        of: shard.of,
        ...(part === undefined ? {} : { run: part.run, host: part.host, at: part.at }),
        ...(trouble === undefined ? {} : { trouble }),
      }
    }),
  }
}

const LONG_MS = 3_600_000

/** Between one part and another the world may have changed; a recording may even be left from an earlier run. */
function apart(parts: readonly PartRun[]): readonly string[] {
  const byTime = parts.toSorted((a, b) => Date.parse(a.start.at) - Date.parse(b.start.at))
  const [first, last] = [byTime[0], byTime.at(-1)]
  if (first === undefined || last === undefined) return []
  const ms = Date.parse(last.start.at) - Date.parse(first.start.at)
  if (ms <= LONG_MS) return []
  return [
    `${partText(first.shard)} began ${formatDuration(ms)} before ${partText(last.shard)}: what changed in between may be seen by one of them alone`,
  ]
}

function lastTime(parts: readonly PartRun[]): string {
  const times = parts.flatMap(({ start, ends, end }) => [
    start.at,
    end?.at ?? '',
    ...[...ends.values()].map(({ at }) => at),
  ])
  return times.toSorted().at(-1) ?? ''
}
