/** The line over the findings of a check: how many, of which class, in which order, what the filter is. */

import { keyFromLatin1, keyToText } from '../../lib/key.js'
import { formatNumber } from '../../lib/text.js'
import { displayWidth } from '../../lib/text-width.js'
import type { Findings } from '../model.js'
import { apart, type Piece, shown } from './line.js'
import { stateOf } from './outcome.js'
import type { Drawing } from './view.js'

export function findingsHead({ model, style, incomplete }: Drawing, findings: Findings, fitting: number): string {
  const { counts, finding, text, prefix, sort, mode, looking, check } = findings
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const lacking = incomplete()
  const { mark, word, paint } = stateOf(model, check, style)
  const left: Piece[] = [
    { text: `${mark} ${word}  `, paint },
    { text: `${formatNumber(total)} ${total === 1 ? 'finding' : 'findings'}`, paint: style.paint.bold },
    ...(fitting === total ? [] : [{ text: `, ${formatNumber(fitting)} of them here` }]),
    ...(looking === undefined
      ? []
      : [{ text: `${style.dot}looking ${Math.floor(looking.share * 100)}%`, paint: style.paint.bold }]),
    ...(lacking === undefined ? [] : [{ text: `${style.dot}${shown(lacking, style)}`, paint: style.paint.error }]),
  ]
  const settings = [
    finding === undefined ? 'all classes' : `class ${shown(finding, style)}`,
    ...(prefix === '' ? [] : [`below ${style.cutMiddle(prefixText(prefix, style), 30)}`]),
    ...(text === '' ? [] : [`filter ${style.cutEnd(shown(text, style), 24)}`]),
    ...(mode === 'list' ? [`order ${sort}`] : []),
  ]
  // What narrows the list must be seen, at the cost of what is said of the whole.
  const right = settings.join(style.dot)
  const { columns } = model.size
  const room = columns - displayWidth(right) - 2
  if (room >= 20)
    return apart(
      [{ text: style.cutEnd('', 0) }, ...cutTo(left, room)],
      [{ text: right, paint: style.paint.dim }],
      columns,
      style,
    )
  return apart(cutTo(left, columns), [], columns, style)
}

export function prefixText(prefix: string, style: Drawing['style']): string {
  return shown(keyToText(keyFromLatin1(prefix)), style)
}

/** As many whole pieces as there is room for. */
function cutTo(pieces: readonly Piece[], room: number): Piece[] {
  let used = 0
  return pieces.filter(({ text }) => {
    used += displayWidth(text)
    return used <= room
  })
}
