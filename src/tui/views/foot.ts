/** The last two lines: what is asked or was said, and the keys that mean something here. */
import { displayWidth } from '../../lib/text-width.js'
import { EXPORT_FORMATS } from '../desk.js'
import { footBindings, keyText } from '../key-meaning.js'
import { isText } from '../model/travel.js'
import { contextOf, type Prompt } from '../model.js'
import { apart, line, type Piece, shown } from './line.js'
import type { Drawing } from './view.js'

export function saidLine(drawing: Drawing, place: string): string {
  const { model, style } = drawing
  const { prompt, message, size } = model
  if (prompt !== undefined)
    return promptLine(prompt, isText(contextOf(model)) ? 'search' : 'filter', size.columns, style)
  if (message === undefined) return apart([], [{ text: place, paint: style.paint.dim }], size.columns, style)
  const mark = message.bad ? `${style.mark('fail')} ` : ''
  return line(
    [{ text: `${mark}${shown(message.text, style)}`, paint: message.bad ? style.paint.fail : style.paint.bold }],
    size.columns,
    style,
  )
}

function promptLine(prompt: Prompt, filter: string, columns: number, style: Drawing['style']): string {
  if (prompt.type === 'confirm')
    return line([{ text: `${prompt.question} `, paint: style.paint.bold }, { text: 'y: yes, Esc: no' }], columns, style)
  const word = { filter, note: 'note', export: 'write to' }[prompt.type]
  const after = prompt.type === 'export' ? ` ${formats(prompt.format)}, Tab: another format` : ''
  // The end of what is typed is where one types.
  const room = Math.max(10, columns - displayWidth(word) - 4 - displayWidth(after))
  const typed = style.text(prompt.text)
  const kept =
    displayWidth(typed) <= room ? typed : `${style.ellipsis}${lastColumns(typed, room - displayWidth(style.ellipsis))}`
  const pieces: Piece[] = [
    { text: `${word}: `, paint: style.paint.bold },
    { text: kept },
    { text: style.unicode ? '▏' : '_', paint: style.paint.bold },
    { text: after, paint: style.paint.dim },
  ]
  return line(pieces, columns, style)
}

function formats(chosen: string): string {
  return EXPORT_FORMATS.map((format) => (format === chosen ? `[${format}]` : format)).join(' ')
}

function lastColumns(text: string, columns: number): string {
  const characters = [...text]
  let used = 0
  let from = characters.length
  while (from > 0) {
    used += displayWidth(characters[from - 1] ?? '')
    if (used > columns) break
    from--
  }
  return characters.slice(from).join('')
}

/** As many keys as there is room for. */
export function keysLine({ model, style }: Drawing): string {
  const { columns } = model.size
  if (model.prompt !== undefined)
    return style.paint.dim(
      style.cutEnd(model.prompt.type === 'confirm' ? '' : 'Enter: do it   Esc: leave it   Ctrl-u: begin anew', columns),
    )
  let room = columns
  const pieces: Piece[] = []
  for (const { keys, foot } of footBindings(model)) {
    const key = keyText(keys[0] ?? '')
    const gap = pieces.length === 0 ? '' : '  '
    const taken = displayWidth(`${gap}${key} ${foot.word}`)
    if (taken > room) continue
    room -= taken
    pieces.push(
      { text: gap },
      { text: key, paint: style.paint.bold },
      { text: ` ${foot.word}`, paint: style.paint.dim },
    )
  }
  return line(pieces, columns, style)
}
