/** Assertions: what was expected beside what was seen. */
import type { AssertionResult, CheckEnd, Outcome } from '../engine/events.js'
import { displayWidth } from '../lib/text-width.js'
import { seenText } from './check-words.js'
import { boxGrid } from './grid.js'
import type { Style } from './style.js'

/** The grid takes seconds for a cell of some thousand characters, and nobody reads on. Characters and columns. */
const LONGEST = 240

const LEVEL: Readonly<Record<AssertionResult['level'], Outcome>> = { expect: 'fail', warn: 'warn', tell: 'error' }

export function assertionBox(assertions: readonly AssertionResult[], end: CheckEnd, style: Style): string[] {
  if (assertions.length === 0) return []
  const room = Math.max(24, style.width - 2 - 10)
  const rows = assertions.map((assertion) => {
    const outcome = assertion.ok ? 'pass' : LEVEL[assertion.level]
    const mark = style.mark(assertion.unevaluated === undefined ? outcome : 'error')
    const seen = seenText(assertion, end)
    const byDefault = assertion.origin === 'default' ? ' (default)' : ''
    return [
      { text: `${mark} ${cellText(assertion.subject, style)}` },
      { text: `${cellText(assertion.expected, style)}${byDefault}`, paint: style.paint.pass },
      { text: cellText(seen, style), paint: style.paint[outcome] },
    ]
  })
  const widest = (column: number): number => Math.max(...rows.map((row) => displayWidth(row[column]?.text ?? '')))
  const subject = Math.min(Math.max(7, widest(0)), Math.floor(room * 0.45))
  const seen = Math.min(Math.max(4, widest(2)), Math.floor((room - subject) / 2))
  const columns = [
    { head: 'subject', max: subject },
    { head: 'expected', max: Math.min(Math.max(8, widest(1)), room - subject - seen) },
    { head: 'seen', max: room - subject - Math.min(Math.max(8, widest(1)), room - subject - seen) },
  ]
  return boxGrid(columns, rows, { unicode: style.unicode, paintHead: style.paint.dim }).map((line) => `  ${line}`)
}

function cellText(text: string, style: Style): string {
  const ended = text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}${style.ellipsis}`
  return style.cutEnd(style.text(ended), LONGEST)
}
