/** A line of a check file with a caret under the place. */

import type { Excerpt } from '../lib/position.js'
import { displayWidth, takeColumns } from '../lib/text-width.js'
import type { Style } from './style.js'

export function placeText({ file, line, column }: Excerpt, withColumn = false): string {
  return withColumn ? `${file}:${line}:${column}` : `${file}:${line}`
}

/** Columns of a position count UTF-16 units of the raw line, so the caret is placed by the escaped text before it. */
export function excerptLines(place: Excerpt, style: Style): string[] {
  const before = style.text(place.text.slice(0, place.column - 1))
  const last = place.endLine === undefined || place.endLine === place.line ? place.endColumn : undefined
  const under = style.text(place.text.slice(place.column - 1, (last ?? place.column + 1) - 1))
  const number = String(place.line)
  const room = Math.max(10, style.width - number.length - 7)
  const gutter = ' '.repeat(number.length)
  const lines = [`   ${style.paint.dim(`${number} |`)} ${takeColumns(style.text(place.text), room)}`]
  if (displayWidth(before) < room) {
    const carets = '^'.repeat(Math.max(1, Math.min(displayWidth(under), room - displayWidth(before))))
    lines.push(`   ${style.paint.dim(`${gutter} |`)} ${' '.repeat(displayWidth(before))}${style.paint.fail(carets)}`)
  }
  return lines
}
