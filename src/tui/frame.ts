/** One frame: the model as lines, one for each row of the screen but the last. Pure but for the findings it reads. */
import { stripVTControlCharacters } from 'node:util'
import type { Style } from '../reporters/style.js'
import { bodyRows, isTooSmall, SMALLEST, screenRows } from './layout.js'
import { emptyFindings } from './model/look.js'
import { textOf } from './model/travel.js'
import { contextOf, type Extent, NO_EXTENT } from './model.js'
import { checkView } from './views/check.js'
import { crumbsLine } from './views/crumbs.js'
import { evidenceView } from './views/evidence.js'
import { listView } from './views/findings.js'
import { keysLine, saidLine } from './views/foot.js'
import { groupsView } from './views/groups.js'
import { helpView } from './views/help.js'
import { cutPainted } from './views/line.js'
import { overviewView } from './views/overview.js'
import { snippetView } from './views/snippet.js'
import type { Drawing, ListView, TextView } from './views/view.js'
import { topWithin } from './window.js'

export interface Frame {
  /** As many as `screenRows`, none wider than the screen. */
  readonly lines: readonly string[]
  readonly extent: Extent
}

export function frame(drawing: Drawing): Frame {
  const { model, style } = drawing
  if (isTooSmall(model.size)) return { lines: tooSmall(drawing), extent: NO_EXTENT }
  const view = viewOf(drawing)
  const rows = bodyRows(model.size)
  const { body, extent, place } = 'text' in view ? part(view, drawing, rows) : { ...view, extent: NO_EXTENT }
  const filled = [...body.slice(0, rows), ...Array.from({ length: Math.max(0, rows - body.length) }, () => '')]
  const lines = [crumbsLine(drawing), ...view.head, ...filled, saidLine(drawing, place), keysLine(drawing)]
  return { lines: lines.map((painted) => cutPainted(painted, model.size.columns, style)), extent }
}

function viewOf(drawing: Drawing): ListView | TextView {
  const { model } = drawing
  const findings = model.findings ?? emptyFindings('')
  if (model.overlay?.type === 'snippet') return snippetView(drawing, model.overlay)
  switch (contextOf(model)) {
    case 'check':
      return checkView(drawing)
    case 'list':
      return listView(drawing, findings)
    case 'groups':
      return groupsView(drawing, findings)
    case 'evidence':
      return evidenceView(drawing)
    case 'help':
      return helpView(drawing)
    default:
      return overviewView(drawing)
  }
}

type ListBody = Pick<ListView, 'body' | 'place'>

/** The part of a text that is on the screen, lines that hold what is looked for marked. */
function part({ text }: TextView, { model, style }: Drawing, rows: number): ListBody & { readonly extent: Extent } {
  const { top, search } = textOf(model)
  const matches = search === '' ? [] : matching(text, search)
  const from = topWithin(top, text.length, rows)
  const found = new Set(matches)
  const body = text
    .slice(from, from + rows)
    .map((painted, index) => (found.has(from + index) ? marked(painted, style) : painted))
  const to = from + body.length
  const place = text.length <= rows ? '' : `lines ${from + 1} to ${to} of ${text.length}`
  return { body, place, extent: { length: text.length, matches } }
}

function matching(text: readonly string[], search: string): number[] {
  const wanted = search.toLowerCase()
  return text.flatMap((painted, index) =>
    stripVTControlCharacters(painted).toLowerCase().includes(wanted) ? [index] : [],
  )
}

function marked(painted: string, style: Style): string {
  return `${style.paint.bold(style.unicode ? '❯' : '>')}${painted.startsWith(' ') ? painted.slice(1) : ` ${painted}`}`
}

function tooSmall({ model, style }: Drawing): string[] {
  const { columns, rows } = model.size
  const words = [
    'postflight audit',
    `needs ${SMALLEST.columns} columns and ${SMALLEST.rows} rows`,
    `and has ${columns} and ${rows}.`,
    'q leaves.',
  ]
  return words.slice(0, screenRows(model.size)).map((text) => style.cutEnd(text, columns))
}
