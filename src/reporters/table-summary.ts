/** The end of the report: what was counted, and, last of all, the verdict and why. All of it as the events say it. */
import type { RunEnd, RunStart } from '../engine/events.js'
import { count, formatNumber, wrapText } from '../lib/text.js'
import { formatDuration } from '../lib/units.js'
import { heldAgainstWords } from './held-against.js'
import { paragraph } from './paragraph.js'
import type { Style } from './style.js'
import { outcomeWords, verdictOf, verdictText } from './verdict.js'

export function headLines(start: RunStart, style: Style): string[] {
  const title = [
    `postflight ${start.versions.postflight}`,
    ...(start.name === undefined ? [] : [start.name]),
    ...(start.shard === undefined ? [] : [`part ${start.shard.number} of ${start.shard.of}`]),
    ...(start.parts === undefined ? [] : [`${count(start.parts.length, 'part')} put together`]),
  ]
  const from = start.files.length === 0 ? '' : ` from ${start.files.join(', ')}`
  const selected = start.selection.length === 0 ? [] : [`selected by ${start.selection.join(' ')}`]
  const what = [`${count(start.checks.length, 'check')}${from}`, ...selected]
  const lines = [
    ...wrapText(style.text(title.join(style.dot)), style.width).map(style.paint.bold),
    ...wrapText(style.text(what.join(style.dot)), style.width).map(style.paint.dim),
    ...(start.baseline === undefined
      ? []
      : wrapText(style.text(heldAgainstWords(start.baseline)), style.width).map(style.paint.dim)),
  ]
  return [...lines, ...start.warnings.flatMap((warning) => warningLines(warning, style))]
}

export function summaryLines(end: RunEnd, style: Style, findingsDir: string | undefined): string[] {
  const { tally } = end
  const findings = [
    formatNumber(tally.findings),
    ...(tally.known === 0 ? [] : [`${formatNumber(tally.known)} known, not counted`]),
  ]
  return [
    ...end.warnings.flatMap((warning) => warningLines(warning, style)),
    ...paragraph(style, 'checks', [`${formatNumber(tally.checks)}: ${outcomeWords(end).join(', ')}`]),
    ...paragraph(style, 'findings', [findings.join(style.dot)]),
    ...(findingsDir === undefined || tally.findings === 0
      ? []
      : paragraph(style, 'lists', [style.text(`${findingsDir.replace(/\/$/, '')}/`)])),
    ...paragraph(style, 'time', [formatDuration(end.duration_ms)]),
  ]
}

/** The last thing on the screen, where the eye is. */
export function verdictLines(start: RunStart, end: RunEnd | undefined, style: Style): string[] {
  const verdict = verdictOf(start, end)
  const text = style.text(verdictText(verdict))
  const { outcome } = verdict
  if (outcome === undefined) return wrapText(text, style.width).map(style.paint.bold)
  const lines = wrapText(`${style.mark(outcome)} ${text}`, style.width)
  return lines.map((line) => style.paint.bold(style.paint[outcome](line)))
}

function warningLines(warning: string, style: Style): string[] {
  return wrapText(style.text(`warning: ${warning}`), style.width).map(style.paint.warn)
}
