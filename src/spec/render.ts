/** Issues of check files as text for people, and as data. */

import type { Excerpt } from '../lib/position.js'
import { escapeText } from '../lib/text-escape.js'
import type { Issue } from './issue.js'

/** More than these nobody reads at once. */
const MOST = 20

/**
 * One block an issue: `file:line:col: level: message`, the line, a caret under the place, the hint behind it.
 * Errors come first when not all can be shown. Ends with a newline unless there is nothing to show.
 */
export function renderIssues(issues: readonly Issue[]): string {
  const shown = issues.length <= MOST ? issues : mostImportant(issues)
  const rest = issues.length - shown.length
  const lines = shown.flatMap(renderIssue)
  if (rest > 0) lines.push(`… and ${rest} more`)
  return lines.map((line) => `${line}\n`).join('')
}

function mostImportant(issues: readonly Issue[]): readonly Issue[] {
  const errors = issues.filter(({ level }) => level === 'error')
  return [...errors, ...issues.filter(({ level }) => level === 'warning')].slice(0, MOST)
}

function renderIssue(issue: Issue): readonly string[] {
  const { place, level, message, hint, related = [] } = issue
  const at = place === undefined ? '' : `${position(place)}: `
  const lines = [`${at}${level}: ${escapeText(message)}`]
  if (place !== undefined) lines.push(...frame(place, hint))
  else if (hint !== undefined) lines.push(`     ${escapeText(hint)}`)
  for (const other of related) {
    lines.push(`  ${position(other.place)}: ${escapeText(other.message)}`, ...frame(other.place, undefined))
  }
  return lines
}

function position({ file, line, column }: Excerpt): string {
  return `${escapeText(file)}:${line}:${column}`
}

function frame({ line, column, endLine, endColumn, text }: Excerpt, hint: string | undefined): readonly string[] {
  const number = String(line).padStart(4)
  const end = endLine === line && endColumn !== undefined ? endColumn : text.trimEnd().length + 1
  const before = escapeText(text.slice(0, column - 1)).replace(/\t/g, ' ')
  const marked = escapeText(text.slice(column - 1, Math.max(end, column) - 1))
  const carets = '^'.repeat(Math.max(1, marked.length))
  const note = hint === undefined ? '' : ` ${escapeText(hint)}`
  const source = escapeText(text).trimEnd()
  return [`${number} | ${source}`, `${' '.repeat(number.length)} | ${' '.repeat(before.length)}${carets}${note}`]
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
