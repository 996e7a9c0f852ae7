/** `label   text`, the text wrapped and hanging behind its label. */
import { wrapText } from '../lib/text.js'
import { padEnd } from '../lib/text-width.js'
import type { Style } from './style.js'

const INDENT = '  '
const LABEL = 9

/** Lines of escaped text behind a label of at most eight characters; continued lines hang. */
export function paragraph(
  style: Style,
  label: string,
  lines: readonly string[],
  options: { readonly paint?: ((text: string) => string) | undefined; readonly wrap?: boolean } = {},
): string[] {
  const { paint = (text: string) => text, wrap = true } = options
  const room = Math.max(20, style.width - INDENT.length - LABEL)
  const wrapped = wrap ? lines.flatMap((line) => wrapText(line, room)) : lines
  return wrapped.map((line, index) => {
    const head = padEnd(index === 0 ? label : '', LABEL)
    return `${INDENT}${style.paint.dim(head)}${paint(line)}`
  })
}
