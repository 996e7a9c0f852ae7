/** Everything there is to say about one check that did not plainly pass. */
import type { CheckEnd, Outcome } from '../engine/events.js'
import { fileName, isScripted, recoverName } from '../engine/list-names.js'
import { wrapText } from '../lib/text.js'
import { displayWidth } from '../lib/text-width.js'
import { formatDuration } from '../lib/units.js'
import type { CheckReport } from './collect.js'
import { excerptLines, placeText } from './excerpt.js'
import { paragraph } from './paragraph.js'
import { notSeen, seenSubjects } from './seen.js'
import type { Style } from './style.js'
import { assertionBox } from './table-assertions.js'
import { findingLines, type Present } from './table-findings.js'

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
    ...indent(style, style.text(circumstances(check, style))).map(style.paint.dim),
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

function circumstances({ planned, end }: CheckReport, style: Style): string {
  const attempts = end?.attempts.length ?? 0
  return [
    placeText(planned.place),
    ...(planned.migration === undefined ? [] : [`migration ${planned.migration}`]),
    end?.vantage === undefined || end.vantage === 'local' ? 'local' : `seen from ${end.vantage}`,
    // Of what is not local, how it was reached is worth a word; `local` twice is none.
    ...(end?.method === undefined || end.method === 'local' ? [] : [end.method]),
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
    ...(end === undefined || end.duration_ms === 0 ? [] : [formatDuration(end.duration_ms)]),
  ].join(style.dot)
}

/** What to run for it, where the lists are written; otherwise how they are had. */
function putBack({ planned, end }: CheckReport, findingsDir: string | undefined): string[] {
  return (end?.recovery ?? []).map((way) => {
    const { source, target, several } = way
    const which = several === true ? `${source} into ${target}` : source
    if (findingsDir === undefined) return `from ${which}: --findings DIR writes the list and what to run`
    const path = `${findingsDir}/${fileName(planned.id)}.${recoverName(way)}`
    return `from ${which}: ${isScripted(way) ? `sh ${path}.sh` : `${path}.txt`}`
  })
}

export function waiverText(waiver: NonNullable<CheckEnd['waiver']>): string {
  const by = waiver.approved_by === undefined ? '' : ` by ${waiver.approved_by}`
  return `accepted${by}${waiver.expires === undefined ? ', without an end' : ` until ${waiver.expires}`}`
}

function indent(style: Style, text: string): string[] {
  return wrapText(text, style.width - 2).map((line) => `  ${line}`)
}

function joined(texts: readonly string[], style: Style): string[] {
  return texts.length === 0 ? [] : [texts.join(style.dot)]
}
