/** Issues of check files as text for people, and as data. */

import type { Excerpt } from '../lib/position.js'
import { wrapText } from '../lib/text.js'
import { escapeText, inertLine } from '../lib/text-escape.js'
import type { Issue } from './issue.js'

/** More than these nobody reads at once. */
const MOST = 20

/**
 * One block an issue: `file:line:col: level: message`, the line, a caret under the place, the hint behind it.
 * Errors come first when not all can be shown. Ends with a newline unless there is nothing to show. Of a line longer than
 * `width` columns the part around the place is shown, so that the caret still stands under it.
 */
export function renderIssues(issues: readonly Issue[], width = Number.POSITIVE_INFINITY): string {
  const shown = issues.length <= MOST ? issues : mostImportant(issues)
  const rest = issues.length - shown.length
  const lines = shown.flatMap((issue) => renderIssue(issue, width))
  if (rest > 0) lines.push(`… and ${rest} more`)
  return lines.map((line) => `${inertLine(line)}\n`).join('')
}

function mostImportant(issues: readonly Issue[]): readonly Issue[] {
  const errors = issues.filter(({ level }) => level === 'error')
  return [...errors, ...issues.filter(({ level }) => level === 'warning')].slice(0, MOST)
}

function renderIssue(issue: Issue, width: number): readonly string[] {
  const { place, level, message, hint, related = [] } = issue
  const at = place === undefined ? '' : `${position(place)}: `
  const lines = [`${at}${level}: ${escapeText(message)}`]
  if (place !== undefined) lines.push(...frame(place, hint, width))
  else if (hint !== undefined) lines.push(`     ${escapeText(hint)}`)
  for (const other of related) {
    lines.push(`  ${position(other.place)}: ${escapeText(other.message)}`, ...frame(other.place, undefined, width))
  }
  return lines
}

function position({ file, line, column }: Excerpt): string {
  return `${escapeText(file)}:${line}:${column}`
}

function frame(
  { line, column, endLine, endColumn, text }: Excerpt,
  hint: string | undefined,
  width: number,
): readonly string[] {
  const number = String(line).padStart(4)
  const end = endLine === line && endColumn !== undefined ? endColumn : text.trimEnd().length + 1
  const before = escapeText(text.slice(0, column - 1)).replace(/\t/g, ' ')
  const marked = escapeText(text.slice(column - 1, Math.max(end, column) - 1))
  const source = escapeText(text).trimEnd()
  const gutter = `${' '.repeat(number.length)} | `
  const room = Math.max(20, width - gutter.length)
  const start = source.length <= room || before.length + marked.length <= room - 1 ? 0 : before.length - (room >> 2)
  const from = Math.max(0, start)
  const indent = before.length - from
  const carets = '^'.repeat(Math.max(1, Math.min(marked.length, room - indent)))
  const under = `${gutter}${' '.repeat(indent)}${carets}`
  const notes = hint === undefined ? [] : [escapeText(hint)]
  const beside = under.length + 1 + (notes[0]?.length ?? 0) <= width
  return [
    `${number} | ${cut(source, from, room)}`,
    beside ? [under, ...notes].join(' ') : under,
    ...(beside ? [] : notes.flatMap((note) => wrapText(note, room)).map((note) => `${gutter}${note}`)),
  ]
}

/** `room` columns of a line, with a mark where something is left out. */
function cut(source: string, from: number, room: number): string {
  const head = from === 0 ? '' : '…'
  const tail = source.length - from > room ? '…' : ''
  return `${head}${source.slice(from + head.length, from + room - tail.length)}${tail}`
}

/** One issue as `--reporter json` gives it. */
export interface IssueJson {
  readonly level: Issue['level']
  readonly message: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
  readonly end_line?: number
  readonly end_column?: number
  readonly hint?: string
  readonly related?: readonly {
    readonly message: string
    readonly file: string
    readonly line: number
    readonly column: number
  }[]
}

export function issueToJson({ level, message, place, hint, related = [] }: Issue): IssueJson {
  return {
    level,
    message,
    ...(place === undefined ? {} : { file: place.file, line: place.line, column: place.column }),
    ...(place?.endLine === undefined ? {} : { end_line: place.endLine }),
    ...(place?.endColumn === undefined ? {} : { end_column: place.endColumn }),
    ...(hint === undefined ? {} : { hint }),
    ...(related.length === 0
      ? {}
      : {
          related: related.map((other) => ({
            message: other.message,
            file: other.place.file,
            line: other.place.line,
            column: other.place.column,
          })),
        }),
  }
}
