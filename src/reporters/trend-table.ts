/** How subjects moved over the runs of a history, and what is otherwise than in the last one: for a terminal. */
import type { CheckEnd, Outcome, PastRuns } from '../engine/events.js'
import { count, formatNumber, wrapText } from '../lib/text.js'
import { displayWidth, padEnd } from '../lib/text-width.js'
import { changesSince, lastOf, type OutcomeChange, pastValues } from './changes.js'
import { numberOf } from './numbers.js'
import { seenValue, typeIn } from './seen.js'
import { sparkline } from './sparkline.js'
import type { Style } from './style.js'

export interface TrendRun {
  readonly name: string | undefined
  readonly at: string
  /** Undefined where the run broke off. */
  readonly exit: number | undefined
  readonly checks: readonly Pick<CheckEnd, 'id' | 'outcome' | 'subjects' | 'types'>[]
  readonly past: PastRuns
}

/** `quiet`: what changed alone, without how it came to it. */
export function trendLines(run: TrendRun, style: Style, { quiet }: { readonly quiet: boolean }): string[] {
  const head = headLines(run, style)
  if (run.past.runs.length === 0)
    return [...head, '', ...wrapped('It is the first run of its history: the next one will be held against it.', style)]
  const sections = [head, changeLines(run, style), quiet ? [] : subjectLines(run, style)]
  return sections.filter((lines) => lines.length > 0).flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))
}

function headLines({ name, at, exit, past }: TrendRun, style: Style): string[] {
  const title = ['trend', ...(name === undefined ? [] : [name])].map(style.text).join(style.dot)
  const now = `run of ${timeText(at)}: ${exit === undefined ? 'broke off' : `exit ${exit}`}`
  const last = past.runs.at(-1)
  const before =
    last === undefined
      ? []
      : wrapped(
          `held against ${count(past.runs.length, 'earlier run')}, the last of ${timeText(last.at)}: exit ${last.exit}`,
          style,
        )
  return [...wrapText(title, style.width).map(style.paint.bold), ...wrapped(now, style), ...before.map(style.paint.dim)]
}

function changeLines(run: TrendRun, style: Style): string[] {
  const changes = changesSince(run.past, run.checks)
  const lines = [
    ...group('worse', changes.broken, style),
    ...group('mended', changes.mended, style),
    ...group('as bad', changes.still, style),
    ...group('changed', changes.other, style),
    ...changes.added.flatMap((id, index) => entry(index === 0 ? 'new' : '', id, style)),
    ...changes.gone.flatMap((id, index) => entry(index === 0 ? 'left out' : '', id, style)),
  ]
  return lines.length > 0 ? lines : wrapped('Every check ended as it did before.', style)
}

const LABEL = 10
const OUTCOMES_WIDTH = 22

function group(label: string, changes: readonly OutcomeChange[], style: Style): string[] {
  return changes.flatMap(({ id, before, now }, index) => {
    const words = `${style.mark(now)} ${now}${before === now ? ', as before' : `, was ${before}`}`
    return entry(index === 0 ? label : '', id, style, { words, outcome: now })
  })
}

function entry(
  label: string,
  id: string,
  style: Style,
  change?: { readonly words: string; readonly outcome: Outcome },
): string[] {
  const left = change === undefined ? '' : padEnd(change.words, OUTCOMES_WIDTH)
  const indent = LABEL + displayWidth(left)
  const ids = wrapText(style.text(id), Math.max(20, style.width - indent))
  return ids.map((line, index) => {
    if (index > 0) return `${' '.repeat(indent)}${line}`
    return `${style.paint.bold(padEnd(label, LABEL))}${change === undefined ? '' : style.paint[change.outcome](left)}${line}`
  })
}

interface Movement {
  readonly subject: string
  readonly bars: string
  readonly step: string
}

/** Of subjects that were the same all along only their number is told. */
function subjectLines(run: TrendRun, style: Style): string[] {
  let still = 0
  const lines = run.checks.flatMap((check) => {
    const all = Object.keys(check.subjects)
    const moved = all.flatMap((subject) => movement(check, subject, run.past, style) ?? [])
    still += all.length - moved.length
    if (moved.length === 0) return []
    const widest = Math.min(Math.max(...moved.map(({ subject }) => displayWidth(subject))), Math.floor(style.width / 3))
    return [
      ...wrapText(style.text(check.id), style.width).map(style.paint.bold),
      ...moved.flatMap((one) => movementLines(one, widest, style)),
    ]
  })
  const rest = still === 0 ? [] : wrapped(`${count(still, 'other subject')} did not move`, style).map(style.paint.dim)
  return [...lines, ...rest]
}

function movement(check: TrendRun['checks'][number], name: string, past: PastRuns, style: Style): Movement | undefined {
  const earlier = pastValues(past, check.id, name)
  const now = check.subjects[name]
  const values = [...earlier, now ?? null]
  const known = new Set(values.filter((value) => value !== null).map((value) => JSON.stringify(value)))
  const before = lastOf(earlier)
  if (before === undefined || now === undefined || known.size < 2) return undefined
  const numbers = values.map((value) => numberOf(value))
  const type = typeIn(check, name)
  const drawn = numbers.some((number) => number !== undefined) ? sparkline(numbers, style) : ''
  const shown = (value: typeof now): string => style.text(seenValue(value, type))
  const step =
    JSON.stringify(before) === JSON.stringify(now)
      ? `${shown(now)}, as before`
      : `${shown(before)} ${style.arrow} ${shown(now)}${differenceText(before, now, type)}`
  return { subject: style.cutMiddle(style.text(name), Math.floor(style.width / 3)), bars: drawn, step }
}

/** Of plain whole numbers, whose difference is exact. */
function differenceText(before: unknown, now: unknown, type: 'duration' | 'size' | undefined): string {
  if (type !== undefined || !Number.isSafeInteger(before) || !Number.isSafeInteger(now)) return ''
  const by = Number(now) - Number(before)
  return ` (${by > 0 ? '+' : ''}${formatNumber(by)})`
}

function movementLines({ subject, bars, step }: Movement, widest: number, style: Style): string[] {
  const left = `  ${padEnd(subject, widest)}  ${bars === '' ? '' : `${bars}  `}`
  const indent = displayWidth(left)
  if (indent + 24 > style.width)
    return [left.trimEnd(), ...wrapText(step, style.width - 4).map((line) => `    ${line}`)]
  return wrapText(step, style.width - indent).map((line, index) => `${index === 0 ? left : ' '.repeat(indent)}${line}`)
}

function wrapped(text: string, style: Style): string[] {
  return wrapText(text, style.width)
}

/** `2026-11-23 15:00:00 UTC` */
function timeText(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`
}
