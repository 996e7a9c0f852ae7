/** One finding with all that is known of it. */
import type { Finding } from '../../kinds/kind.js'
import { formatNumber } from '../../lib/text.js'
import { paragraph } from '../../reporters/paragraph.js'
import type { Style } from '../../reporters/style.js'
import { evidenceLines } from '../findings/evidence.js'
import { nowLines } from '../findings/evidence-now.js'
import { findingAt, type Recheck } from '../model.js'
import { apart, shown } from './line.js'
import type { Drawing, TextView } from './view.js'

export function evidenceView({ model, style, at, present }: Drawing): TextView {
  const { findings, size, notes, rechecks } = model
  const number = findingAt(model)
  if (findings === undefined || number === undefined)
    return { head: ['', ''], text: [style.paint.dim('  there is no finding here')] }
  const finding = at(number)
  const presented = present(model.planned.get(findings.check)?.kind ?? '', finding)
  const place = `${formatNumber(findings.list.cursor + 1)} of ${formatNumber(findings.numbers.length)}`
  const recheck = rechecks.get(number)
  const note = notes.get(number)?.text
  return {
    head: [
      apart(
        [{ text: shown(finding.finding, style), paint: (text) => style.paint.bold(style.paint.warn(text)) }],
        [{ text: place, paint: style.paint.dim }],
        size.columns,
        style,
      ),
      style.paint.bold(style.cutMiddle(shown(finding.key ?? '', style), size.columns)),
    ],
    text: [
      ...evidenceLines(finding, presented, style, note),
      ...(recheck === undefined ? [] : ['', ...recheckLines(finding, recheck, style)]),
    ],
  }
}

const PAINTS = { asked: 'bold', stands: 'fail', changed: 'warn', gone: 'pass', unknown: 'error' } as const

function recheckLines(finding: Finding, { state, text, sides, at }: Recheck, style: Style): string[] {
  const now = nowLines(finding, sides, style)
  return [
    ...paragraph(style, 'by now', style.lines(text), { paint: style.paint[PAINTS[state]] }),
    ...(at === 0 ? [] : paragraph(style, '', [`looked at ${new Date(at).toISOString()}`]).map(style.paint.dim)),
    ...(now.length === 0 ? [] : ['', ...now]),
  ]
}
