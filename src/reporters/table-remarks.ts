/** What must be said of checks that need no block: why one was left out, that one passed only when tried again. */
import { wrapText } from '../lib/text.js'
import type { CheckReport } from './collect.js'
import type { Style } from './style.js'
import { outcomeCell } from './table-overview.js'

const HANG = 10

export function remarkLines(check: CheckReport, style: Style): string[] {
  const { planned, end } = check
  if (end === undefined || (end.outcome !== 'pass' && end.outcome !== 'skip')) return []
  const { text, paint = (line: string) => line } = outcomeCell(style, end.outcome)
  return remarks(check).flatMap((remark, index) =>
    wrapText(style.text(`${planned.id}: ${remark}`), style.width - HANG).map(
      (line, row) => `${index === 0 && row === 0 ? `${paint(text)} ` : ' '.repeat(HANG)}${line}`,
    ),
  )
}

function remarks({ end }: CheckReport): string[] {
  if (end === undefined) return []
  return [
    ...(end.message === undefined ? (end.outcome === 'skip' ? ['no reason given'] : []) : [end.message]),
    ...end.gaps.map((gap) => `could not be seen: ${gap}`),
    ...end.notes,
  ]
}
