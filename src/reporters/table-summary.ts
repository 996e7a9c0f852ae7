/** The end of the report: what was counted, and, last of all, the verdict and why. All of it as the events say it. */
import { OUTCOMES, type Outcome, type RunEnd, type RunStart } from '../engine/events.js'
import { count, formatNumber, wrapText } from '../lib/text.js'
import { formatDuration } from '../lib/units.js'
import { paragraph } from './paragraph.js'
import type { Style } from './style.js'

const WORDS: Readonly<Record<Outcome, string>> = {
  pass: 'passed',
  warn: 'warned',
  fail: 'failed',
  error: 'could not tell',
  blocked: 'blocked',
  skip: 'skipped',
  waived: 'waived',
}

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
  if (end === undefined)
    return verdict(style, 'error', 'no verdict', 'the run broke off before it was over; what is above is all there is')
  const { tally, exit, gate } = end
  if (exit.code !== 0) {
    const outcome: Outcome = gate.failed.length > 0 ? 'fail' : 'error'
    // An interrupted run has a gate result too, but that is not why it ended as it did.
    const reason = exit.code <= 4 ? gate.reason : exit.reason
    return verdict(style, outcome, `not passed (exit ${exit.code})`, reason)
  }
  // Of the other parts nothing is known here.
  if (start.shard !== undefined)
    return wrapText(style.text(`no verdict yet: ${exit.reason}`), style.width).map(style.paint.bold)
  const time = formatDuration(end.duration_ms)
  if (tally.outcomes.pass === tally.checks)
    return verdict(style, 'pass', `${count(tally.checks, 'check')} passed in ${time}`)
  return verdict(style, 'pass', 'passed', `${outcomeWords(end).join(', ')} in ${time}`)
}

function outcomeWords({ tally }: RunEnd): string[] {
  const words = OUTCOMES.filter((outcome) => tally.outcomes[outcome] > 0).map(
    (outcome) => `${formatNumber(tally.outcomes[outcome])} ${WORDS[outcome]}`,
  )
  return words.length === 0 ? ['none'] : words
}

function verdict(style: Style, outcome: Outcome, head: string, reason = ''): string[] {
  const text = `${style.mark(outcome)} ${head}${reason === '' ? '' : `: ${style.text(reason)}`}`
  return wrapText(text, style.width).map((line) => style.paint.bold(style.paint[outcome](line)))
}

function warningLines(warning: string, style: Style): string[] {
  return wrapText(style.text(`warning: ${warning}`), style.width).map(style.paint.warn)
}
