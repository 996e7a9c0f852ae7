/** The first few findings of a check, each class with at least one, and where the rest is. */
import { count, formatNumber, wrapText } from '../lib/text.js'
import { restText } from './check-words.js'
import type { CheckReport } from './collect.js'
import { pickFindings } from './pick-findings.js'
import type { Present } from './presenters.js'
import type { Style } from './style.js'

const LINES_EACH = 3
/** A statement that is cut cannot be run. */
const LINES_OF_FIX = 20

export function findingLines(
  { planned, end, findings }: CheckReport,
  style: Style,
  present: Present,
  findingsDir: string | undefined,
): string[] {
  const total = Object.values(end?.counts ?? {}).reduce((sum, number) => sum + number, 0)
  if (total === 0 && findings.length === 0) return []
  const shown = pickFindings(findings)
  const classes = Object.entries(end?.counts ?? {})
    .filter(([, number]) => number > 0)
    .map(([name, number]) => `${formatNumber(number)} ${style.text(name)}`)
  const head = `${count(total, 'finding')}${classes.length === 0 ? '' : `: ${classes.join(', ')}`}`
  const lines = wrapText(head, style.width - 2).map((line) => style.paint.bold(`  ${line}`))
  const told = shown.map((finding) => {
    const { headline, detail } = present(planned.kind, finding)
    const details = detail.slice(0, 3).flatMap((line) => {
      const most = line === `fix: ${finding.fix}` ? LINES_OF_FIX : LINES_EACH
      return hang(style, style.text(line), undefined, most).map(style.paint.dim)
    })
    return [...bullet(style, style.text(headline)), ...details]
  })
  // Rows that may not be shown all read the same; once is enough.
  const different = told.filter((block, index) => block.join() !== told[index - 1]?.join())
  lines.push(...different.flat())
  const rest = total - shown.length
  const where = style.text(restText(planned.id, findingsDir))
  if (rest > 0)
    lines.push(
      ...hang(style, `${style.ellipsis} and ${formatNumber(rest)} more: ${where}`, ['    ']).map(style.paint.dim),
    )
  return lines
}

function bullet(style: Style, text: string): string[] {
  return hang(style, text, ['    - ', '      '])
}

function hang(
  style: Style,
  text: string,
  [first, next = first]: readonly [string, string?] = ['      '],
  most = LINES_EACH,
): string[] {
  const lines = wrapText(text, Math.max(20, style.width - first.length))
  const kept = lines.slice(0, most)
  return kept.map((line, index) => {
    const cut = index === most - 1 && lines.length > most
    return `${index === 0 ? first : next}${cut ? `${line.slice(0, -style.ellipsis.length)}${style.ellipsis}` : line}`
  })
}
