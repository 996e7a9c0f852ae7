/**
 * The message of one route, built once from what was seen: the same for every channel, which only puts it into its form.
 * Bounded. Texts are as they came; each channel escapes them for where they go.
 */
import type { AssertionResult, CheckEnd, PlannedCheck, RunStart, Tally } from '../engine/events.js'
import type { Finding, Severity } from '../kinds/kind.js'
import { formatNumber } from '../lib/text.js'
import { formatDuration, formatSize } from '../lib/units.js'
import type { Json } from '../lib/value.js'
import type { Change, ResolvedCheck, TroubledCheck } from './change.js'
import type { SeenRun } from './gather.js'
import type { Route } from './route.js'

export interface NoticeCheck {
  readonly id: string
  readonly title?: string | undefined
  readonly kind: string
  readonly owner: string
  readonly severity: Severity
  readonly outcome: string
  /** Against what this route was told before: `new`, `changed` or `standing`. */
  readonly change: TroubledCheck['change']
  /** Why it could not be told, where it could not. */
  readonly message?: string | undefined
  readonly hint?: string | undefined
  /** What did not hold. */
  readonly broken: readonly {
    readonly subject: string
    readonly expected: string
    readonly seen?: string | undefined
  }[]
  /** What else is known of why: what could not be looked at, and notes. */
  readonly notes: readonly string[]
  /** Findings by class. */
  readonly counts: Readonly<Record<string, number>>
  /** The first few, in words. */
  readonly findings: readonly string[]
  /** A cause behind many of them, and what to paste. */
  readonly cause?: string | undefined
  readonly remediation: string
  readonly runbook?: string | undefined
  /** `checks/shop.yaml:12`. */
  readonly place: string
}

export interface NoticeResolved {
  readonly id: string
  readonly owner: string
  readonly severity: Severity
  readonly was: string
  readonly now: string
}

export interface Notice {
  readonly status: 'trouble' | 'resolved' | 'clear'
  readonly run: {
    readonly id: string
    readonly name?: string | undefined
    readonly host: string
    readonly started_at: string
    readonly finished_at: string
    readonly duration: string
    readonly files: readonly string[]
    /** Flags that narrowed it. */
    readonly selection: readonly string[]
    readonly version: string
  }
  readonly exit: { readonly code: number; readonly reason: string }
  /** Of all checks of the run, whoever is told of them. */
  readonly counts: Tally['outcomes'] & { readonly checks: number }
  /** Worst first. */
  readonly troubles: readonly NoticeCheck[]
  /** How many more there are than stand here. */
  readonly more_troubles: number
  readonly resolved: readonly NoticeResolved[]
  readonly more_resolved: number
  /** What is wrong with the run itself. */
  readonly of_run?: string | undefined
  /** Nothing this route is told of is left. */
  readonly clear: boolean
}

export interface NoticeOptions {
  readonly present: (kind: string, finding: Finding) => { readonly headline: string }
  /** Whether values may stand in it: under `--show-data` a report holds row values, which go to no other machine. */
  readonly values: boolean
}

const CHECKS = 20
const BROKEN = 5
const NOTES = 3
/** UTF-16 units. */
const LONG = 1000
const SHORT = 240

export function noticeFor(
  route: Pick<Route, 'findings'>,
  seen: SeenRun,
  change: Change,
  options: NoticeOptions,
): Notice {
  const { start, end } = seen
  const { troubles, resolved, ofRun, clear } = change
  const trouble = troubles.length > 0 || ofRun !== undefined
  return {
    status: trouble ? 'trouble' : resolved.length > 0 ? 'resolved' : 'clear',
    run: runOf(start, end.at, end.duration_ms),
    exit: { code: end.exit.code, reason: cut(end.exit.reason, LONG) },
    counts: { ...end.tally.outcomes, checks: end.tally.checks },
    troubles: troubles.slice(0, CHECKS).map((check) => checkOf(check, route.findings, options)),
    more_troubles: Math.max(0, troubles.length - CHECKS),
    resolved: resolved.slice(0, CHECKS).map(resolvedOf),
    more_resolved: Math.max(0, resolved.length - CHECKS),
    ...(ofRun === undefined ? {} : { of_run: cut(`exit ${ofRun.code}: ${ofRun.reason}`, LONG) }),
    clear,
  }
}

