/** One line a check: outcome, id, and as much of severity, owner, time and what was seen as the width allows. */
import type { Outcome } from '../engine/events.js'
import { padEnd } from '../lib/text-width.js'
import { formatDuration } from '../lib/units.js'
import type { CheckReport } from './collect.js'
import { type Cell, type Column, listGrid } from './grid.js'
import { seenSubjects } from './seen.js'
import type { Style } from './style.js'

const OUTCOME = 9
const TIME = 7
const SEVERITY = 8
const OWNER = 14
const GAP = 2

export function overviewLines(checks: readonly CheckReport[], style: Style): string[] {
  const withOwner = style.width >= 64
  const withSeen = style.width >= 100
  const longest = Math.max(2, ...checks.map((check) => style.text(check.planned.id).length))
  const fixed = 2 + OUTCOME + GAP + SEVERITY + GAP + TIME + GAP + (withOwner ? OWNER + GAP : 0)
  const free = style.width - fixed
  const id = Math.min(longest, withSeen ? 44 : free, free)
  const seen = withSeen ? style.width - fixed - id - GAP : 0

  const columns: Column[] = [
    { head: '', max: OUTCOME + 2 },
    { head: '', max: id },
    { head: '', max: SEVERITY },
    ...(withOwner ? [{ head: '', max: OWNER }] : []),
    { head: '', max: TIME, align: 'right' as const },
    ...(seen > 0 ? [{ head: '', max: seen }] : []),
  ]
  const rows = checks.map(({ planned, end }): Cell[] => [
    outcomeCell(style, end?.outcome),
    { text: style.cutMiddle(style.text(planned.id), id) },
    { text: planned.severity, paint: style.paint.dim },
    ...(withOwner ? [{ text: style.cutEnd(style.text(planned.owner), OWNER), paint: style.paint.dim }] : []),
    {
      text: end === undefined || end.attempts.length === 0 ? '' : formatDuration(end.duration_ms),
      paint: style.paint.dim,
    },
    ...(seen > 0 && end !== undefined
      ? [
          {
            text: style.cutEnd(seenSubjects(end, new Set()).map(style.text).join(style.dot), seen),
            paint: style.paint.dim,
          },
        ]
      : []),
  ])
  return listGrid(columns, rows)
}

/** A check that has no end was not finished: that is not an outcome, and is not shown as one. */
export function outcomeCell(style: Style, outcome: Outcome | undefined): Cell {
  if (outcome === undefined) return { text: padEnd('  (none)', OUTCOME), paint: style.paint.dim }
  return { text: padEnd(`${style.mark(outcome)} ${outcome}`, OUTCOME), paint: style.paint[outcome] }
}
