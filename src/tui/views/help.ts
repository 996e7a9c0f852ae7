/** All keys, from the one table of them. */
import { wrapText } from '../../lib/text.js'
import { padEnd } from '../../lib/text-width.js'
import type { Style } from '../../reporters/style.js'
import { keyText } from '../key-meaning.js'
import { BINDINGS, SECTIONS } from '../keys.js'
import type { Drawing, TextView } from './view.js'

const KEYS = 20

export function helpView({ style, model }: Drawing): TextView {
  const note = model.live
    ? 'Re-runs look at the world afresh; nothing is ever written there.'
    : 'A recorded run: nothing of it can be run again.'
  return {
    head: [style.paint.bold('Keys'), style.paint.dim(style.cutEnd(note, model.size.columns))],
    text: keyLines(style),
  }
}

export function keyLines(style: Style): string[] {
  return SECTIONS.flatMap((section, index) => [
    ...(index === 0 ? [] : ['']),
    style.paint.bold(section),
    ...BINDINGS.filter((binding) => binding.section === section).flatMap(({ keys, label }) =>
      wrapText(label, Math.max(20, style.width - KEYS - 4)).map(
        (text, line) => `  ${style.paint.bold(padEnd(line === 0 ? keys.map(keyText).join(', ') : '', KEYS))}  ${text}`,
      ),
    ),
  ])
}
