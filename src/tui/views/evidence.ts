/** One finding with all that is known of it. */
import { formatNumber } from '../../lib/text.js'
import { paragraph } from '../../reporters/paragraph.js'
import { evidenceLines } from '../findings/evidence.js'
import { findingAt } from '../model.js'
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
  const note = notes.get(number)
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
      ...(recheck === undefined
        ? []
        : [
            '',
            ...paragraph(style, 'by now', style.lines(recheck.text), {
              paint: recheck.state === 'gone' ? style.paint.pass : style.paint.bold,
            }),
          ]),
    ],
  }
}
