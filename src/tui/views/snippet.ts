/** A text to paste. Nothing is written into a check file behind anybody's back. */
import type { Overlay } from '../model.js'
import { shown } from './line.js'
import type { Drawing, TextView } from './view.js'

export function snippetView(
  { style, model }: Drawing,
  { title, snippet }: Extract<Overlay, { readonly type: 'snippet' }>,
): TextView {
  const { columns } = model.size
  return {
    head: [
      style.paint.bold(style.cutEnd(shown(title, style), columns)),
      style.paint.dim(style.cutEnd('y copies it; no file was changed', columns)),
    ],
    text: style.lines(snippet).map((line) => style.paint.pass(style.cutEnd(line, columns))),
  }
}
