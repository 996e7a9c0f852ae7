/** What of a run is news to a route, and whether it is told at all. Pure. */
import type { CheckEnd, Outcome } from '../engine/events.js'
import { SEVERITIES } from '../kinds/kind.js'
import type { SeenCheck, SeenRun } from './gather.js'
import { concerns, type Route } from './route.js'

/** What a route was last told of a check that needs somebody. */
export interface ToldCheck {
  readonly outcome: string
  readonly counts: Readonly<Record<string, number>>
}

/** By check id; `RUN` is the run as a whole. Checks with which all is well do not stand here. */
export type ToldState = Readonly<Record<string, ToldCheck>>

/** No id of a check looks like this. */
export const RUN = '(run)'

export interface TroubledCheck extends SeenCheck {
  readonly change: 'new' | 'changed' | 'standing'
}

export interface ResolvedCheck {
  readonly id: string
  readonly was: string
  readonly now: Outcome
  readonly check: SeenCheck
}

export interface Change {
  /** Worst first. */
  readonly troubles: readonly TroubledCheck[]
  readonly resolved: readonly ResolvedCheck[]
  /** What is wrong with the run itself, and no check has it. */
  readonly ofRun?: { readonly code: number; readonly reason: string } | undefined
  readonly send: boolean
  /** What the route knows once it was told, or where there is no need to, of what it knew before. */
  readonly settle: (told: ToldState | undefined) => ToldState
  /** Whether nothing it is told of is left, also among checks this run did not look at. */
  readonly clear: boolean
}

export interface ChangeOptions {
  /** Undefined: nobody knows what it was told. */
  readonly told: ToldState | undefined
  /** Ids of all checks of the check files that are of its concern, whether or not they were looked at. */
  readonly concerned: ReadonlySet<string>
  /** Its channel keeps something open. */
  readonly closes: boolean
}

/** The run could be left without a verdict, a report, or its mind; checks do not tell of that. */
const OF_RUN = [4, 5, 70]

const KNOWN: readonly Outcome[] = ['pass', 'warn', 'fail', 'waived']

export function changeFor(route: Route, seen: SeenRun, { told, concerned, closes }: ChangeOptions): Change {
  const mine = seen.checks.filter(({ planned }) => concerns(route, planned))
  const troubled = mine.filter(({ end }) => isTrouble(route, end))
  const troubles = troubled
    .map((check) => ({ ...check, change: changeOf(check.end, own(told, check.planned.id)) }))
    .sort((a, b) => rank(a) - rank(b))
  // What could not be told is not over.
  const over = mine.filter(({ end }) => !isTrouble(route, end) && KNOWN.includes(end.outcome))
  const resolved = over.flatMap((check) => {
    const before = own(told, check.planned.id)
    return before === undefined ? [] : [{ id: check.planned.id, was: before.outcome, now: check.end.outcome, check }]
  })
  const { code, reason } = seen.end.exit
  const ofRun = route.owners === undefined && OF_RUN.includes(code) ? { code, reason } : undefined
  const runBefore = own(told, RUN)
  const runIsNews = ofRun !== undefined && runBefore?.outcome !== `exit ${code}`
  const runIsOver = ofRun === undefined && runBefore !== undefined

  const settle = (before: ToldState | undefined) => settled(before, over, troubled, ofRun)
  const left = settle(told)
  const whole = seen.start.selection.length === 0 && seen.start.shard === undefined
  const elsewhere = Object.keys(left).some((id) => concerned.has(id))
  const unsure = mine.some(
    ({ end }) => !isTrouble(route, end) && !KNOWN.includes(end.outcome) && end.outcome !== 'skip',
  )
  const clear = troubles.length === 0 && ofRun === undefined && !elsewhere && !unsure
  const news = troubles.some(({ change }) => change !== 'standing') || resolved.length > 0 || runIsNews || runIsOver
  const trouble = troubles.length > 0 || ofRun !== undefined
  const send =
    route.send === 'always' ||
    news ||
    (route.send === 'on_trouble' && trouble) ||
    // Without a record of what it was told it may have been told anything.
    (closes && told === undefined && clear && whole)
  return { troubles, resolved, ofRun, send, settle, clear: clear && (whole || told !== undefined) }
}

export function isTrouble({ outcomes }: Pick<Route, 'outcomes'>, { outcome }: Pick<CheckEnd, 'outcome'>): boolean {
  return (outcomes as readonly string[]).includes(outcome)
}

/** Fewer findings than before are good news, and nobody needs to get up for them. */
function changeOf({ outcome, counts }: CheckEnd, before: ToldCheck | undefined): TroubledCheck['change'] {
  if (before === undefined) return 'new'
  const more = Object.entries(counts).some(([name, count]) => count > (own(before.counts, name) ?? 0))
  return before.outcome !== outcome || more ? 'changed' : 'standing'
}

function settled(
  told: ToldState | undefined,
  over: readonly SeenCheck[],
  troubled: readonly SeenCheck[],
  ofRun: Change['ofRun'],
): ToldState {
  const gone = new Set([RUN, ...over.map(({ planned }) => planned.id)])
  return Object.fromEntries([
    ...Object.entries(told ?? {}).filter(([id]) => !gone.has(id)),
    ...troubled.map(({ planned, end }) => [planned.id, { outcome: end.outcome, counts: end.counts }] as const),
    ...(ofRun === undefined ? [] : [[RUN, { outcome: `exit ${ofRun.code}`, counts: {} }] as const]),
  ])
}

const ORDER: readonly Outcome[] = ['fail', 'error', 'blocked', 'warn']

/** By severity, then what is proven before what could not be told. */
function rank({ planned, end }: SeenCheck): number {
  return SEVERITIES.indexOf(planned.severity) * ORDER.length + ORDER.indexOf(end.outcome)
}

/** A check or a class may be called `constructor`. */
export function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined
}