function runOf({ run, name, host, at, files, selection, versions }: RunStart, end: string, ms: number): Notice['run'] {
  return {
    id: run,
    ...(name === undefined ? {} : { name: cut(name, SHORT) }),
    host: cut(host, SHORT),
    started_at: at,
    finished_at: end,
    duration: formatDuration(ms),
    files: files.slice(0, CHECKS).map((file) => cut(file, SHORT)),
    selection: selection.slice(0, CHECKS).map((word) => cut(word, SHORT)),
    version: versions.postflight,
  }
}

function checkOf(check: TroubledCheck, findings: number, { present, values }: NoticeOptions): NoticeCheck {
  const { planned, end } = check
  const broken = end.assertions.filter(({ ok, level }) => !ok && level !== 'tell').slice(0, BROKEN)
  const [cause] = end.diagnoses
  return {
    ...commonOf(planned),
    outcome: end.outcome,
    change: check.change,
    ...(end.message === undefined || !values ? {} : { message: cut(end.message, LONG) }),
    ...(end.hint === undefined ? {} : { hint: cut(end.hint, LONG) }),
    broken: broken.map((one) => brokenOf(one, end, values)),
    notes: values ? [...end.gaps, ...end.notes].slice(0, NOTES).map((note) => cut(note, SHORT)) : [],
    counts: Object.fromEntries(Object.entries(end.counts).filter(([, count]) => count > 0)),
    findings: values ? headlines(check, findings, present) : [],
    ...(cause === undefined || !values
      ? {}
      : { cause: cut([cause.summary, cause.suggestion ?? []].flat().join('\n'), LONG) }),
    remediation: cut(planned.remediation, LONG),
    ...(planned.runbook === undefined ? {} : { runbook: cut(planned.runbook, LONG) }),
    place: cut(`${planned.place.file}:${planned.place.line}`, SHORT),
  }
}

function commonOf({ id, title, kind, owner, severity }: PlannedCheck) {
  return {
    id: cut(id, SHORT),
    ...(title === undefined ? {} : { title: cut(title, SHORT) }),
    kind,
    owner: cut(owner, SHORT),
    severity,
  }
}

/** Rows that may not be shown all read the same; once is enough. */
function headlines({ planned, findings }: TroubledCheck, most: number, present: NoticeOptions['present']): string[] {
  const told = findings.map((finding) => cut(present(planned.kind, finding).headline, SHORT))
  return [...new Set(told)].slice(0, most)
}

function brokenOf(
  { subject, expected, actual, unevaluated, withheld }: AssertionResult,
  end: CheckEnd,
  values: boolean,
) {
  const seen =
    unevaluated ?? (withheld === undefined ? seenText(actual, typeOf(end, subject)) : `not shown: ${withheld}`)
  return { subject: cut(subject, SHORT), expected: cut(expected, SHORT), ...(values ? { seen: cut(seen, SHORT) } : {}) }
}

function typeOf({ types = {} }: CheckEnd, name: string): 'duration' | 'size' | undefined {
  return Object.hasOwn(types, name) ? types[name] : undefined
}

function seenText(value: Json, type: 'duration' | 'size' | undefined): string {
  if (typeof value === 'number')
    return type === 'duration' ? formatDuration(value) : type === 'size' ? formatSize(value) : formatNumber(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function resolvedOf({ id, was, now, check }: ResolvedCheck): NoticeResolved {
  const { owner, severity } = check.planned
  return { id: cut(id, SHORT), owner: cut(owner, SHORT), severity, was, now }
}

/** At most `most` UTF-16 units, none of a pair alone. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text
  const end = most - 1
  return `${text.slice(0, /[\ud800-\udbff]/.test(text[end - 1] ?? '') ? end - 1 : end)}…`
}
