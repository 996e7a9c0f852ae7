/** Everything there is to say about one check that did not plainly pass. */
import type { Outcome } from '../engine/events.js'
import { wrapText } from '../lib/text.js'
import { displayWidth } from '../lib/text-width.js'
import { placeAndTime, putBack, waiverText } from './check-words.js'
import type { CheckReport } from './collect.js'
import { excerptLines, placeText } from './excerpt.js'
import { paragraph } from './paragraph.js'
import type { Present } from './presenters.js'
import { notSeen, seenSubjects } from './seen.js'
import type { Style } from './style.js'
import { assertionBox } from './table-assertions.js'
import { findingLines } from './table-findings.js'

export interface BlockContext {
  readonly style: Style
  readonly present: Present
  readonly findingsDir: string | undefined
}

export function checkBlock(check: CheckReport, { style, present, findingsDir }: BlockContext): string[] {
  const { planned, end } = check
  if (end === undefined) return []
  const broken = end.assertions.filter((assertion) => !assertion.ok)
  const named = new Set(broken.map((assertion) => assertion.subject))
  const label = (name: string, texts: readonly string[], paint?: (text: string) => string): string[] =>
    texts.flatMap((text, index) => paragraph(style, index === 0 ? name : '', style.lines(text), { paint }))

  return [
    ...head(check, end.outcome, style),
    ...(planned.title === undefined ? [] : indent(style, style.text(planned.title))),
    ...indent(style, placeAndTime(check).map(style.text).join(style.dot)).map(style.paint.dim),
    ...(end.message === undefined ? [] : indent(style, style.text(end.message)).map(style.paint[end.outcome])),
    ...(end.at_place === undefined
      ? []
      : [style.paint.dim(`  ${style.text(placeText(end.at_place, true))}`), ...excerptLines(end.at_place, style)]),
    ...label('hint', end.hint === undefined ? [] : [end.hint]),
    ...assertionBox(broken, end, style),
    ...label('seen', joined(seenSubjects(end, named), style)),
    ...label('unseen', notSeen(end, named)),
    ...end.diagnoses.flatMap((diagnosis) => [
      ...label('cause', [diagnosis.summary], style.paint.bold),
      ...(diagnosis.suggestion === undefined
        ? []
        : paragraph(style, 'paste', style.lines(diagnosis.suggestion), { paint: style.paint.pass, wrap: false })),
    ]),
    ...findingLines(check, style, present, findingsDir),
    ...label('put back', putBack(check, findingsDir)),
    ...label('gap', end.gaps, style.paint.error),
    ...label('note', end.notes),
    ...label('waived', end.waiver === undefined ? [] : [waiverText(end.waiver)], style.paint.waived),
    ...label('fix', [planned.remediation]),
    ...label('runbook', planned.runbook === undefined ? [] : [planned.runbook]),
  ]
}

function head({ planned }: CheckReport, outcome: Outcome, style: Style): string[] {
  const left = `${style.mark(outcome)} ${outcome} `
  const right = [planned.severity, planned.owner, planned.kind].map(style.text).join(style.dot)
  const id = style.text(planned.id)
  const free = style.width - displayWidth(left) - displayWidth(id) - displayWidth(right)
  const first = `${style.paint[outcome](style.paint.bold(left))} ${style.paint.bold(id)}`
  if (free >= 4) return [`${first}${' '.repeat(free - 1)}${style.paint.dim(right)}`]
  const ids = wrapText(id, style.width - displayWidth(left) - 1)
  return [
    `${style.paint[outcome](style.paint.bold(left))} ${style.paint.bold(ids[0] ?? '')}`,
    ...ids.slice(1).map((line) => style.paint.bold(`${' '.repeat(displayWidth(left) + 1)}${line}`)),
    ...indent(style, right).map(style.paint.dim),
  ]
}

function indent(style: Style, text: string): string[] {
  return wrapText(text, style.width - 2).map((line) => `  ${line}`)
}

function joined(texts: readonly string[], style: Style): string[] {
  return texts.length === 0 ? [] : [texts.join(style.dot)]
}
