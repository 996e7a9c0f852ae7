/**
 * Text as HTML. What is put into `markup` is escaped unless it is markup itself, so nothing of a run can become an element;
 * hidden characters are made visible first, as in every report.
 */
import { escapeLines, escapeText } from '../../lib/text-escape.js'

export interface Markup {
  readonly html: string
}

export type Part = string | number | undefined | Markup | readonly Part[]

/** For the content of elements and for attributes in double quotes. */
export function markup(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { html: texts.map((text, index) => text + htmlOf(parts[index])).join('') }
}

export const NOTHING: Markup = { html: '' }

function htmlOf(part: Part): string {
  if (part === undefined) return ''
  if (typeof part === 'string') return escaped(escapeText(part))
  if (typeof part === 'number') return String(part)
  return 'html' in part ? part.html : part.map(htmlOf).join('')
}

/** Text that is written in lines, for a `pre`. No line of the file begins with it. */
export function lines(text: string): Markup {
  return { html: escapeLines(text).map(escaped).join('&#10;') }
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
